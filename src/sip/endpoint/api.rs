//! What goes into the endpoint and what comes out of it.
//!
//! A driver carries [`Output::Send`] to a transport and what a transport receives back as
//! [`Input::Received`]; the line `phone` speaks in [`Command`]s and listens to [`Event`]s.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::account::{Account, Binding};
use super::flow::{Destination, Flow, Transport};
use super::party::{CallRef, Cause, Identity, Incoming, ReferRef, ReferTo, SubscriptionRef, Target};
use super::trunks::peer::TrunkPeer;
use crate::id::{DeviceId, TrunkId};
use crate::sip::guard::{BanView, Source};
use crate::sip::locate::Located;
use crate::sip::subscription::{EventState, Package};

/// What the endpoint is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// One whole message arrived: a datagram, or what the framer cut out of a stream.
    Received {
        /// The way it came.
        flow: Flow,
        /// The message.
        bytes: Bytes,
    },
    /// A connection is gone.
    FlowClosed {
        /// Which.
        flow: Flow,
    },
    /// A connection that was made to us has stood for a while, whatever came by it. It is closed unless it is of use.
    FlowStands {
        /// Which.
        flow: Flow,
    },
    /// A message could not be sent: no connection could be made, or the address cannot be reached.
    SendFailed {
        /// Where it should have gone.
        to: Destination,
        /// Why, in words.
        why: String,
    },
    /// The answer to [`Output::Resolve`].
    Resolved {
        /// The number of the question.
        query: u64,
        /// Where to send, or why there is no such place.
        result: Result<Located, String>,
    },
    /// The line wants something.
    Command(Command),
}

/// What the endpoint wants done or known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Send this message.
    Send {
        /// Where to.
        to: Destination,
        /// The message as it goes on the wire.
        bytes: Bytes,
    },
    /// Find out where a host is reached (RFC 3263) and answer with [`Input::Resolved`].
    Resolve {
        /// The number of the question, to be given back with the answer.
        query: u64,
        /// A name; never an address.
        host: String,
        /// The port if the URI named one; then SRV records are not asked for.
        port: Option<u16>,
        /// The transport if the URI named one.
        transport: Option<Transport>,
    },
    /// Close a connection: its peer does not speak SIP, or is nobody whom we know.
    Close {
        /// Which.
        flow: Flow,
    },
    /// Something happened.
    Event(Event),
}

