//! Who calls whom, and how a call ends.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::flow::Flow;
use crate::id::{DeviceId, TrunkId};

/// One call as the endpoint knows it: one INVITE and the dialog that came of it.
///
/// For an incoming call the endpoint draws it; for an outgoing call whoever dials does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallRef(pub u64);

impl fmt::Debug for CallRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call-{:016x}", self.0)
    }
}

/// An incoming call before its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Who calls, as far as the endpoint could make sure.
    pub origin: Origin,
    /// Who calls, as the caller says: P-Asserted-Identity from a trunk, else From. For a device
    /// the user is the account's.
    pub from: Identity,
    /// User of the To header.
    pub to_user: String,
    /// The number that was dialled: the user of the request URI, or of To if that names only us.
    pub request_user: String,
    /// Host of the request URI.
    pub request_host: String,
    /// The Call-ID, for the log and for the records.
    pub call_id: String,
    /// The offer; absent, we offer in our answer.
    pub sdp: Option<Bytes>,
    /// The way the INVITE came.
    pub flow: Flow,
    /// Hops left for an outgoing call made on behalf of this one.
    pub max_forwards: u8,
    /// The program of the caller.
    pub user_agent: Option<String>,
    /// The dialog that this call takes over (RFC 3891).
    pub replaces: Option<Replaces>,
    /// As which number a device of ours wants to be seen: P-Preferred-Identity (RFC 3325 section 9.2).
    pub shown: Option<String>,
}

/// A dialog named by another one (RFC 3891 section 6.1), in our terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaces {
    /// The call of ours that is named. Whether the caller may have it is the line's to decide.
    pub call: CallRef,
    /// True if it may be taken over only while it rings.
    pub early_only: bool,
}

/// One REFER: from its arrival until it is refused, or the referrer has been told how it went.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReferRef {
    /// The call in which it came.
    pub call: CallRef,
    /// Its CSeq, which tells it from others in that call (RFC 3515 section 2.4.6).
    pub number: u32,
}

impl fmt::Debug for ReferRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/refer-{}", self.call, self.number)
    }
}

/// One subscription of a device to what we know (RFC 6665).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionRef(pub u64);

impl fmt::Debug for SubscriptionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "subscription-{}", self.0)
    }
}

/// Whom a REFER asks us to connect the other party with (RFC 3515 section 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferTo {
    /// User of the Refer-To URI: what would be dialled. Empty if there is none.
    pub user: String,
    /// Host of the Refer-To URI; empty in a `tel:` URI.
    pub host: String,
    /// The dialog that is to be taken over, in an attended transfer.
    pub replaces: Option<Replaced>,
    /// User of Referred-By: who transfers, by its own account (RFC 3892).
    pub by: Option<String>,
}

/// The dialog that the Replaces in a Refer-To URI names (RFC 3891).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Replaced {
    /// A call of ours that stands.
    Ours(CallRef),
    /// None of ours.
    Unknown,
}

/// Where an incoming call comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Origin {
    /// A provider, known by its address.
    Trunk(TrunkId),
    /// A device that proved its secret.
    Device(DeviceId),
    /// Nobody we know, from a source that may call anyway.
    Guest,
}

/// A party's name and number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Display name.
    pub display: Option<String>,
    /// User part: a number or a name. Empty means anonymous.
    pub user: String,
    /// Host part; our own in what we send if absent.
    pub host: Option<String>,
}

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// A registered phone.
    Binding {
        /// Whose.
        device: DeviceId,
        /// The Contact it registered.
        uri: String,
        /// The way its REGISTER came.
        flow: Flow,
        /// Its Path, if a proxy stands before it (RFC 3327).
        path: Vec<String>,
    },
    /// A number at a provider.
    Trunk {
        /// Which provider.
        trunk: TrunkId,
        /// The number, as the provider wants it written.
        user: String,
        /// The callee is not to learn who calls (RFC 3323).
        withheld: bool,
    },
    /// Any SIP URI.
    Uri {
        /// The URI.
        uri: String,
    },
}

/// Why a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The refusal, 487 if the caller gave up, 408 if nobody answered, 503 if nobody could be reached; of a BYE
    /// the status in its Reason header.
    pub status: Option<u16>,
    /// Who ended it.
    pub by: By,
    /// A few words.
    pub text: String,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The peer.
    Remote,
    /// We.
    Local,
    /// Nobody answered in time.
    Timeout,
    /// The peer could not be reached: a message could not be sent, or there is nowhere to send it.
    Transport,
}
