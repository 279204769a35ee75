//! What a scenario expects of a call, and what is said if it comes otherwise.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::plan::Plan;
use super::super::problem::{Problem, Severity};
use super::super::sound::Sound;
use super::super::source::SourceFile;
use super::super::step::Cause;
use super::walk::{End, Heard, Moment, Walk, What};

/// The words for a call that the caller ends, and for one that goes on for ever.
const CALLER: &str = "caller";
const NONE: &str = "none";

/// A name, and where it stands in the file of the scenario.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: String,
    pub span: Range<usize>,
}

/// What is to come of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// Exactly these nodes, and where the list stands.
    pub path: Option<(Vec<Named>, Range<usize>)>,
    /// These nodes in this order, with others in between.
    pub visits: Vec<Named>,
    /// None of these nodes.
    pub avoids: Vec<Named>,
    /// These sounds in this order, with others in between.
    pub hears: Vec<Named>,
    /// The last node.
    pub ends: Option<Named>,
    /// The cause of the end.
    pub cause: Option<Named>,
    pub parameters: Vec<(String, Named)>,
}

impl Expected {
    /// The words for the end of a call: the causes of a dialplan, and three that no file can name.
    pub fn causes() -> Vec<&'static str> {
        Cause::NAMES.into_iter().chain([Cause::Internal.words(), CALLER, NONE]).collect()
    }

    /// The sounds of a plan by the names that people know them by; after these, with their language.
    pub fn sounds(plan: &Plan) -> Vec<String> {
        let others = ["silence", "ringing", "what was recorded"].map(str::to_owned);
        let short = plan.sounds.iter().map(|name| Sound::File(name.clone()).words()).chain(others);
        let short: BTreeSet<String> = short.collect();
        let prompts = plan.sounds.iter().filter_map(|file| Some((of_language(file)?, file)));
        let long = prompts.flat_map(|(named, file)| [named.to_owned(), file.clone()]);
        short.into_iter().chain(long).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.path.is_none()
            && self.ends.is_none()
            && self.cause.is_none()
            && [&self.visits, &self.avoids, &self.hears].iter().all(|list| list.is_empty())
            && self.parameters.is_empty()
    }

    /// What came otherwise, each with the place in the scenario and the way that was walked.
    pub fn failures(&self, scenario: &str, walk: &Walk, file: &SourceFile) -> Vec<Problem> {
        let nodes = walk.nodes();
        let way = format!("the way was: {}", way(walk));
        let mut failures = Vec::new();
        let mut fail = |span: &Range<usize>, what: String, label: &str| {
            let what = format!("{scenario}: {what}");
            failures.push(Problem::new(Severity::Error, file, span.clone(), what).label(label).help(&way));
        };
        if let Some((path, span)) = &self.path
            && !path.iter().map(|node| node.name.as_str()).eq(nodes.iter().copied())
        {
            fail(span, "the caller went another way".into(), "not this way");
        }
        if let Some(missed) = missed(&self.visits, &nodes, |node, name| *node == name) {
            let what = format!("the caller never came to `{}`", missed.name);
            fail(&missed.span, what, "not reached, or not in this order");
        }
        for avoided in self.avoids.iter().filter(|avoided| nodes.contains(&avoided.name.as_str())) {
            fail(&avoided.span, format!("the caller came to `{}`", avoided.name), "should not be reached");
        }
        if let Some(missed) = missed(&self.hears, &heard(walk), is_called) {
            let what = format!("the caller never heard `{}`", missed.name);
            fail(&missed.span, what, "not heard, or not in this order");
        }
        if let Some(ends) = self.ends.as_ref().filter(|ends| nodes.last() != Some(&ends.name.as_str())) {
            let last = nodes.last().copied().unwrap_or("nowhere");
            fail(&ends.span, format!("the call ended in `{last}`"), "not the last node");
        }
        let cause = cause(walk.end);
        if let Some(expected) = self.cause.as_ref().filter(|expected| expected.name != cause) {
            fail(&expected.span, format!("the call ended with `{cause}`"), "not the cause");
        }
        for (name, expected) in &self.parameters {
            match parameter(walk, name) {
                Some(value) if value == expected.name => {}
                Some(value) => fail(&expected.span, format!("`{name}` is \"{value}\""), "another value"),
                None => fail(&expected.span, format!("`{name}` was never set"), "not set"),
            }
        }
        failures
    }
}

/// The first name that does not come after those before it.
fn missed<'n, T>(names: &'n [Named], come: &[T], is: impl Fn(&T, &str) -> bool) -> Option<&'n Named> {
    let mut rest = come.iter();
    names.iter().find(|wanted| !rest.any(|thing| is(thing, &wanted.name)))
}

/// Whether this names the sound: as people know it, with its language (`cs/welcome`), or by its file.
fn is_called(heard: &&Heard, name: &str) -> bool {
    let file = heard.file.as_deref();
    heard.sound == name || file == Some(name) || file.and_then(of_language) == Some(name)
}

/// A prompt with its language, without the folder of all prompts.
fn of_language(file: &str) -> Option<&str> {
    file.strip_prefix("prompts/")
}

fn heard(walk: &Walk) -> Vec<&Heard> {
    let sounds = walk.moments.iter().filter_map(|moment| match &moment.what {
        What::Heard { sounds, .. } => Some(sounds),
        _ => None,
    });
    sounds.flatten().collect()
}

fn parameter<'w>(walk: &'w Walk, wanted: &str) -> Option<&'w str> {
    walk.moments.iter().rev().find_map(|moment| match &moment.what {
        What::Parameter { name, value } if name == wanted => Some(value.as_str()),
        _ => None,
    })
}

/// The word for the end of a call.
pub(super) fn cause(end: End) -> &'static str {
    match end {
        End::HungUp(cause) => cause.words(),
        End::CallerHungUp => CALLER,
        End::GoesOn | End::Ended => NONE,
    }
}

/// The nodes of a walk with the ways between them: `welcome → main → 2 → support`.
pub(super) fn way(walk: &Walk) -> String {
    let step = |moment: &Moment| match &moment.what {
        What::Entered { node, why, .. } if why.is_empty() => Some(node.clone()),
        What::Entered { node, why, .. } => Some(format!("({why}) {node}")),
        What::HungUp { cause, .. } => Some(format!("hang up, {}", cause.words())),
        What::CallerHungUp => Some("the caller hangs up".into()),
        _ => None,
    };
    let mut steps: Vec<String> = walk.moments.iter().filter_map(step).collect();
    if walk.end == End::GoesOn {
        steps.push("and so on".into());
    }
    let left_out = steps.len().saturating_sub(24);
    if left_out > 0 {
        steps.splice(12..12 + left_out, [format!("… {left_out} more …")]);
    }
    steps.join(" → ")
}
