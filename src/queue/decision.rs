use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::output::{OfferId, OverflowWhy};
use crate::id::{GroupId, SessionId, UserId};

/// Why a session was offered to whom, waits, or overflows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Which session.
    pub session: SessionId,
    /// For which group it waits.
    pub group: GroupId,
    /// What was decided.
    pub outcome: Outcome,
    /// One reason for each member of the group, the chosen ones first.
    pub reasons: Vec<Reason>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is offered.
    Offered(OfferId),
    /// Nobody can be offered it now.
    Waits,
    /// It waits no longer.
    Overflows(OverflowWhy),
}

/// Why one operator was or was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Who.
    pub operator: UserId,
    /// Their name.
    pub name: String,
    /// Why or why not.
    pub verdict: Verdict,
}

/// Why one operator was or was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Chosen.
    Offered(Because),
    /// It rings there.
    Rings,
    /// Available, but somebody was not asked yet.
    AskedBefore,
    /// Available, but served more sessions in the last hour.
    MoreLoaded {
        /// So many.
        sessions: usize,
    },
    /// Available, but idle for a shorter time.
    LessIdle {
        /// So long.
        idle: Duration,
    },
    /// Available and may take it themselves.
    MayTake,
    /// The session waits for another operator first.
    ForAnother {
        /// Their name.
        name: String,
    },
    /// Refused this session a moment ago.
    RefusedLately,
    /// Away.
    Away {
        /// What they said.
        reason: Option<String>,
    },
    /// Wants no calls for now.
    DoNotDisturb,
    /// Has switched off the line by which it came.
    ChannelOff {
        /// Which line.
        line: String,
    },
    /// Left too many offers unanswered.
    NotAnswering,
    /// Has no device that can be reached.
    Unreachable,
    /// Another session rings at their phone.
    OfferedAnother,
    /// Their workspace is not open.
    NotAtDesk,
    /// On a session.
    OnSession,
    /// On so many sessions that there is no room for another one.
    OnSessions(usize),
    /// Finishing the last session.
    AfterWork,
    /// In the group, but not an operator of the company.
    Unknown,
}

/// Why the chosen one was chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Nobody else is available.
    OnlyOne,
    /// All others were asked before, or earlier.
    NotAskedYet,
    /// Served fewest sessions in the last hour.
    LeastLoaded {
        /// So many.
        sessions: usize,
    },
    /// Equally loaded, and idle for the longest time.
    LongestIdle {
        /// So long.
        idle: Duration,
    },
    /// Everybody available rings.
    RingAll,
    /// They took it.
    Took,
}

impl Verdict {
    /// Its name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Verdict::Offered(_) => "offered",
            Verdict::Rings => "rings",
            Verdict::AskedBefore => "asked_before",
            Verdict::MoreLoaded { .. } => "more_loaded",
            Verdict::LessIdle { .. } => "less_idle",
            Verdict::MayTake => "may_take",
            Verdict::ForAnother { .. } => "for_another",
            Verdict::RefusedLately => "refused_lately",
            Verdict::Away { .. } => "away",
            Verdict::DoNotDisturb => "do_not_disturb",
            Verdict::ChannelOff { .. } => "channel_off",
            Verdict::NotAnswering => "not_answering",
            Verdict::Unreachable => "unreachable",
            Verdict::OfferedAnother => "offered_another",
            Verdict::NotAtDesk => "not_at_desk",
            Verdict::OnSession => "on_session",
            Verdict::OnSessions(_) => "on_sessions",
            Verdict::AfterWork => "after_work",
            Verdict::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Outcome::Offered(_) => {}
            Outcome::Waits => f.write_str("waits: ")?,
            Outcome::Overflows(why) => write!(f, "overflows, {why}: ")?,
        }
        if self.reasons.is_empty() {
            return f.write_str("nobody is asked");
        }
        for (index, reason) in self.reasons.iter().enumerate() {
            let between = if index == 0 { "" } else { "; " };
            write!(f, "{between}{reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Verdict::Offered(because) => write!(f, "offered to {}: {because}", self.name),
            verdict => write!(f, "not to {}: {verdict}", self.name),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Offered(because) => because.fmt(f),
            Verdict::Rings => f.write_str("it rings there"),
            Verdict::AskedBefore => f.write_str("was asked before"),
            Verdict::MoreLoaded { sessions } => write!(f, "served {sessions} in the last hour"),
            Verdict::LessIdle { idle } => write!(f, "idle for {} s only", idle.as_secs()),
            Verdict::MayTake => f.write_str("may take it"),
            Verdict::ForAnother { name } => write!(f, "it waits for {name}"),
            Verdict::RefusedLately => f.write_str("refused it a moment ago"),
            Verdict::Away { reason: Some(reason) } => write!(f, "away ({reason})"),
            Verdict::Away { reason: None } => f.write_str("away"),
            Verdict::DoNotDisturb => f.write_str("do not disturb"),
            Verdict::ChannelOff { line } => write!(f, "the channel {line} is off"),
            Verdict::NotAnswering => f.write_str("not answering"),
            Verdict::Unreachable => f.write_str("no phone registered"),
            Verdict::OfferedAnother => f.write_str("another session rings"),
            Verdict::NotAtDesk => f.write_str("the workspace is not open"),
            Verdict::OnSession => f.write_str("on a session"),
            Verdict::OnSessions(sessions) => write!(f, "on {sessions} sessions"),
            Verdict::AfterWork => f.write_str("after-call work"),
            Verdict::Unknown => f.write_str("no such operator"),
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::OnlyOne => f.write_str("nobody else is available"),
            Because::NotAskedYet => f.write_str("not asked yet"),
            Because::LeastLoaded { sessions } => write!(f, "least loaded ({sessions} in the last hour)"),
            Because::LongestIdle { idle } => write!(f, "longest idle ({} s)", idle.as_secs()),
            Because::RingAll => f.write_str("everybody rings"),
            Because::Took => f.write_str("took it"),
        }
    }
}

impl fmt::Display for OverflowWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OverflowWhy::Full => "the queue is full",
            OverflowWhy::MaxWait => "waited too long",
            OverflowWhy::NoGroup => "no such group",
        })
    }
}
