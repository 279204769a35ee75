//! A walk as lines for people.

use std::fmt::Write as _;

use super::clock::Clock;
use super::walk::{End, Heard, Moment, Walk, What};

impl Walk {
    /// The call as lines: the node with its place in the file, then what happened there.
    pub fn report(&self) -> String {
        let clock = Clock::of(self.timezone.as_deref());
        let caller = if self.caller.is_empty() { "a withheld number" } else { &self.caller };
        let mut text = format!("{caller} calls {}, {}\n", self.dialled, clock.words(self.started));
        let width = |moment: &Moment| match &moment.what {
            What::Entered { node, .. } => node.chars().count(),
            _ => 0,
        };
        let widest = self.moments.iter().map(width).max().unwrap_or(0);
        for moment in &self.moments {
            let at = format!("{}.{:03}", moment.at_ms / 1_000, moment.at_ms % 1_000);
            // Writing to a string does not fail.
            let _ = writeln!(text, "{at:>9} s  {}", self.line(moment, widest));
        }
        let _ = match self.end {
            End::GoesOn => writeln!(text, "            and so on, until somebody hangs up"),
            End::HungUp(_) | End::CallerHungUp | End::Ended => Ok(()),
        };
        text
    }

    fn line(&self, moment: &Moment, widest: usize) -> String {
        match &moment.what {
            What::Entered { node, verb, line, does, why } => {
                let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
                let does = does.first().map(|does| format!(" {does}")).unwrap_or_default();
                format!("{node:widest$}  {}:{line}: {verb}{does}{why}", self.file)
            }
            What::Answered => "    the call is answered".into(),
            What::Heard { sounds, ms, cut } => {
                let cut = if *cut { ", cut short" } else { "" };
                format!("    hears {}, {}{cut}", heard(sounds), seconds(*ms))
            }
            What::Key { key } => format!("    presses {key}"),
            What::Parameter { name, value } => format!("    {name} = \"{value}\""),
            What::Happened { text } => format!("    {text}"),
            What::HungUp { cause, why } => {
                let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
                format!("hang up, {}{why}", cause.words())
            }
            What::CallerHungUp => "the caller hangs up".into(),
        }
    }
}

/// The sounds with their words, if they are known: digits and numbers are many, so without words the
/// names stand one after another.
fn heard(sounds: &[Heard]) -> String {
    let one = |heard: &Heard| match &heard.text {
        Some(text) => format!("{} \u{201c}{text}\u{201d}", heard.sound),
        None => heard.sound.clone(),
    };
    sounds.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}