/// What the line wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// A device may register and call with this secret; replaces what stood for the device.
    SetAccount(Account),
    /// The device may no longer register; its bindings end.
    RemoveAccount {
        /// Which.
        device: DeviceId,
    },
    /// Calls from and to this provider are allowed; replaces what stood for the trunk.
    SetTrunk(TrunkPeer),
    /// The provider is gone. Its live calls go on.
    RemoveTrunk {
        /// Which.
        trunk: TrunkId,
    },
    /// Look for the provider, register and ask whether it is there now, whatever pauses were meant to be.
    CheckTrunk {
        /// Which.
        trunk: TrunkId,
    },
    /// The numbers that a device may call whatever the load; replaces the ones before.
    SetEmergency(BTreeSet<String>),
    /// The sources that may call without an account; replaces the list of the configuration.
    SetGuests(Vec<(IpAddr, u8)>),
    /// Lift the ban of a source; its failures are forgotten.
    LiftBan {
        /// Which.
        source: Source,
    },
    /// A binding from before a restart. Over a connection it is kept as unreachable.
    RestoreBinding(Binding),
    /// Start a call.
    Dial {
        /// Its reference, drawn by whoever dials.
        call: CallRef,
        /// Whom to call.
        target: Target,
        /// Who calls.
        from: Identity,
        /// The user in To; the target's user if absent.
        to_user: Option<String>,
        /// Our session description; absent, the callee offers in its answer (late offer).
        offer: Option<Bytes>,
        /// Hops left: 70 for a call of our own, else what the incoming call said.
        max_forwards: u8,
        /// Further headers, such as Alert-Info. Names and values with CR or LF are dropped.
        headers: Vec<(String, String)>,
    },
    /// Tell the caller that the call goes on. Sent reliably (RFC 3262) if the caller requires
    /// it, or supports it and there is SDP.
    Ring {
        /// Which call.
        call: CallRef,
        /// 180, 182 or 183.
        status: u16,
        /// Early media.
        sdp: Option<Bytes>,
    },
    /// Take the call.
    Answer {
        /// Which call.
        call: CallRef,
        /// The answer to the caller's offer, or our offer if it made none.
        sdp: Bytes,
    },
    /// Refuse the call.
    Reject {
        /// Which call.
        call: CallRef,
        /// 300 to 699.
        status: u16,
        /// The reason phrase; the usual one of the status if absent.
        reason: Option<String>,
        /// Seconds after which the caller may try again.
        retry_after: Option<u32>,
    },
    /// End the call whatever its state: CANCEL, BYE or a refusal.
    Hangup {
        /// Which call.
        call: CallRef,
        /// What the peer is told in a Reason header (RFC 3326).
        cause: Option<Cause>,
    },
    /// Offer a new session description within the call: re-INVITE, or UPDATE before the answer.
    Offer {
        /// Which call.
        call: CallRef,
        /// The offer.
        sdp: Bytes,
    },
    /// Answer [`Event::OfferReceived`]; if that had no SDP this is our offer.
    AnswerOffer {
        /// Which call.
        call: CallRef,
        /// The answer.
        sdp: Bytes,
    },
    /// Refuse [`Event::OfferReceived`]; the session goes on as it was.
    RefuseOffer {
        /// Which call.
        call: CallRef,
        /// 488 as a rule.
        status: u16,
    },
    /// Answer [`Event::Refer`]. What was answered before, or is over, stays as it is.
    AnswerRefer {
        /// Which.
        refer: ReferRef,
        /// 202 to do as asked: the referrer is then told how it goes. 300 to 699 to refuse.
        status: u16,
    },
    /// Tell the referrer how the call goes that it asked for; unless it does not want to know (RFC 4488).
    ReferProgress {
        /// Which.
        refer: ReferRef,
        /// The status of that call, 100 to 699. From 200 on it is the last one.
        status: u16,
    },
    /// Send a digit in INFO, to a peer that agreed to no telephone-event. Up to 64 wait for one another.
    SendInfoDigit {
        /// Which call.
        call: CallRef,
        /// 0 to 9, *, #, A to D.
        digit: char,
        /// How long it is pressed, in milliseconds.
        ms: u32,
    },
    /// Tell the peer of an answered call whom it is connected with from now on (RFC 4916, RFC 5876). Only our
    /// devices, and providers that are told identities, are; nothing goes to others.
    ShowParty {
        /// Which call.
        call: CallRef,
        /// Who is there; an empty user is shown as anonymous.
        party: Identity,
    },
    /// Answer [`Event::Subscribed`]: the subscriber is told at once how things stand, and with each change that
    /// [`Command::Notify`] brings.
    AcceptSubscription {
        /// Which.
        subscription: SubscriptionRef,
        /// How things stand; of the package that was asked for.
        state: EventState,
    },
    /// Refuse [`Event::Subscribed`]; nothing more comes of it.
    RefuseSubscription {
        /// Which.
        subscription: SubscriptionRef,
        /// 403 who may not, 404 what is not there; 300 to 699.
        status: u16,
    },
    /// Things stand otherwise. While the subscriber is still being told, only the latest state waits; one that it knows
    /// already is not told again.
    Notify {
        /// Which.
        subscription: SubscriptionRef,
        /// All of how things stand now.
        state: EventState,
    },
    /// Let in so many of a thousand new calls from now on, and refuse the others with 503. Devices that call help are
    /// always let in.
    Admit {
        /// 1,000 for all.
        permille: u16,
    },
    /// Refuse new calls from now on with 503, and leave the providers; live calls and registrations go on.
    Drain {
        /// Seconds after which a caller may try again.
        retry_after: u32,
    },
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody calls. 100 Trying has gone out; who calls is decided.
    Incoming {
        /// The reference of the new call.
        call: CallRef,
        /// Who and whom.
        invite: Box<Incoming>,
    },
    /// An outgoing call goes on.
    Progress {
        /// Which call.
        call: CallRef,
        /// 101 to 199.
        status: u16,
        /// Early media.
        sdp: Option<Bytes>,
    },
    /// An outgoing call was taken.
    Answered {
        /// Which call.
        call: CallRef,
        /// The answer; the callee's offer if [`Command::Dial`] had none, and then it wants
        /// [`Command::AnswerOffer`]. Absent if the answer came with [`Event::Progress`].
        sdp: Option<Bytes>,
    },
    /// The caller of an incoming call acknowledged our answer.
    Established {
        /// Which call.
        call: CallRef,
        /// The answer to a late offer.
        sdp: Option<Bytes>,
    },
    /// The peer wants another session description. Answer with [`Command::AnswerOffer`] or
    /// [`Command::RefuseOffer`].
    OfferReceived {
        /// Which call.
        call: CallRef,
        /// The offer; absent, the peer wants ours.
        sdp: Option<Bytes>,
    },
    /// Our offer stands.
    OfferAnswered {
        /// Which call.
        call: CallRef,
        /// The answer.
        sdp: Option<Bytes>,
    },
    /// Our offer was refused; the session goes on as it was.
    OfferRefused {
        /// Which call.
        call: CallRef,
        /// The refusal; 408 if nobody answered.
        status: u16,
    },
    /// The peer asks to be replaced: its other party is to be connected with somebody else (RFC 3515). Answer with
    /// [`Command::AnswerRefer`] within 20 seconds, else it is refused.
    Refer {
        /// The call in which it asks.
        call: CallRef,
        /// Which REFER; good until its last [`Command::ReferProgress`].
        refer: ReferRef,
        /// With whom.
        to: ReferTo,
    },
    /// The peer pressed a key and says so in INFO.
    InfoDigit {
        /// Which call.
        call: CallRef,
        /// 0 to 9, *, #, A to D.
        digit: char,
        /// For how many milliseconds, if it says so; 10,000 at the most.
        ms: Option<u32>,
    },
    /// The call is over. Comes exactly once a call and is its last event.
    Ended {
        /// Which call.
        call: CallRef,
        /// Why.
        cause: Cause,
    },
    /// A device that has proved who it is wants to be told of an extension. Comes once a subscription, whatever is
    /// refreshed. Answer with [`Command::AcceptSubscription`] or [`Command::RefuseSubscription`] within 20 seconds, else
    /// it is refused.
    Subscribed {
        /// Its reference.
        subscription: SubscriptionRef,
        /// Whose it is.
        device: DeviceId,
        /// What to.
        package: Package,
        /// Whom about: the user of the request URI.
        user: String,
    },
    /// A subscription is over, but by [`Command::RefuseSubscription`]. Its last event.
    Unsubscribed {
        /// Which.
        subscription: SubscriptionRef,
    },
    /// The connection is gone by which a browser had this answered call; its media may stand or not.
    Stranded {
        /// Which.
        call: CallRef,
    },
    /// The bindings of a device changed.
    Bindings {
        /// Whose.
        device: DeviceId,
        /// All that stand now; none if the device is unregistered.
        bindings: Vec<Binding>,
    },
    /// A provider takes calls again, or no more.
    Trunk {
        /// Which.
        trunk: TrunkId,
        /// Whether it takes calls.
        is_up: bool,
        /// Why not, in words.
        why: String,
    },
    /// A provider is reached over IPv6 from now on, or over IPv4 again.
    TrunkFamily {
        /// Which.
        trunk: TrunkId,
        /// Whether over IPv6.
        is_ipv6: bool,
    },
    /// A source failed too often: nothing is answered to it for a while, but to phones that are registered from
    /// there and to calls that stand.
    Banned(BanView),
    /// Something for the log: a wrong password, a message that cannot be read. Holds no secrets.
    Trouble {
        /// Who sent it.
        source: SocketAddr,
        /// What was wrong, in words.
        what: String,
    },
}
