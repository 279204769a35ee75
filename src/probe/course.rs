//! One test call from its INVITE to the last packet: told what happens, it says what to do.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::keys::bursts;
use super::plan::{Callee, Plan};
use crate::id::{LegId, RoomId};
use crate::media::{self, Family, Quality, RecordEnd, RecordLimits, Sound};
use crate::sdp::{Agreed, Capabilities, Direction, Local, Negotiation, OfferError};
use crate::sip::endpoint::{self as sip, CallRef};
use crate::time::Time;

/// The only playback and the only recording.
const ONLY: u64 = 1;
/// What is listened to after the last word and the last key.
const TAIL: Duration = Duration::from_secs(1);
/// What the media engine may take to give everything back.
const CLOSING: Duration = Duration::from_secs(5);
/// Keys of the peer that are kept.
const KEYS: usize = 200;
/// Provisional responses that are kept.
const PROGRESS: usize = 100;

/// What the call wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// For the SIP endpoint.
    Sip(sip::Command),
    /// For the media engine.
    Media(media::Command),
}

/// One test call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Course {
    plan: Plan,
    call: CallRef,
    leg: LegId,
    local: Local,
    negotiation: Negotiation,
    state: State,
    recording: bool,
    marks: Marks,
    outputs: VecDeque<Output>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum State {
    /// The port for sound is being opened.
    Opening,
    /// It rings, until we lose patience.
    Calling {
        until: Time,
    },
    /// Answered.
    Talking {
        until: Option<Time>,
        bursts: VecDeque<(Time, String)>,
        saying: bool,
        spoken: Time,
    },
    /// Hung up; the media engine still gives back what it has.
    Closing {
        until: Time,
    },
    Over,
}

/// What happened, and when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Marks {
    /// The INVITE went out.
    pub dialled: Option<Time>,
    /// Provisional responses beyond 100, in their order.
    pub progress: Vec<(u16, Time)>,
    /// The first description before the answer.
    pub early: Option<Time>,
    /// The 200 came.
    pub answered: Option<Time>,
    /// It was over, and why.
    pub ended: Option<(Time, sip::Cause)>,
    /// The recording began.
    pub recorded_from: Option<Time>,
    /// The recording is complete, or why it is not.
    pub recorded: Option<Result<(), String>>,
    /// The first packet of sound came.
    pub first_packet: Option<Time>,
    /// What was agreed last.
    pub agreed: Option<Agreed>,
    /// Why the description in the answer was of no use.
    pub useless: Option<OfferError>,
    /// Keys that the peer pressed.
    pub keys: String,
    /// How the streams fared.
    pub quality: Quality,
    /// What could not be done, in words.
    pub trouble: Vec<String>,
}

