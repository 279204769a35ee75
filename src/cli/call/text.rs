//! What a test call showed, in words.

use std::fmt::Write;
use std::time::Duration;

use crate::probe::heard::Heard;
use crate::probe::report::{Ending, Report, SoundReport};
use crate::probe::verdict::{Check, seconds};
use crate::probe::wire::Wire;

/// The report as lines with a word before each.
pub fn text(report: &Report, checks: &[Check]) -> String {
    let mut lines = vec![("call", call(report)), ("set-up", setup(report)), ("ended", ended(report))];
    if let Some(sound) = &report.sound {
        lines.extend([("sound", agreed(sound)), ("sent", sent(sound)), ("received", received(sound))]);
    }
    lines.extend(report.heard.as_ref().map(|heard| ("heard", heard_words(heard))));
    lines.extend(report.notes.iter().map(|note| ("note", note.clone())));
    lines.extend(checks.iter().map(|check| {
        let word = if check.ok { "ok" } else { "FAILED" };
        (word, format!("{}: {}", check.expected, check.found))
    }));
    let lines = lines.iter().filter(|(_, text)| !text.is_empty());
    lines.map(|(word, text)| format!("{word:<9}{text}")).collect::<Vec<_>>().join("\n")
}

/// All messages, with the time since the first, an arrow for the direction, and what they say.
pub fn ladder(wire: &Wire) -> String {
    let mut text = String::new();
    let begin = wire.entries().first().map(|entry| entry.at);
    for entry in wire.entries() {
        let since = begin.map_or(Duration::ZERO, |begin| entry.at - begin);
        let arrow = if entry.ours { "->" } else { "<-" };
        let (way, at) = (entry.transport.via_name(), since.as_secs_f64());
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{at:8.3} {arrow} {way} {}", entry.peer);
        for line in entry.text().lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

fn call(report: &Report) -> String {
    let way = report.sent_to.zip(report.transport).map(|(to, way)| format!(" over {} {to}", way.via_name()));
    let peer = report.peer.as_ref().map(|peer| format!(" ({peer})"));
    format!("{}{}{}", report.callee, way.unwrap_or_default(), peer.unwrap_or_default())
}

fn setup(report: &Report) -> String {
    let setup = &report.setup;
    let parts = [
        ("first response", setup.first_response_ms),
        ("180", setup.ringing_ms),
        ("early sound", setup.early_media_ms),
        ("200", setup.answered_ms),
    ];
    let told = parts.iter().filter_map(|(what, ms)| ms.map(|ms| format!("{what} after {}", seconds(of(ms)))));
    let again = (setup.retransmissions > 0).then(|| format!("{} INVITEs sent again", setup.retransmissions));
    told.chain(again).collect::<Vec<_>>().join(", ")
}

fn ended(report: &Report) -> String {
    let outcome = &report.outcome;
    let said = || match outcome.status {
        Some(status) => format!("{status} {}", outcome.reason),
        None => outcome.reason.clone(),
    };
    match outcome.ending {
        Ending::Answered => {
            let talked = report.talk_ms.map(|ms| format!(" after {}", seconds(of(ms)))).unwrap_or_default();
            let who = match outcome.ended_by {
                Some(crate::probe::report::By::Local) => "by us",
                Some(crate::probe::report::By::Remote) => "by the far end",
                _ => "by a fault of the network",
            };
            format!("{who}{talked}")
        }
        Ending::Refused => {
            let took =
                report.setup.final_ms.map(|ms| format!(" after {}", seconds(of(ms)))).unwrap_or_default();
            format!("refused{took}: {}", said())
        }
        Ending::NotAnswered => format!("not answered: {}", said()),
        Ending::Unreachable => format!("nobody reached: {}", outcome.reason),
        Ending::Failed => format!("not made: {}", outcome.reason),
    }
}

fn agreed(sound: &SoundReport) -> String {
    let first =
        sound.first_packet_ms.map(|ms| format!(", first packet {} after the answer", seconds(of(ms))));
    let first = first
        .unwrap_or_else(|| if sound.received == 0 { ", nothing came".to_owned() } else { String::new() });
    format!("{} in packets of {} ms, to {}{first}", sound.codec, sound.ptime_ms, sound.remote)
}

fn sent(sound: &SoundReport) -> String {
    let lost = sound.remote_lost.map(|lost| format!("; the far end lost {lost}"));
    let jitter = sound.remote_jitter_ms.map(|jitter| format!(", jitter there {jitter:.1} ms"));
    format!("{} packets{}{}", sound.sent, lost.unwrap_or_default(), jitter.unwrap_or_default())
}

fn received(sound: &SoundReport) -> String {
    let mut text = format!("{} packets, lost {} ({:.2} %)", sound.received, sound.lost, sound.loss_percent);
    if sound.late > 0 {
        let _ = write!(text, ", too late {}", sound.late);
    }
    if sound.refused > 0 {
        let _ = write!(text, ", from elsewhere {}", sound.refused);
    }
    let _ = write!(text, ", jitter {:.1} ms", sound.jitter_ms);
    if let Some(round_trip) = sound.round_trip_ms {
        let _ = write!(text, ", round trip {round_trip:.1} ms");
    }
    text
}

fn heard_words(heard: &Heard) -> String {
    let mut text = match heard.level_dbm0 {
        Some(level) => {
            format!("{level:.1} dBm0 for {} of {}", seconds(of(heard.sound_ms)), seconds(of(heard.ms)))
        }
        None => format!("silence for {}", seconds(of(heard.ms))),
    };
    let _ = write!(text, ", longest silence {}", seconds(of(heard.longest_silence_ms)));
    for tone in &heard.tones {
        let _ = write!(text, ", {} Hz at {:.1} dBm0 for {}", tone.hz, tone.dbm0, seconds(of(tone.ms.into())));
    }
    if !heard.keys.is_empty() {
        let _ = write!(text, ", keys {}", heard.keys);
    }
    text
}

fn of(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
