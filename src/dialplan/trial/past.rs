//! A past call, told like a trial: from what was noted while it happened.

use std::sync::Arc;
use std::time::Duration;

use super::super::plan::{Plan, Plans, Target};
use super::walk::{End, Moment, Walk, What};
use crate::time::UnixMs;

/// What was noted of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The call came to this node, which stood in this line.
    Entered {
        node: String,
        line: u32,
    },
    Answered,
    Key(char),
    Parameter {
        name: String,
        value: String,
    },
    /// Anything else, in words; some things are why the caller went another way (`full`, `busy`).
    Other {
        text: String,
        reason: Option<String>,
    },
    /// The end.
    Ended {
        by_caller: bool,
        text: String,
    },
}

/// A past call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub caller: String,
    pub dialled: String,
    pub started: UnixMs,
    /// What was noted, with milliseconds from the beginning.
    pub noted: Vec<(u64, Noted)>,
}

impl Past {
    /// The call as a walk. The files say what the nodes do and what their ways are called; where
    /// they have changed since, the walk says so.
    pub fn explain(&self, plans: &Plans) -> Walk {
        let plan = self.plan(plans);
        let mut teller = Teller {
            plan: plan.as_deref(),
            started: self.started,
            node: None,
            reason: None,
            moments: Vec::new(),
        };
        let mut end = End::GoesOn;
        for (at_ms, noted) in &self.noted {
            if let Noted::Ended { by_caller, text } = noted {
                end = if *by_caller { End::CallerHungUp } else { End::Ended };
                if !by_caller {
                    teller.note(*at_ms, What::Happened { text: text.clone() });
                    continue;
                }
            }
            teller.tell(*at_ms, noted);
        }
        Walk {
            file: plan.as_ref().map(|plan| plan.file.clone()).unwrap_or_default(),
            timezone: plan.as_ref().and_then(|plan| plan.timezone.clone()),
            caller: self.caller.clone(),
            dialled: self.dialled.clone(),
            started: self.started,
            lasted_ms: self.noted.last().map_or(0, |(at, _)| *at),
            moments: teller.moments,
            end,
        }
    }

    /// The plan of the number; or else one that has the first node.
    fn plan(&self, plans: &Plans) -> Option<Arc<Plan>> {
        let first = self.noted.iter().find_map(|(_, noted)| match noted {
            Noted::Entered { node, .. } => Some(node),
            _ => None,
        })?;
        let has_it = |plan: &Arc<Plan>| plan.nodes.contains_key(first);
        let by_number = plans.entry(&self.dialled).map(|entry| entry.plan).filter(has_it);
        by_number.or_else(|| plans.plans().iter().find(|plan| has_it(plan)).cloned())
    }
}

struct Teller<'a> {
    plan: Option<&'a Plan>,
    started: UnixMs,
    node: Option<&'a str>,
    reason: Option<String>,
    moments: Vec<Moment>,
}

impl<'a> Teller<'a> {
    fn tell(&mut self, at_ms: u64, noted: &'a Noted) {
        let what = match noted {
            Noted::Entered { node, line } => self.entered(at_ms, node, *line),
            Noted::Answered => What::Answered,
            Noted::Key(key) => {
                self.reason = Some(key.to_string());
                What::Key { key: *key }
            }
            Noted::Parameter { name, value } => What::Parameter { name: name.clone(), value: value.clone() },
            Noted::Other { text, reason } => {
                if reason.is_some() {
                    self.reason.clone_from(reason);
                }
                What::Happened { text: text.clone() }
            }
            Noted::Ended { .. } => What::CallerHungUp,
        };
        self.note(at_ms, what);
    }

    fn entered(&mut self, at_ms: u64, node: &'a str, line: u32) -> What {
        let now = self.plan.and_then(|plan| plan.nodes.get(node));
        let portrait = now.map(|node| node.verb.portrait());
        let at = self.started + Duration::from_millis(at_ms);
        let target = Target::Node(node.to_owned());
        let from = self.plan.zip(self.node);
        let why = from.map(|(plan, from)| plan.way(from, &target, self.reason.as_deref(), at));
        let moved = now.is_none_or(|now| now.line != line);
        let (verb, mut does) = portrait.map_or(("", Vec::new()), |portrait| (portrait.verb, portrait.lines));
        if moved {
            does.insert(0, "(the file has changed since)".into());
        }
        self.node = Some(node);
        self.reason = None;
        What::Entered { node: node.to_owned(), verb, line, does, why: why.unwrap_or_default() }
    }

    fn note(&mut self, at_ms: u64, what: What) {
        self.moments.push(Moment { at_ms, what });
    }
}
