//! What the switch task counts, and what there is to know about it at one moment.

use std::collections::BTreeMap;
use std::time::Duration;

use super::invariants::Invariants;
use super::{core::Core, journal, webhooks};
use crate::api::running::TrunkState;
use crate::id::GroupId;
use crate::media;
use crate::queue;
use crate::sip::endpoint::Stats;
use crate::switch::directory::Directory;
use crate::switch::mailbox::Messages;

/// What has been counted since the start.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    pub sessions_arrived: u64,
    pub sessions_by_cause: BTreeMap<&'static str, u64>,
    /// Promises to call clients back that are over, by how they ended.
    pub callbacks_over: BTreeMap<&'static str, u64>,
    pub messages_in: u64,
    pub messages_out: u64,
    pub messages_unsent: u64,
    pub tls_failed: u64,
    pub rtp_lost: u64,
    pub rtp_received: u64,
    pub rtp_sent: u64,
    pub setup: Histogram,
    pub faults: u64,
    pub messages_left: u64,
    pub emergency_calls: u64,
    /// Legs whose ports could not be opened.
    pub ports_refused: u64,
    /// Recordings that could not be written.
    pub recordings_failed: u64,
    /// Names that could not be looked up, or lead nowhere.
    pub lookups_failed: u64,
    /// Names that were looked up, but took more than a second.
    pub lookups_late: u64,
    /// How often the system's clock was set.
    pub clock_set: u64,
}

/// Milliseconds from a session's arrival to its answer, in the buckets that Prometheus wants.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    pub counts: [u64; Histogram::BOUNDS_MS.len() + 1],
    pub sum_ms: u64,
}

impl Histogram {
    /// Upper bounds of the buckets, in milliseconds.
    pub const BOUNDS_MS: [u64; 9] = [1, 2, 5, 10, 25, 100, 500, 2_500, 10_000];

    /// Counts one more.
    pub fn add(&mut self, ms: u64) {
        let bucket = Self::BOUNDS_MS.iter().position(|bound| ms <= *bound);
        self.counts[bucket.unwrap_or(Self::BOUNDS_MS.len())] += 1;
        self.sum_ms += ms;
    }
}

/// What there is to know about the switch task at one moment, for metrics and the health check.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub uptime_s: u64,
    pub sessions: usize,
    pub legs: usize,
    /// Legs to operators' workspaces.
    pub workspace_legs: usize,
    /// Chats that go on.
    pub chats: usize,
    /// Browsers of clients that are connected.
    pub chat_browsers: usize,
    pub refusing: bool,
    pub events_waiting: usize,
    pub journal: journal::Standing,
    pub waiting: BTreeMap<String, usize>,
    pub operators: BTreeMap<&'static str, usize>,
    pub invariants: Invariants,
    pub messages: Messages,
    /// Promises to call clients back that are open.
    pub callbacks: usize,
    pub endpoint: Stats,
    pub bans: usize,
    /// Of a thousand new calls so many are let in.
    pub admitted: u16,
    /// How long SIP messages waited at the least, in the last tenth of a second.
    pub waited: Duration,
    pub trunks: Vec<(String, TrunkState)>,
    pub engine: media::engine::Metrics,
    /// SIP messages that were left out of the trace.
    pub untraced: u64,
    /// Legs that got no ports for their sound: there were too many legs, or none could be opened.
    pub ports_refused: u64,
    /// Connections for SIP that stand or are being made.
    pub connections: usize,
    pub counters: Counters,
    pub webhooks: webhooks::Figures,
}

impl Core {
    /// What there is to know now.
    pub(super) fn snapshot(&self) -> Snapshot {
        let mut operators: BTreeMap<&'static str, usize> = BTreeMap::new();
        let directory = self.switch.directory();
        for user in directory.operators.keys() {
            if let Some(state) = self.switch.operator(*user) {
                *operators.entry(doing(state)).or_default() += 1;
            }
        }
        let waiting = |id: &GroupId| self.switch.queues().waiting(*id).len();
        Snapshot {
            uptime_s: self.clock.uptime().as_secs(),
            sessions: self.switch.live(),
            legs: self.phone.legs(),
            workspace_legs: self.workspaces.legs(),
            chats: self.webchat.live().count(),
            chat_browsers: self.chats.browsers(),
            refusing: self.switch.is_refusing(),
            events_waiting: self.journal.waiting(),
            journal: self.journal.standing(),
            waiting: directory.groups.iter().map(|(id, g)| (group_name(directory, g), waiting(id))).collect(),
            operators,
            invariants: self.invariants.clone(),
            messages: self.switch.messages(),
            callbacks: self.switch.open_callbacks(),
            endpoint: self.endpoint.stats(),
            admitted: self.strain.share(),
            waited: self.strain.waited(),
            bans: self.endpoint.bans(self.clock.now()).len(),
            trunks: self.named_trunk_states(),
            engine: self.engine.metrics(),
            untraced: self.tracer.lost,
            ports_refused: self.counters.ports_refused + self.phone.turned_away(),
            connections: self.transports.connections(),
            counters: self.counters.clone(),
            webhooks: self.webhooks.figures(),
        }
    }
}

impl Core {
    /// How the trunks fare, by name.
    fn named_trunk_states(&self) -> Vec<(String, TrunkState)> {
        let known = &self.switch.directory().trunks;
        let states = self.trunk_states().into_iter();
        states.filter_map(|(id, state)| Some((known.get(&id)?.name.clone(), state))).collect()
    }
}

fn group_name(directory: &Directory, group: &queue::Group) -> String {
    let tenant = directory.tenants.get(&group.tenant).map_or("?", |tenant| tenant.name.as_str());
    format!("{tenant}/{}", group.name)
}

/// What an operator does, in one word for metrics.
fn doing(state: &queue::OperatorState) -> &'static str {
    match (&state.engagement, &state.status) {
        (queue::Engagement::Offered { .. }, _) => "ringing",
        (queue::Engagement::OnSession { .. }, _) => "on_session",
        (queue::Engagement::AfterWork { .. }, _) => "after_call_work",
        (queue::Engagement::Free, _) if !state.reachable => "unreachable",
        (queue::Engagement::Free, queue::Status::Online) => "ready",
        (queue::Engagement::Free, queue::Status::Away { .. }) => "away",
        (queue::Engagement::Free, queue::Status::NotAnswering) => "not_answering",
    }
}
