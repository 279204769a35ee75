//! A past call, told like a trial: from what was noted while it happened.

use std::sync::Arc;

use super::super::plan::{Plan, Plans};
use super::walk::{End, Moment, Walk, What};
use crate::time::UnixMs;

/// What was noted of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The call came to this node, which stood in this line, by this way out of the one before.
    Entered {
        node: String,
        line: u32,
        by: String,
    },
    Answered,
    Key(char),
    Parameter {
        name: String,
        value: String,
    },
    /// Anything else, in words.
    Other(String),
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
    /// The call as a walk. The files say what the nodes do; where they have changed since, the walk says so.
    pub fn explain(&self, plans: &Plans) -> Walk {
        let plan = self.plan(plans);
        let mut end = End::GoesOn;
        let mut moments = Vec::new();
        for (at_ms, noted) in &self.noted {
            if let Noted::Ended { by_caller, .. } = noted {
                end = if *by_caller { End::CallerHungUp } else { End::Ended };
            }
            moments.push(Moment { at_ms: *at_ms, what: told(noted, plan.as_deref()) });
        }
        Walk {
            file: plan.as_ref().map(|plan| plan.file.clone()).unwrap_or_default(),
            timezone: plan.as_ref().and_then(|plan| plan.timezone.clone()),
            caller: self.caller.clone(),
            dialled: self.dialled.clone(),
            started: self.started,
            lasted_ms: self.noted.last().map_or(0, |(at, _)| *at),
            moments,
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

fn told(noted: &Noted, plan: Option<&Plan>) -> What {
    match noted {
        Noted::Entered { node, line, by } => entered(node, *line, by, plan),
        Noted::Answered => What::Answered,
        Noted::Key(key) => What::Key { key: *key },
        Noted::Parameter { name, value } => What::Parameter { name: name.clone(), value: value.clone() },
        Noted::Other(text) | Noted::Ended { by_caller: false, text } => What::Happened { text: text.clone() },
        Noted::Ended { by_caller: true, .. } => What::CallerHungUp,
    }
}

fn entered(node: &str, line: u32, by: &str, plan: Option<&Plan>) -> What {
    let now = plan.and_then(|plan| plan.nodes.get(node));
    let portrait = now.map(|node| node.verb.portrait());
    let moved = now.is_none_or(|now| now.line != line);
    let (verb, mut does) = portrait.map_or(("", Vec::new()), |portrait| (portrait.verb, portrait.lines));
    if moved {
        does.insert(0, "(the file has changed since)".into());
    }
    What::Entered { node: node.to_owned(), verb, line, does, why: by.to_owned() }
}
