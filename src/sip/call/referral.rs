//! REFER within a call: the peer wants its other party to be connected elsewhere, and is told how that goes (RFC 3515;
//! RFC 4488 if it does not want to know).
//!
//! Each REFER that is accepted makes a subscription that shares the call's dialog, and outlives the call if it must
//! (RFC 5057 section 3). At most one NOTIFY of each is on its way, so that none overtakes another.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::offer::PATIENCE;
use super::session::{Ongoing, Session};
use crate::sip::endpoint::{Event, ReferRef, ReferTo};
use crate::sip::message::{HeaderName, Method, Request, Response, reason_phrase};
use crate::sip::transaction::{ClientId, ServerId};
use crate::time::Time;

/// REFERs of one call that may be open at once.
const MOST: usize = 4;
/// How long a referrer is told; as long as a call may ring.
const LIFETIME: Duration = Duration::from_secs(180);
/// What a NOTIFY carries: the first line of a response (RFC 3420).
const FRAGMENT: &str = "message/sipfrag;version=2.0";

/// The open REFERs of a dialog.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Referrals {
    open: Vec<Referral>,
    /// One was reported before, so the next ones go by a number (RFC 3515 section 2.4.6).
    any: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Referral {
    /// The CSeq of the REFER.
    number: u32,
    /// Whether its NOTIFYs say which REFER they are about.
    numbered: bool,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Stage {
    /// The line has until `until` to answer.
    Asked { server: ServerId, request: Box<Request>, until: Time },
    /// The referrer is told until `until`. While a NOTIFY is on its way, the latest status waits.
    Subscribed { until: Time, last: u16, notify: Option<Ongoing>, next: Option<u16> },
    /// The last NOTIFY is on its way.
    Ending { notify: Ongoing },
}

/// Why a subscription ends (RFC 6665 section 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All has been told.
    Done,
    /// It took too long.
    Timeout,
}

impl Referrals {
    /// True if there is something to be answered or told.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// When something is next due.
    pub fn poll_timeout(&self) -> Option<Time> {
        let due = |referral: &Referral| match &referral.stage {
            Stage::Asked { until, .. } | Stage::Subscribed { until, .. } => Some(*until),
            Stage::Ending { .. } => None,
        };
        self.open.iter().filter_map(due).min()
    }

    fn find(&mut self, number: u32) -> Option<&mut Referral> {
        self.open.iter_mut().find(|referral| referral.number == number)
    }

    fn remove(&mut self, number: u32) {
        self.open.retain(|referral| referral.number != number);
    }

    /// The REFER whose NOTIFY this is.
    fn notified(&self, client: ClientId) -> Option<u32> {
        let is_its = |referral: &&Referral| match &referral.stage {
            Stage::Subscribed { notify: Some(notify), .. } | Stage::Ending { notify } => {
                notify.client == client
            }
            _ => false,
        };
        self.open.iter().find(is_its).map(|referral| referral.number)
    }
}

impl Session {
    /// The peer sent a REFER, and `named` is whom it names or the refusal of what cannot be done.
    pub fn refer(
        &mut self,
        server: ServerId,
        request: Request,
        named: Result<ReferTo, u16>,
        cx: &mut Context,
    ) {
        let to = match named {
            Ok(to) if self.referrals.open.len() < MOST => to,
            refused => {
                let response = self.reply(&request, refused.err().unwrap_or(491));
                cx.respond(server, response);
                return;
            }
        };
        let number = request.headers.cseq().map_or(0, |cseq| cseq.number);
        let stage = Stage::Asked { server, request: Box::new(request), until: cx.now + PATIENCE };
        let numbered = std::mem::replace(&mut self.referrals.any, true);
        self.referrals.open.push(Referral { number, numbered, stage });
        cx.event(Event::Refer { call: cx.call, refer: ReferRef { call: cx.call, number }, to });
    }

    /// The line answers a REFER.
    pub fn answer_refer(&mut self, number: u32, status: u16, cx: &mut Context) {
        let Some(referral) = self.referrals.find(number) else { return };
        let Stage::Asked { server, request, .. } = &referral.stage else { return };
        let (server, request) = (*server, request.clone());
        if !(200..300).contains(&status) {
            self.referrals.remove(number);
            let response = self.reply(&request, if (300..700).contains(&status) { status } else { 603 });
            cx.respond(server, response);
            return;
        }
        let response = self.accept(&request, 202, None, cx);
        let unwanted =
            request.headers.get(HeaderName::ReferSub).is_some_and(|wish| wish.eq_ignore_ascii_case("false"));
        if unwanted {
            self.referrals.remove(number);
            cx.respond(server, response.with(HeaderName::ReferSub, "false"));
            return;
        }
        if let Some(referral) = self.referrals.find(number) {
            let until = cx.now + LIFETIME;
            referral.stage = Stage::Subscribed { until, last: 100, notify: None, next: Some(100) };
        }
        cx.respond(server, response);
        self.tell_referrer(number, cx);
    }

