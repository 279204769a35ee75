//! What one test call showed.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::course::Marks;
use super::heard::Heard;
use super::wire::Wire;
pub use crate::sip::endpoint::By;
use crate::sip::endpoint::Transport;
use crate::sip::message::{HeaderName, Method};
use crate::time::Time;

/// What one test call showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Who was called.
    pub callee: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What the far end calls itself.
    pub peer: Option<String>,
    /// Where the INVITE went last.
    pub sent_to: Option<SocketAddr>,
    /// And how.
    pub transport: Option<Transport>,
    /// The Call-ID, to find the call in other logs.
    pub call_id: Option<String>,
    /// How long it took to get there.
    pub setup: Setup,
    /// From the answer to the end, in milliseconds.
    pub talk_ms: Option<u64>,
    /// How the sound travelled; absent if none was agreed.
    pub sound: Option<SoundReport>,
    /// What was heard from the answer on; without an answer, from the first sound on.
    pub heard: Option<Heard>,
    /// What could not be done or looks wrong, in words.
    pub notes: Vec<String>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It was answered.
    Answered,
    /// It was refused.
    Refused,
    /// It rang, or at least somebody was there, but nobody answered in time.
    NotAnswered,
    /// Nobody was there.
    Unreachable,
    /// It could not be made here.
    Failed,
}

/// How a call ended, and who ended it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How.
    pub ending: Ending,
    /// The status that answered the INVITE.
    pub status: Option<u16>,
    /// Its words, or ours.
    pub reason: String,
    /// Who hung up an answered call.
    pub ended_by: Option<By>,
}

/// How long it took to get there, in milliseconds from the first INVITE.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// To the first response of any kind.
    pub first_response_ms: Option<u64>,
    /// To 180.
    pub ringing_ms: Option<u64>,
    /// To the first sound that was promised before the answer.
    pub early_media_ms: Option<u64>,
    /// To 200.
    pub answered_ms: Option<u64>,
    /// To the final response, whatever it is.
    pub final_ms: Option<u64>,
    /// INVITEs that had to be sent again because nothing came back.
    pub retransmissions: u32,
    /// The statuses that came to it, in their order, each once in a row.
    pub statuses: Vec<u16>,
}

/// How the sound travelled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundReport {
    /// The codec.
    pub codec: String,
    /// Milliseconds of sound in a packet of ours.
    pub ptime_ms: u8,
    /// Where the peer wants it.
    pub remote: SocketAddr,
    /// From the answer to the first packet; 0 if packets came before.
    pub first_packet_ms: Option<u64>,
    /// Packets that we sent.
    pub sent: u64,
    /// Packets that came.
    pub received: u64,
    /// Packets lost on the way to us.
    pub lost: u64,
    /// The same in percent.
    pub loss_percent: f64,
    /// Packets that came too late to be heard.
    pub late: u64,
    /// Packets that came from elsewhere.
    pub refused: u64,
    /// Interarrival jitter of what came (RFC 3550).
    pub jitter_ms: f64,
    /// Round trip by RTCP, if the peer reports.
    pub round_trip_ms: Option<f64>,
    /// Packets of ours that the peer says it lost.
    pub remote_lost: Option<u32>,
    /// The jitter that the peer says it sees.
    pub remote_jitter_ms: Option<f64>,
}

impl Report {
    /// Puts together what the call, the messages and the ear say.
    pub fn new(callee: String, marks: &Marks, wire: &Wire, heard: Option<Heard>) -> Self {
        let invite = wire.asked(Method::Invite).last();
        let talk = marks.answered.zip(marks.ended.as_ref()).map(|(from, (to, _))| ms(*to - from));
        let server = |name: &HeaderName| {
            wire.answers(Method::Invite)
                .find_map(|(_, response)| response.headers.get(name.clone()).map(str::to_owned))
        };
        Self {
            callee,
            outcome: outcome(marks, wire),
            peer: server(&HeaderName::Server).or_else(|| server(&HeaderName::UserAgent)),
            sent_to: invite.as_ref().map(|(entry, _)| entry.peer),
            transport: invite.as_ref().map(|(entry, _)| entry.transport),
            call_id: invite.and_then(|(_, request)| request.headers.call_id().ok().map(str::to_owned)),
            setup: setup(marks, wire),
            talk_ms: talk,
            sound: sound(marks),
            heard,
            notes: marks.trouble.clone(),
        }
    }

