//! `if = [{ caller = "+420*", then = "local" }]`: parts the way by what is known.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::pattern::Test;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::{Input, Question, Step};
use super::super::suggest::choice;
use super::super::template::{Fact, Template};
use super::queue::known_group;
use super::switch::known_switch;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// The words of a condition that are no names of facts or parameters.
const WORDS: &[&str] = &["group", "waiting", "online", "free", "switch", "is", "then"];
/// The switch answers at once. Should it not, the condition counts as not given.
const PATIENCE: Duration = Duration::from_secs(2);
const EXAMPLE: &str = "{ caller = \"+420*\" }";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct If {
    branches: Vec<Branch>,
    otherwise: Target,
}

/// A way that is taken if all conditions are given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Branch {
    all: Vec<Condition>,
    then: Target,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Condition {
    /// What this text is for the caller.
    Text { text: Template, is: Test },
    /// What stands outside of the run.
    Outside { question: Question, is: Test },
}

/// A question that the switch has not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    branch: usize,
    condition: usize,
    pub give_up_at: Time,
}

pub fn read(fields: &mut Fields) -> Verb {
    let mut branches = Vec::new();
    match fields.value("if").map(|value| (value, value.get_ref())) {
        Some((value, DeValue::Table(table))) => {
            let all = read_conditions(&mut fields.inner(value.span(), table));
            let then = fields.target("then", "where does a caller go for whom this holds?");
            branches.push(Branch { all, then });
        }
        Some((_, DeValue::Array(list))) if !list.is_empty() => {
            branches.extend(list.iter().filter_map(|value| read_branch(fields, value)));
        }
        Some((value, _)) => {
            fields.scope.wrong_type("if", value, "a condition or a list of them", EXAMPLE);
            fields.value("then");
        }
        None => {}
    }
    let otherwise = fields.target("else", "where does a caller go for whom nothing of this holds?");
    Verb::If(If { branches, otherwise })
}

fn read_branch(fields: &mut Fields, value: &Spanned<DeValue>) -> Option<Branch> {
    let DeValue::Table(table) = value.get_ref() else {
        fields.scope.wrong_type("if", value, "a list of conditions", EXAMPLE);
        return None;
    };
    let mut inner = fields.inner(value.span(), table);
    let then = inner.target("then", "where does a caller go for whom this holds?");
    Some(Branch { all: read_conditions(&mut inner), then })
}

fn read_conditions(fields: &mut Fields) -> Vec<Condition> {
    let mut all = read_group(fields);
    all.extend(read_switch(fields));
    for (key, value) in fields.rest() {
        let name = key.get_ref().as_ref();
        let text = match name.contains('{') {
            true => fields.template_of(name, key.span()),
            false => {
                if Fact::named(name).is_none() {
                    fields.scope.names_or(name, key.span(), WORDS);
                }
                Template::read(&format!("{{{name}}}")).ok()
            }
        };
        let is = Test::read(fields, name, value);
        all.extend(text.zip(is).map(|(text, is)| Condition::Text { text, is }));
    }
    if fields.says_nothing() {
        let what = "this condition says nothing";
        fields.scope.error(fields.header.clone(), what, "empty", format!("write `if = {EXAMPLE}`"));
    }
    all
}

type MakeQuestion = fn(String) -> Question;

const OF_GROUP: &[(&str, MakeQuestion)] = &[
    ("waiting", |group| Question::Waiting { group }),
    ("online", |group| Question::Online { group }),
    ("free", |group| Question::Free { group }),
];

fn read_group(fields: &mut Fields) -> Vec<Condition> {
    let group = fields.text("group", "the name of a group", "\"sales\"");
    let group = group.map(|(name, span)| (known_group(fields, name, span.clone()), span));
    let mut conditions = Vec::new();
    for (word, question) in OF_GROUP {
        let Some(value) = fields.value(word) else { continue };
        let Some((group, _)) = &group else {
            let help = format!("write `group = \"…\", {word} = …`");
            fields.scope.error(value.span(), format!("`{word}` of which group?"), "whose?", help);
            continue;
        };
        let question = question(group.clone());
        conditions
            .extend(Test::read_count(fields, word, value).map(|is| Condition::Outside { question, is }));
    }
    if let (Some((_, span)), false) = (group, OF_GROUP.iter().any(|(word, _)| fields.has(word))) {
        let help = "add `waiting = \"> 5\"` (callers in its queue), `online = 0` or `free = 0` (operators)";
        fields.scope.error(span, "`group` alone says nothing", "what of it?", help);
    }
    conditions
}

