//! What lies outside the call itself in a trial: queues and operators, switches, other programs, mailboxes.

use std::time::Duration;

use uuid::Uuid;

use super::super::mailbox::{Greeting, MailboxAct, MailboxFacts, MailboxName, Opened};
use super::super::step::{HttpFailure, HttpRequest, Input, Question, Turn};
use super::caller::Answer;
use super::walk::What;
use super::world::{About, Scene, happened};
use crate::id::MailboxId;
use crate::time::Time;

/// How long another program takes in a trial.
const ANSWER: Duration = Duration::from_millis(100);
/// The longest message of a mailbox in a trial.
const LONGEST_MESSAGE_MS: u32 = 180_000;

impl Scene<'_> {
    /// What the trial says is seen, by the name alone or with the aspect: `sales`, `sales.free`.
    fn seen(&self, name: &str, aspect: &str) -> Option<u32> {
        let seen = &self.caller.seen;
        seen.get(&format!("{name}.{aspect}")).or_else(|| seen.get(name)).copied()
    }

    /// Unless the trial says otherwise nobody waits, one operator is there, and switches are off.
    pub(super) fn look(&mut self, question: &Question, now: Time) -> Vec<What> {
        let (text, value) = match question {
            Question::Waiting { group } => {
                let waiting = self.seen(group, "waiting").unwrap_or(0);
                (format!("{waiting} wait for {group}"), waiting)
            }
            Question::Online { group } => {
                let online = self.seen(group, "online").unwrap_or(1);
                (format!("{online} of {group} are online"), online)
            }
            Question::Free { group } => {
                let free = self.seen(group, "free").unwrap_or(1);
                (format!("{free} of {group} are free"), free)
            }
            Question::Switch { switch } => {
                let on = self.is_on(switch);
                (format!("the switch {switch} is {}", on_or_off(on)), u32::from(on))
            }
        };
        let event = self.event(About::Outside, Input::Seen { value }, None);
        self.add(now, event);
        vec![happened(text)]
    }

    fn is_on(&self, switch: &str) -> bool {
        let before = || self.seen(switch, "on").is_some_and(|seen| seen > 0);
        self.turned.get(switch).copied().unwrap_or_else(before)
    }

    pub(super) fn turn(&mut self, switch: String, turn: Turn, now: Time) -> Vec<What> {
        let on = match turn {
            Turn::On => true,
            Turn::Off => false,
            Turn::Toggle => !self.is_on(&switch),
        };
        let text = format!("the switch {switch} is {} now", on_or_off(on));
        self.turned.insert(switch, on);
        self.end(About::Outside, Input::Turned { on }, now, &text);
        Vec::new()
    }

    pub(super) fn ask(&mut self, request: u64, http: &HttpRequest, node: &str, now: Time) -> Vec<What> {
        let times = self.asked.entry(node.to_owned()).or_default();
        let answers = self.caller.answers.get(node);
        let answer = answers.and_then(|answers| answers.get(*times).or(answers.last()));
        *times += 1;
        let failed = |why| Input::HttpFailed { request, why };
        match answer {
            Some(Answer::Status(status, body)) => {
                let input = Input::HttpAnswered { request, status: *status, body: body.clone() };
                let text = format!("the answer is {status} {body}");
                self.end(About::Outside, input, now + ANSWER, text.trim_end());
            }
            Some(Answer::Failure(word)) => {
                let known = HttpFailure::WORDS.iter().find(|(known, _)| known == word);
                let why = known.map_or(HttpFailure::Broken, |(_, why)| *why);
                self.end(About::Outside, failed(why), now + ANSWER, &format!("it fails: {word}"));
            }
            Some(Answer::Timeout) => {
                let at = now + http.timeout;
                self.end(About::Outside, failed(HttpFailure::TimedOut), at, "no answer comes");
            }
            None => {
                let text = format!("no answer is given in this trial for {node}, so none comes");
                let at = now + http.timeout;
                self.end(About::Outside, failed(HttpFailure::TimedOut), at, &text);
            }
        }
        vec![happened(format!("{} is asked", http.url))]
    }

    /// Every mailbox is there in a trial; it is full if `NAME.full` is seen.
    pub(super) fn find_mailbox(&mut self, which: &MailboxName, now: Time) -> Vec<What> {
        let name = match which {
            MailboxName::Own => "own",
            MailboxName::Named(name) => name,
        };
        let facts = MailboxFacts {
            mailbox: MailboxId(Uuid::nil()),
            greeting: Greeting::Default,
            is_full: self.caller.seen.get(&format!("{name}.full")).is_some_and(|full| *full > 0),
            max_message_ms: LONGEST_MESSAGE_MS,
            has_pin: true,
        };
        let text = format!("the mailbox {name} {}", if facts.is_full { "is full" } else { "is found" });
        let event = self.event(About::Outside, Input::MailboxFound(Some(facts)), None);
        self.add(now, event);
        vec![happened(text)]
    }

    /// Whatever PIN was typed is right, and the mailbox is empty.
    pub(super) fn open_mailbox(&mut self, request: u64, now: Time) -> Vec<What> {
        let input = Input::MailboxOpened { request, opened: Opened::Messages(Vec::new()) };
        let event = self.event(About::Outside, input, Some(happened("the mailbox opens".into())));
        self.add(now + ANSWER, event);
        Vec::new()
    }
}

/// What is done with a mailbox, in words.
pub(super) fn changed(act: &MailboxAct) -> &'static str {
    match act {
        MailboxAct::Heard(_) => "the message was listened to",
        MailboxAct::Delete(_) => "the message is deleted",
        MailboxAct::Greeting(Some(_)) => "what was recorded is the greeting",
        MailboxAct::Greeting(None) => "the usual greeting is back",
    }
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
