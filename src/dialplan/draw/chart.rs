//! A plan as boxes and arrows, before anybody says where they stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::plan::{Node, Plan, Plans, Target};
use super::super::portrait::{Kind, Portrait};
use super::super::step::Cause;
use super::super::verbs::{Exit, When};
use super::text::Font;

/// Numbers that stand in one box; the others are counted.
const NUMBERS: usize = 4;

/// A plan as boxes and arrows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The path of the file.
    pub(super) file: String,
    pub(super) cards: Vec<Card>,
    pub(super) arrows: Vec<Arrow>,
}

/// A box of a chart; arrows name it by its place in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub shape: Shape,
    /// The name of the node; the numbers that lead here; how the call ends.
    pub name: String,
    /// The line in the file; none for what is no node.
    pub line: Option<u32>,
    /// The verb; empty for what is no node.
    pub verb: &'static str,
    /// What it does, the most telling first.
    pub lines: Vec<String>,
    /// Ways that are written in the box, because an arrow would go too far.
    pub jumps: Vec<Jump>,
}

/// A way that is written in words: where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Jump {
    pub ways: Vec<Way>,
    pub to: String,
}

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Numbers that are dialled.
    Numbers,
    /// A node.
    Node(Kind),
    /// The end of the call after a node.
    End,
}

/// What leads from a box to another: all ways between the two taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub from: usize,
    pub to: usize,
    /// What the ways are called; empty if there is nothing to tell apart.
    pub ways: Vec<Way>,
}

/// A way from a node: a key, or what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub by: String,
    /// The caller pressed it.
    pub key: bool,
}

impl Plans {
    /// The chart of one of these plans, with the numbers that lead into it.
    pub fn chart(&self, plan: &Arc<Plan>) -> Chart {
        let mut numbers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (number, entry) in &self.numbers {
            if entry.plan.file == plan.file {
                numbers.entry(&entry.node).or_default().push(number);
            }
        }
        let mut nodes: Vec<(&str, &Node)> =
            plan.nodes.iter().map(|(name, node)| (name.as_str(), node)).collect();
        nodes.sort_by_key(|(_, node)| node.line);
        let mut chart = Chart { file: plan.file.clone(), cards: Vec::new(), arrows: Vec::new() };
        let start = |name: &str| nodes.iter().position(|(node, _)| *node == name);
        let mut starts: Vec<(usize, Vec<&str>)> =
            numbers.into_iter().filter_map(|(name, numbers)| Some((start(name)?, numbers))).collect();
        starts.sort_unstable();
        let first = starts.len();
        for (at, (node, numbers)) in starts.iter().enumerate() {
            chart.cards.push(numbers_card(numbers));
            chart.arrows.push(Arrow { from: at, to: first + node, ways: Vec::new() });
        }
        chart.cards.extend(nodes.iter().map(|(name, node)| node_card(name, node)));
        for (at, (_, node)) in nodes.iter().enumerate() {
            let place = |name: &str| start(name).map(|node| first + node);
            chart.lead_from(first + at, &node.verb.exits(), place);
        }
        chart
    }
}

impl Chart {
    /// Adds the arrows of a node, one for each card that it leads to; ends of the call are drawn beside
    /// the node that leads there, so that nothing has to be followed across the picture to an end.
    fn lead_from(&mut self, from: usize, all: &[Exit], place: impl Fn(&str) -> Option<usize>) {
        let mut ways: Vec<(&Target, Vec<&Exit>)> = Vec::new();
        for exit in all {
            match ways.iter_mut().find(|(target, _)| *target == exit.target) {
                Some((_, exits)) => exits.push(exit),
                None => ways.push((exit.target, vec![exit])),
            }
        }
        let parts = ways.len() > 1;
        for (target, exits) in ways {
            let to = match target {
                Target::Node(name) => place(name),
                Target::Hangup(cause) => {
                    self.cards.push(end_card(*cause));
                    Some(self.cards.len() - 1)
                }
                Target::Return => {
                    self.cards.push(return_card());
                    Some(self.cards.len() - 1)
                }
            };
            let by_key = exits.iter().any(|exit| exit.when == When::ByKey);
            // The file leaves these out: they are told by the way that stands for them.
            let own: Vec<&Exit> = exits.into_iter().filter(|exit| exit.stand_in(all).is_none()).collect();
            let ways = if parts || by_key { named(&own) } else { Vec::new() };
            self.arrows.extend(to.map(|to| Arrow { from, to, ways }));
        }
    }
}

/// Keys that are shown in a label; the others are counted.
const WAYS: usize = 6;
const WIDEST_WORDS: f64 = 150.0;

fn named(exits: &[&Exit]) -> Vec<Way> {
    let is_key = |exit: &&&Exit| exit.when == When::ByKey && exit.by.chars().count() == 1;
    let name = |exit: &&Exit| Way { by: exit.by.clone().into_owned(), key: true };
    let mut ways: Vec<Way> = exits.iter().filter(is_key).map(name).collect();
    let mut words: Vec<&str> = exits
        .iter()
        .filter(|exit| !is_key(exit) && !exit.by.is_empty())
        .map(|exit| exit.by.as_ref())
        .collect();
    let more = ways.len().saturating_sub(WAYS);
    let more_keys = format!("{more} more");
    if more > 0 {
        ways.truncate(WAYS);
        words.insert(0, &more_keys);
    }
    if !words.is_empty() {
        ways.push(Way { by: Font::LABEL.cut(&words.join(", "), WIDEST_WORDS), key: false });
    }
    ways
}

fn numbers_card(numbers: &[&str]) -> Card {
    let shown = numbers.iter().take(NUMBERS).copied().collect::<Vec<_>>().join(", ");
    let more = numbers.len().saturating_sub(NUMBERS);
    let name = if more > 0 { format!("{shown} and {more} more") } else { shown };
    Card { shape: Shape::Numbers, name, line: None, verb: "", lines: Vec::new(), jumps: Vec::new() }
}

fn node_card(name: &str, node: &Node) -> Card {
    let Portrait { verb, kind, lines } = node.verb.portrait();
    Card {
        shape: Shape::Node(kind),
        name: name.to_owned(),
        line: Some(node.line),
        verb,
        lines,
        jumps: Vec::new(),
    }
}

fn return_card() -> Card {
    let name = "return".to_owned();
    Card { shape: Shape::End, name, line: None, verb: "", lines: Vec::new(), jumps: Vec::new() }
}

fn end_card(cause: Cause) -> Card {
    let name = match cause {
        Cause::Normal => "hang up".to_owned(),
        cause => format!("hang up: {}", cause.words()),
    };
    Card { shape: Shape::End, name, line: None, verb: "", lines: Vec::new(), jumps: Vec::new() }
}