fn read_switch(fields: &mut Fields) -> Option<Condition> {
    let (name, span) = fields.text("switch", "the name of a switch", "\"night\"")?;
    let name = known_switch(fields, name, span);
    let on = match fields.text("is", "\"on\" or \"off\"", "\"on\"") {
        Some((word, span)) => read_on(fields, &word, span),
        None => true,
    };
    Some(Condition::Outside { question: Question::Switch { switch: name }, is: Test::number(on.into()) })
}

fn read_on(fields: &mut Fields, word: &str, span: Range<usize>) -> bool {
    if !["on", "off"].contains(&word) {
        let help = choice(word, ["on", "off"].into_iter());
        fields.scope.error(span, format!("a switch is never `{word}`"), "neither on nor off", help);
    }
    word == "on"
}

impl If {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        self.decide(0, 0, stage)
    }

    pub fn handle(&self, asked: Asked, input: Input, stage: &mut Stage) -> Next {
        let Input::Seen { value } = input else { return Next::Stay(Doing::If(asked)) };
        let condition = self.branches.get(asked.branch).and_then(|branch| branch.all.get(asked.condition));
        match condition {
            Some(Condition::Outside { is, .. }) if is.holds(&value.to_string()) => {
                self.decide(asked.branch, asked.condition + 1, stage)
            }
            _ => self.decide(asked.branch + 1, 0, stage),
        }
    }

    /// Nobody answers: the branch is not taken.
    pub fn wake(&self, asked: Asked, stage: &mut Stage) -> Next {
        self.decide(asked.branch + 1, 0, stage)
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        let branches =
            self.branches.iter().map(|branch| Exit::new(When::AtOnce, branch.words(), &branch.then));
        branches.chain([Exit::new(When::AtOnce, "else", &self.otherwise)]).collect()
    }

    /// Goes on with this condition of this branch, up to a question or a decision.
    fn decide(&self, mut at: usize, mut condition: usize, stage: &mut Stage) -> Next {
        while let Some(branch) = self.branches.get(at) {
            let mut given = true;
            while let Some(next) = branch.all.get(condition).filter(|_| given) {
                match next {
                    Condition::Text { text, is } => given = is.holds(&stage.text(text)),
                    Condition::Outside { question, .. } => {
                        stage.push(Step::Look { question: question.clone() });
                        let give_up_at = stage.now + PATIENCE;
                        return Next::Stay(Doing::If(Asked { branch: at, condition, give_up_at }));
                    }
                }
                condition += 1;
            }
            if given {
                return Next::by(branch.words(), &branch.then);
            }
            (at, condition) = (at + 1, 0);
        }
        Next::Go(self.otherwise.clone())
    }
}

impl Branch {
    fn words(&self) -> String {
        self.all.iter().map(Condition::words).collect::<Vec<_>>().join(" and ")
    }
}

impl Condition {
    fn words(&self) -> String {
        match self {
            Condition::Text { text, is } => {
                let text = text.to_string();
                let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(&text);
                let nothing = if Fact::named(name) == Some(Fact::Caller) { "withheld" } else { "empty" };
                format!("{name} is {}", is.words(nothing))
            }
            Condition::Outside { question: Question::Waiting { group }, is } => {
                format!("{is} waiting for {group}")
            }
            Condition::Outside { question: Question::Online { group }, is } => {
                format!("{is} of {group} online")
            }
            Condition::Outside { question: Question::Free { group }, is } => format!("{is} of {group} free"),
            Condition::Outside { question: Question::Switch { switch }, is } => {
                format!("{switch} is {}", if is.holds("1") { "on" } else { "off" })
            }
        }
    }
}
