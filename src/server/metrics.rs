//! The figures of the running program in the text format of Prometheus.

use std::fmt::{Display, Write};

use super::dialplans::standing::Standing;
use super::figures::{Histogram, Snapshot};
use super::limits::OpenFiles;
use super::mails;
use super::webhooks::Figures;
use crate::media::engine::{LATENESS_BUCKETS_US, Metrics};
use crate::switch::Violation;
use crate::switch::cause::Cause;

/// What the switch task does not know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rest {
    /// When our certificate ends, in seconds since 1970.
    pub certificate_ends: Option<i64>,
    pub files: Option<OpenFiles>,
    pub mails: mails::Figures,
}

/// Writes a snapshot as Prometheus reads it.
pub fn render(snapshot: &Snapshot, dialplans: &Standing, rest: &Rest) -> String {
    let mut page = Page::default();
    calls(&mut page, snapshot);
    signalling(&mut page, snapshot);
    trunks(&mut page, snapshot);
    media(&mut page, snapshot);
    faults(&mut page, snapshot);
    files(&mut page, dialplans);
    told(&mut page, &snapshot.webhooks);
    mailed(&mut page, &rest.mails);
    tls(&mut page, snapshot, rest.certificate_ends);
    if let Some(OpenFiles { open, limit }) = rest.files {
        page.one("open_files", "gauge", "Files and sockets that are open.", open);
        page.one("open_files_limit", "gauge", "Files and sockets that may be open.", limit);
    }
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP hovor_{name} {help}\n# TYPE hovor_{name} {kind}");
    }

    fn row(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels.iter().map(|(k, v)| format!("{k}=\"{}\"", escaped(v))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "hovor_{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.row(name, &[], value);
    }

    /// A histogram from counts per bucket (the last one without bound) and bounds in seconds.
    fn histogram(&mut self, name: &str, help: &str, bounds: &[f64], counts: &[u64], sum: f64) {
        self.head(name, "histogram", help);
        let mut total = 0;
        let bucket = format!("{name}_bucket");
        for (bound, count) in bounds.iter().zip(counts) {
            total += count;
            self.row(&bucket, &[("le", &bound.to_string())], total);
        }
        total = counts.iter().sum();
        self.row(&bucket, &[("le", "+Inf")], total);
        self.row(&format!("{name}_sum"), &[], sum);
        self.row(&format!("{name}_count"), &[], total);
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn calls(page: &mut Page, snapshot: &Snapshot) {
    let counters = &snapshot.counters;
    page.one("uptime_seconds", "gauge", "Since the program started.", snapshot.uptime_s);
    page.one("sessions", "gauge", "Sessions that are not over.", snapshot.sessions);
    page.one("legs", "gauge", "Legs of the telephone line.", snapshot.legs);
    page.one("workspace_legs", "gauge", "Legs to operators' workspaces.", snapshot.workspace_legs);
    page.one("chats", "gauge", "Web chats that go on.", snapshot.chats);
    page.one("chat_browsers", "gauge", "Browsers of clients that are connected.", snapshot.chat_browsers);
    page.one("sessions_total", "counter", "Sessions that arrived.", counters.sessions_arrived);
    page.head("sessions_ended_total", "counter", "Sessions that ended, by cause.");
    for (cause, count) in &counters.sessions_by_cause {
        page.row("sessions_ended_total", &[("cause", cause)], count);
    }
    let bounds = Histogram::BOUNDS_MS.map(|ms| ms as f64 / 1e3);
    let sum = counters.setup.sum_ms as f64 / 1e3;
    let help = "From a session's arrival to the caller's acknowledged answer.";
    page.histogram("setup_seconds", help, &bounds, &counters.setup.counts, sum);
    page.head("queue_waiting", "gauge", "Sessions that wait, by group.");
    for (group, waiting) in &snapshot.waiting {
        page.row("queue_waiting", &[("group", group)], waiting);
    }
    page.one("callbacks_open", "gauge", "Clients who are to be called back.", snapshot.callbacks);
    page.head(
        "callbacks_total",
        "counter",
        "Promises to call clients back that are over, by how they ended.",
    );
    for how in ["served", "expired", "cancelled", "failed"] {
        let count = counters.callbacks_over.get(how).copied().unwrap_or(0);
        page.row("callbacks_total", &[("how", how)], count);
    }
    let (new, all) = (snapshot.messages.new, snapshot.messages.all);
    page.head("voicemail_messages", "gauge", "Messages in mailboxes, by whether they were listened to.");
    page.row("voicemail_messages", &[("state", "new")], new);
    page.row("voicemail_messages", &[("state", "heard")], all.saturating_sub(new));
    page.one("voicemail_left_total", "counter", "Messages that were left.", counters.messages_left);
    page.head("operators", "gauge", "Operators, by what they do.");
    for (state, count) in &snapshot.operators {
        page.row("operators", &[("state", state)], count);
    }
}

fn signalling(page: &mut Page, snapshot: &Snapshot) {
    let (counters, figures) = (&snapshot.counters, &snapshot.endpoint);
    page.one("sip_messages_received_total", "counter", "SIP messages received.", counters.messages_in);
    page.one("sip_messages_sent_total", "counter", "SIP messages sent.", counters.messages_out);
    page.one(
        "sip_messages_unsent_total",
        "counter",
        "SIP messages that had no way out.",
        counters.messages_unsent,
    );
    let help = "Messages that were left out of the trace, because it could not keep up.";
    page.one("sip_messages_untraced_total", "counter", help, snapshot.untraced);
    page.one("sip_connections", "gauge", "Connections for SIP.", snapshot.connections);
    let help = "Connections of strangers that were closed after a while.";
    page.one("sip_strangers_closed_total", "counter", help, figures.strangers_closed);
    page.one("sip_transactions", "gauge", "SIP transactions that stand.", figures.transactions);
    page.one("sip_calls", "gauge", "SIP dialogs of calls that stand.", figures.calls);
    page.one("sip_bindings", "gauge", "Registered bindings.", figures.bindings);
    page.head(
        "sip_unanswered_total",
        "counter",
        "SIP messages that were dropped without an answer, by reason.",
    );
    let away = figures.turned_away;
    for (reason, count) in [("banned", away.banned), ("too_many", away.too_many), ("scanner", away.scanner)] {
        page.row("sip_unanswered_total", &[("reason", reason)], count);
    }
    page.one("sip_bans_total", "counter", "Bans of sources that failed too often.", figures.banned_ever);
    page.one("sip_bans", "gauge", "Bans that stand.", snapshot.bans);
    let share = f64::from(snapshot.admitted) / 1e3;
    page.one(
        "calls_admitted_ratio",
        "gauge",
        "The share of new calls that is let in; 1 unless overloaded.",
        share,
    );
    page.one("calls_shed_total", "counter", "New calls refused because of overload.", figures.shed);
    let waited = snapshot.waited.as_secs_f64();
    page.one("sip_queue_seconds", "gauge", "How long SIP messages wait at the least.", waited);
    page.one("sip_calls_lingering", "gauge", "SIP calls that only wait for the network.", figures.lingering);
}

fn files(page: &mut Page, dialplans: &Standing) {
    let version = dialplans.in_force.as_ref().and_then(|in_force| in_force.version);
    let refused = u8::from(dialplans.refused.is_some());
    for (name, kind, help, value) in [
        ("dialplan_loads_total", "counter", "Sets of dialplan files taken over.", dialplans.loads),
        ("dialplan_refusals_total", "counter", "Sets of dialplan files refused.", dialplans.refusals),
        ("dialplan_version", "gauge", "The version of the dialplan files in force.", version.unwrap_or(0)),
        ("dialplan_refused", "gauge", "1 if the files on the disk are not in force.", u64::from(refused)),
    ] {
        page.one(name, kind, help, value);
    }
}

/// What other programs are told.
fn told(page: &mut Page, webhooks: &Figures) {
    for (name, kind, help, value) in [
        ("webhooks_waiting", "gauge", "Webhooks that are to be sent, or sent again.", webhooks.waiting),
        ("webhooks_delivered_total", "counter", "Webhooks that arrived.", webhooks.delivered),
        (
            "webhooks_attempts_failed_total",
            "counter",
            "Attempts after which a webhook had not arrived.",
            webhooks.attempts_failed,
        ),
        ("webhooks_given_up_total", "counter", "Webhooks that are not tried again.", webhooks.given_up),
        ("webhooks_lost_total", "counter", "Webhooks that could not be stored.", webhooks.lost),
    ] {
        page.one(name, kind, help, value);
    }
}

fn mailed(page: &mut Page, mails: &mails::Figures) {
    for (name, kind, help, value) in [
        ("mails_waiting", "gauge", "Mails that are to be sent, or sent again.", mails.waiting),
        ("mails_sent_total", "counter", "Mails that a server has taken.", mails.sent),
        (
            "mails_attempts_failed_total",
            "counter",
            "Attempts after which a mail had not gone out.",
            mails.attempts_failed,
        ),
        ("mails_given_up_total", "counter", "Mails that are not tried again.", mails.given_up),
    ] {
        page.one(name, kind, help, value);
    }
}

fn trunks(page: &mut Page, snapshot: &Snapshot) {
    let emergency = snapshot.counters.emergency_calls;
    page.one("emergency_calls_total", "counter", "Calls to emergency numbers.", emergency);
    page.head("trunk_up", "gauge", "1 if the trunk gets calls.");
    for (name, trunk) in &snapshot.trunks {
        page.row("trunk_up", &[("trunk", name)], u8::from(trunk.is_up));
    }
    page.head("trunk_registered", "gauge", "1 if the provider has registered us.");
    for (name, trunk) in &snapshot.trunks {
        page.row("trunk_registered", &[("trunk", name)], u8::from(trunk.registered_until.is_some()));
    }
    page.head("trunk_calls", "gauge", "Calls over the trunk, both ways.");
    for (name, trunk) in &snapshot.trunks {
        page.row("trunk_calls", &[("trunk", name)], trunk.calls);
    }
    page.head("trunk_options_seconds", "gauge", "Time that the last answer to OPTIONS took.");
    for (name, trunk) in &snapshot.trunks {
        if let Some(ms) = trunk.round_trip_ms {
            page.row("trunk_options_seconds", &[("trunk", name)], ms as f64 / 1e3);
        }
    }
}

fn tls(page: &mut Page, snapshot: &Snapshot, certificate_ends: Option<i64>) {
    let failed = snapshot.counters.tls_failed;
    let help = "TLS handshakes of phones and others that came to nothing.";
    page.one("sip_tls_handshakes_failed_total", "counter", help, failed);
    if let Some(ends) = certificate_ends {
        let help = "When our certificate ends, in seconds since 1970.";
        page.one("tls_certificate_ends_seconds", "gauge", help, ends);
    }
}

fn faults(page: &mut Page, snapshot: &Snapshot) {
    page.one("events_waiting", "gauge", "Events that wait to be stored.", snapshot.events_waiting);
    let healthy = u8::from(snapshot.journal.trouble.is_none());
    page.one("store_healthy", "gauge", "1 if the last batch was written.", healthy);
    let failures = snapshot.journal.failures;
    page.one("store_failures_total", "counter", "Attempts to write a batch that failed.", failures);
    let help = "Steps of the journal that failed inside.";
    page.one("journal_faults_total", "counter", help, snapshot.journal.faults);
    page.one("refusing", "gauge", "1 if new sessions are refused.", u8::from(snapshot.refusing));
    page.one("faults_total", "counter", "Steps that failed inside.", snapshot.counters.faults);
    violations(page, snapshot);
    let internal = snapshot.counters.sessions_by_cause.get(Cause::Internal.name());
    page.one(
        "internal_ends_total",
        "counter",
        "Sessions that a fault of ours ended.",
        internal.unwrap_or(&0),
    );
    let counters = &snapshot.counters;
    for (name, help, value) in [
        ("media_ports_refused_total", "Legs that got no ports for their sound.", snapshot.ports_refused),
        ("recordings_failed_total", "Recordings that could not be written.", counters.recordings_failed),
        ("lookups_failed_total", "Names that could not be looked up.", counters.lookups_failed),
        ("lookups_late_total", "Names whose places came after more than a second.", counters.lookups_late),
        ("clock_set_total", "How often the system's clock was set.", counters.clock_set),
    ] {
        page.one(name, "counter", help, value);
    }
}

/// What is found to be wrong inside: now, and ever since the start.
fn violations(page: &mut Page, snapshot: &Snapshot) {
    let (now, ever) = ("invariant_violations", "invariant_violations_total");
    page.head(now, "gauge", "What must never be and is; 0 unless there is a fault.");
    for name in Violation::names() {
        let standing = snapshot.invariants.standing().iter();
        page.row(now, &[("invariant", name)], standing.filter(|violation| violation.name() == name).count());
    }
    page.head(ever, "counter", "What must never be and was found since the start.");
    for name in Violation::names() {
        page.row(ever, &[("invariant", name)], snapshot.invariants.found(name));
    }
}

fn media(page: &mut Page, snapshot: &Snapshot) {
    let counters = &snapshot.counters;
    page.one("rtp_received_total", "counter", "RTP packets received, of ended legs.", counters.rtp_received);
    page.one("rtp_sent_total", "counter", "RTP packets sent, of ended legs.", counters.rtp_sent);
    page.one(
        "rtp_lost_total",
        "counter",
        "RTP packets lost on the way to us, of ended legs.",
        counters.rtp_lost,
    );
    engine(page, &snapshot.engine);
}

fn engine(page: &mut Page, engine: &Metrics) {
    let bounds = LATENESS_BUCKETS_US.map(|us| us as f64 / 1e6);
    let sum = engine.lateness_sum_us as f64 / 1e6;
    let help = "How late the ticks of the 20 ms clock began.";
    page.histogram("media_clock_late_seconds", help, &bounds, &engine.lateness, sum);
    let work = engine.tick_work_us as f64 / 1e6;
    page.one("media_tick_work_seconds_total", "counter", "Time that ticks took.", work);
    for (name, help, value) in [
        ("media_ticks_skipped_total", "Ticks left out by a worker far too late.", engine.ticks_skipped),
        ("media_packets_received_total", "RTP and RTCP packets received.", engine.packets_in),
        ("media_packets_sent_total", "RTP and RTCP packets sent.", engine.packets_out),
        ("media_packets_forwarded_total", "RTP packets forwarded as they came.", engine.packets_forwarded),
        ("media_packets_refused_total", "Packets refused.", engine.packets_refused),
        ("media_send_failures_total", "Packets that the kernel did not take.", engine.send_failures),
        ("media_commands_refused_total", "Commands refused by a full queue.", engine.commands_refused),
        ("media_events_lost_total", "Events that the switch did not take.", engine.events_lost),
        (
            "media_recorded_samples_lost_total",
            "Samples that could not be recorded.",
            engine.recorded_samples_lost,
        ),
        ("media_rooms_failed_total", "Rooms ended by a fault of ours.", engine.rooms_failed),
    ] {
        page.one(name, "counter", help, value);
    }
    for (name, help, value) in [
        ("media_legs", "Legs that are open.", engine.legs),
        ("media_rooms", "Rooms that stand.", engine.rooms),
        ("media_ports_in_use", "Pairs of ports that legs hold.", engine.ports_in_use),
        ("media_ports", "Pairs of ports in the range.", engine.ports_total),
    ] {
        page.one(name, "gauge", help, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_end_with_all() {
        let mut page = Page::default();
        page.histogram("x", "y", &[0.1, 0.2], &[1, 2, 3], 1.5);
        let rows: Vec<_> = page.text.lines().filter(|line| !line.starts_with('#')).collect();
        let wanted = [
            "hovor_x_bucket{le=\"0.1\"} 1",
            "hovor_x_bucket{le=\"0.2\"} 3",
            "hovor_x_bucket{le=\"+Inf\"} 6",
            "hovor_x_sum 1.5",
            "hovor_x_count 6",
        ];
        assert_eq!(rows, wanted);
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let mut page = Page::default();
        page.row("x", &[("group", "a\"b\\c\nd")], 1);
        assert_eq!(page.text, "hovor_x{group=\"a\\\"b\\\\c\\nd\"} 1\n");
    }
}