impl Course {
    /// A call that begins now. `address` is where we receive sound, as the peer should see it.
    pub fn start(plan: Plan, call: CallRef, (leg, room): (LegId, RoomId), address: IpAddr) -> Self {
        let outputs = VecDeque::from([Output::Media(media::Command::Open {
            leg,
            room,
            family: Family::of(address),
            ways: Default::default(),
        })]);
        // The session id of an o= line is a decimal number that fits 63 bits (RFC 8866 section 5.2).
        let local = Local { address, port: 0, also: vec![], session_id: call.0 >> 1 };
        let negotiation = Negotiation::new(local.clone(), capabilities(&plan));
        let (state, marks) = (State::Opening, Marks::default());
        Self { plan, call, leg, local, negotiation, state, recording: false, marks, outputs }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What happened, once all is over.
    pub fn over(&self) -> Option<&Marks> {
        matches!(self.state, State::Over).then_some(&self.marks)
    }

    /// When it next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match &self.state {
            State::Calling { until } | State::Closing { until } => Some(*until),
            State::Talking { until, bursts, .. } => {
                until.iter().copied().chain(bursts.front().map(|(at, _)| *at)).min()
            }
            State::Opening | State::Over => None,
        }
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Time) {
        match &mut self.state {
            State::Calling { until } if *until <= now => self.hang_up(now),
            State::Talking { until: Some(until), .. } if *until <= now => self.hang_up(now),
            State::Talking { bursts, .. } => {
                let due = bursts.pop_front_if(|(at, _)| *at <= now);
                let digits = due.map(|(_, digits)| media::Command::SendDigits { leg: self.leg, digits });
                self.outputs.extend(digits.map(Output::Media));
            }
            State::Closing { until } if *until <= now => self.state = State::Over,
            _ => {}
        }
    }

    /// Something happened at the media engine.
    pub fn media(&mut self, event: media::Event, now: Time) {
        match event {
            media::Event::Opened { rtp_port, .. } => self.dial(rtp_port, now),
            media::Event::OpenFailed { reason, .. } => {
                self.trouble(reason);
                self.state = State::Over;
            }
            media::Event::Latched { .. } => {
                self.marks.first_packet.get_or_insert(now);
            }
            media::Event::Digit { digit, .. } if self.marks.keys.len() < KEYS => self.marks.keys.push(digit),
            media::Event::PlayEnded { .. } => self.said(now),
            media::Event::PlayFailed { reason, .. } => {
                self.trouble(reason);
                self.said(now);
            }
            media::Event::Recorded { reason, .. } => {
                self.marks.recorded = Some(match reason {
                    RecordEnd::Failed(why) => Err(why),
                    _ => Ok(()),
                });
            }
            media::Event::Failed { reason, .. } => self.trouble(reason),
            media::Event::Closed { quality, .. } => {
                self.marks.quality = quality;
                self.state = State::Over;
            }
            _ => {}
        }
    }

    /// Something happened to the call.
    pub fn sip(&mut self, event: sip::Event, now: Time) {
        match event {
            sip::Event::Progress { status, sdp, .. } => {
                if self.marks.progress.len() < PROGRESS {
                    self.marks.progress.push((status, now));
                }
                if let Some(answer) = sdp {
                    self.marks.early.get_or_insert(now);
                    if self.negotiation.receive_answer(&answer).is_ok() {
                        self.configure(now);
                    }
                }
            }
            sip::Event::Answered { sdp, .. } => self.answered(sdp.as_deref(), now),
            sip::Event::OfferReceived { sdp, .. } => self.offered(sdp.as_deref(), now),
            sip::Event::Ended { cause, .. } => {
                self.marks.ended.get_or_insert((now, cause));
                self.close(now);
            }
            _ => {}
        }
    }

    /// Ends the call before its time.
    pub fn stop(&mut self, now: Time) {
        if !matches!(self.state, State::Closing { .. } | State::Over) {
            self.hang_up(now);
        }
    }

    fn dial(&mut self, rtp_port: u16, now: Time) {
        let local = Local { port: rtp_port, ..self.local.clone() };
        self.negotiation = Negotiation::new(local, capabilities(&self.plan));
        let offer = self.negotiation.offer(Direction::SendRecv, None);
        let (target, to_user) = match &self.plan.callee {
            Callee::Address { uri, .. } => (sip::Target::Uri { uri: uri.clone() }, None),
            Callee::Trunk { peer, number } => {
                (sip::Target::Trunk { trunk: peer.trunk, user: number.clone(), withheld: false }, None)
            }
        };
        self.outputs.push_back(Output::Sip(sip::Command::Dial {
            call: self.call,
            target,
            from: sip::Identity { display: None, user: self.plan.from.clone(), host: None },
            to_user,
            offer: Some(offer),
            max_forwards: 70,
            headers: vec![],
        }));
        self.marks.dialled = Some(now);
        self.state = State::Calling { until: now + self.plan.ring_for };
    }

    fn answered(&mut self, sdp: Option<&[u8]>, now: Time) {
        self.marks.answered = Some(now);
        let read = sdp.map_or(Ok(()), |answer| self.negotiation.receive_answer(answer));
        if let Err(error) = read {
            self.trouble(format!("the answer's session description is of no use: {error}"));
            self.marks.useless = Some(error);
            return self.hang_up(now);
        }
        if self.negotiation.agreed().is_none() {
            self.trouble("the answer has no session description".to_owned());
            return self.hang_up(now);
        }
        self.configure(now);
        let play = self.plan.play.as_ref().map(|path| Sound::File(path.to_string_lossy().into()));
        let saying = play.is_some();
        if let Some(sound) = play {
            let (leg, sounds) = (self.leg, vec![sound]);
            self.outputs.push_back(Output::Media(media::Command::Play {
                leg,
                playback: ONLY,
                sounds,
                repeat: false,
            }));
        }
        let (bursts, pressing) = bursts(&self.plan.keys);
        let first = now + self.plan.press_after;
        let spoken = if bursts.is_empty() { now } else { first + pressing };
        if !bursts.is_empty()
            && self.negotiation.agreed().is_some_and(|agreed| agreed.dtmf_payload_type.is_none())
        {
            self.trouble("no key was pressed: the peer takes no telephone-events (RFC 4733)".to_owned());
        }
        let bursts = bursts.into_iter().map(|burst| (first + burst.after, burst.keys)).collect();
        self.state = State::Talking { until: None, bursts, saying, spoken };
        self.plan_end(now);
    }

    /// Decides when to hang up, as far as that is known.
    fn plan_end(&mut self, now: Time) {
        let Some(answered) = self.marks.answered else { return };
        let State::Talking { until, saying, spoken, .. } = &mut self.state else { return };
        let latest = answered + self.plan.longest;
        let least = answered + self.plan.least;
        *until = Some(match self.plan.talk_for {
            Some(length) => answered + length,
            None if *saying => latest,
            None => (*spoken + TAIL).max(least).max(now).min(latest),
        });
    }

    /// What we say is said.
    fn said(&mut self, now: Time) {
        if let State::Talking { saying, spoken, .. } = &mut self.state {
            *saying = false;
            *spoken = now.max(*spoken);
            self.plan_end(now);
        }
    }

    fn offered(&mut self, sdp: Option<&[u8]>, now: Time) {
        let answer = match sdp {
            Some(offer) => self.negotiation.receive_offer(offer, Direction::SendRecv, None),
            None => Ok(self.negotiation.offer(Direction::SendRecv, None)),
        };
        let command = match answer {
            Ok(sdp) => sip::Command::AnswerOffer { call: self.call, sdp },
            Err(error) => sip::Command::RefuseOffer { call: self.call, status: error.status() },
        };
        self.outputs.push_back(Output::Sip(command));
        self.configure(now);
    }

    fn configure(&mut self, now: Time) {
        let Some(agreed) = self.negotiation.agreed().cloned() else { return };
        self.marks.agreed = Some(agreed.clone());
        self.outputs.push_back(Output::Media(media::Command::Configure { leg: self.leg, agreed }));
        if !self.recording {
            self.recording = true;
            self.marks.recorded_from = Some(now);
            self.outputs.push_back(Output::Media(media::Command::Record {
                leg: self.leg,
                recording: ONLY,
                path: self.plan.record.clone(),
                limits: RecordLimits {
                    max: self.plan.ring_for + self.plan.longest,
                    ..RecordLimits::default()
                },
            }));
        }
    }

    fn hang_up(&mut self, now: Time) {
        self.outputs.push_back(Output::Sip(sip::Command::Hangup { call: self.call, cause: None }));
        self.close(now);
    }

    fn close(&mut self, now: Time) {
        if matches!(self.state, State::Closing { .. } | State::Over) {
            return;
        }
        if self.recording {
            self.outputs.push_back(Output::Media(media::Command::StopRecord { leg: self.leg }));
        }
        self.outputs.push_back(Output::Media(media::Command::Close { leg: self.leg }));
        self.state = State::Closing { until: now + CLOSING };
    }

    fn trouble(&mut self, what: String) {
        self.marks.trouble.push(what);
    }
}

fn capabilities(plan: &Plan) -> Capabilities {
    let protection = plan.protection.clone();
    Capabilities { codecs: plan.codecs.clone(), protection, ..Capabilities::default() }
}

#[cfg(test)]
mod tests;