    /// True if it was answered.
    pub fn is_answered(&self) -> bool {
        self.outcome.ending == Ending::Answered
    }
}

fn outcome(marks: &Marks, wire: &Wire) -> Outcome {
    let last = wire.answers(Method::Invite).filter(|(_, response)| response.status >= 200).last();
    let status = last.map(|(_, response)| response.status);
    let cause = marks.ended.as_ref().map(|(_, cause)| cause);
    let by = cause.map(|cause| cause.by);
    let heard_of = wire.answers(Method::Invite).next().is_some();
    let ending = match (marks.answered, status, by) {
        (Some(_), ..) => Ending::Answered,
        (None, Some(status), Some(By::Remote)) if status >= 300 => Ending::Refused,
        _ if marks.dialled.is_none() => Ending::Failed,
        (None, _, Some(By::Transport)) => Ending::Unreachable,
        _ if !heard_of => Ending::Unreachable,
        _ => Ending::NotAnswered,
    };
    let reason = match (ending, last) {
        (Ending::Answered | Ending::Refused, Some((_, response))) => response.reason.clone(),
        (Ending::Failed, _) => marks.trouble.first().cloned().unwrap_or_default(),
        _ => cause.map(|cause| cause.text.clone()).unwrap_or_default(),
    };
    Outcome { ending, status, reason, ended_by: by.filter(|_| marks.answered.is_some()) }
}

fn setup(marks: &Marks, wire: &Wire) -> Setup {
    let Some((first, _)) = wire.asked(Method::Invite).next() else { return Setup::default() };
    let begin = first.at;
    let since = |at: Time| ms(at - begin);
    let answers: Vec<(Time, u16)> =
        wire.answers(Method::Invite).map(|(entry, response)| (entry.at, response.status)).collect();
    let mut statuses: Vec<u16> = answers.iter().map(|(_, status)| *status).collect();
    statuses.dedup();
    let branches: std::collections::BTreeSet<_> = wire
        .asked(Method::Invite)
        .filter_map(|(_, request)| request.headers.get(HeaderName::Via).map(str::to_owned))
        .collect();
    let sent = wire.asked(Method::Invite).count();
    Setup {
        first_response_ms: answers.first().map(|(at, _)| since(*at)),
        ringing_ms: answers.iter().find(|(_, status)| *status == 180).map(|(at, _)| since(*at)),
        early_media_ms: marks.early.map(since),
        answered_ms: marks.answered.map(since),
        final_ms: answers
            .iter()
            .find(|(_, status)| *status >= 200 && !matches!(status, 401 | 407))
            .or_else(|| answers.iter().rfind(|(_, status)| *status >= 200))
            .map(|(at, _)| since(*at)),
        retransmissions: u32::try_from(sent.saturating_sub(branches.len())).unwrap_or(u32::MAX),
        statuses,
    }
}

fn sound(marks: &Marks) -> Option<SoundReport> {
    let (agreed, quality) = (marks.agreed.as_ref()?, &marks.quality);
    let expected = quality.packets_received + quality.packets_lost;
    let milliseconds = |us: u32| f64::from(us) / 1_000.0;
    Some(SoundReport {
        codec: agreed.codec.to_string(),
        ptime_ms: agreed.ptime_ms,
        remote: agreed.remote,
        first_packet_ms: marks.first_packet.zip(marks.answered).map(|(packet, answer)| ms(packet - answer)),
        sent: quality.packets_sent,
        received: quality.packets_received,
        lost: quality.packets_lost,
        loss_percent: match expected {
            0 => 0.0,
            expected => quality.packets_lost as f64 * 100.0 / expected as f64,
        },
        late: quality.packets_late,
        refused: quality.packets_refused,
        jitter_ms: milliseconds(quality.jitter_us),
        round_trip_ms: quality.round_trip_us.map(milliseconds),
        remote_lost: quality.remote_lost,
        remote_jitter_ms: quality.remote_jitter_us.map(milliseconds),
    })
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