    /// The line tells how the call goes that a REFER asked for.
    pub fn refer_progress(&mut self, number: u32, status: u16, cx: &mut Context) {
        let Some(referral) = self.referrals.find(number) else { return };
        let Stage::Subscribed { next, last, .. } = &mut referral.stage else { return };
        let is_decided = next.is_some_and(|next| next >= 200);
        if is_decided || *last == status || !(100..700).contains(&status) {
            return;
        }
        *next = Some(status);
        self.tell_referrer(number, cx);
    }

    /// True if the response is one to a NOTIFY of ours, and is dealt with.
    pub fn notify_answered(&mut self, client: ClientId, response: &Response, cx: &mut Context) -> bool {
        let Some(number) = self.referrals.notified(client) else { return false };
        if response.is_provisional() {
            return true;
        }
        let again = match response.status {
            401 | 407 => self.notify_again(number, response, cx),
            _ => false,
        };
        let Some(referral) = self.referrals.find(number) else { return true };
        match &mut referral.stage {
            _ if again => {}
            Stage::Subscribed { notify, .. } if response.is_success() => {
                *notify = None;
                self.tell_referrer(number, cx);
            }
            // All is told; or the referrer takes no NOTIFY, and so does not want to know.
            _ => self.referrals.remove(number),
        }
        true
    }

    /// True if it was a NOTIFY of ours that got no response, which ends its subscription (RFC 6665 section 4.2.2).
    pub fn notify_failed(&mut self, client: ClientId) -> bool {
        let number = self.referrals.notified(client);
        number.into_iter().for_each(|number| self.referrals.remove(number));
        number.is_some()
    }

    /// Refuses what the line did not answer in time, and ends what took too long.
    pub fn referral_timeout(&mut self, cx: &mut Context) {
        while let Some(referral) = self.referrals.open.iter().find(|referral| referral.is_due(cx.now)) {
            let number = referral.number;
            match &referral.stage {
                Stage::Asked { .. } => self.answer_refer(number, 500, cx),
                // One is on its way already, and an end that comes later helps nobody.
                Stage::Subscribed { notify: Some(_), .. } => self.referrals.remove(number),
                Stage::Subscribed { last, .. } => self.notify(number, *last, Some(End::Timeout), cx),
                Stage::Ending { .. } => return,
            }
        }
    }

    /// Refuses the REFERs that the line has not answered, because the call is over (RFC 3261 section 15.1.2).
    pub fn refuse_referrals(&mut self, cx: &mut Context) {
        let asked = |referral: &Referral| matches!(referral.stage, Stage::Asked { .. });
        let numbers: Vec<u32> =
            self.referrals.open.iter().filter(|referral| asked(referral)).map(|r| r.number).collect();
        numbers.into_iter().for_each(|number| self.answer_refer(number, 487, cx));
    }

    /// Sends the status that waits, unless another one is on its way.
    fn tell_referrer(&mut self, number: u32, cx: &mut Context) {
        let Some(referral) = self.referrals.find(number) else { return };
        if let Stage::Subscribed { notify: None, next, .. } = &mut referral.stage
            && let Some(status) = next.take()
        {
            self.notify(number, status, (status >= 200).then_some(End::Done), cx);
        }
    }

    fn notify(&mut self, number: u32, status: u16, end: Option<End>, cx: &mut Context) {
        let Some(Referral { numbered, stage: Stage::Subscribed { until, .. }, .. }) =
            self.referrals.find(number)
        else {
            return;
        };
        let event = if *numbered { format!("refer;id={number}") } else { "refer".to_owned() };
        let state = match end {
            None => format!("active;expires={}", until.since(cx.now).as_secs()),
            Some(End::Done) => "terminated;reason=noresource".to_owned(),
            Some(End::Timeout) => "terminated;reason=timeout".to_owned(),
        };
        let request = self
            .request(Method::Notify, cx)
            .with(HeaderName::Event, event)
            .with(HeaderName::SubscriptionState, state)
            .with_body(FRAGMENT, format!("SIP/2.0 {status} {}\r\n", reason_phrase(status)));
        let sent = self.send(request, cx);
        let Some(referral) = self.referrals.find(number) else { return };
        match &mut referral.stage {
            Stage::Subscribed { last, notify, .. } if end.is_none() => {
                *last = status;
                *notify = Some(sent);
            }
            stage => *stage = Stage::Ending { notify: sent },
        }
    }

    /// Sends a challenged NOTIFY once more, with credentials. False if there are none that help.
    fn notify_again(&mut self, number: u32, challenge: &Response, cx: &mut Context) -> bool {
        let ongoing = match self.referrals.find(number).map(|referral| &referral.stage) {
            Some(Stage::Subscribed { notify: Some(notify), .. } | Stage::Ending { notify }) => notify.clone(),
            _ => return false,
        };
        let Some(sent) = self.retry(&ongoing, challenge, cx) else { return false };
        match self.referrals.find(number).map(|referral| &mut referral.stage) {
            Some(Stage::Subscribed { notify, .. }) => *notify = Some(sent),
            Some(Stage::Ending { notify }) => *notify = sent,
            _ => {}
        }
        true
    }
}

impl Referral {
    fn is_due(&self, now: Time) -> bool {
        match &self.stage {
            Stage::Asked { until, .. } | Stage::Subscribed { until, .. } => *until <= now,
            Stage::Ending { .. } => false,
        }
    }
}
