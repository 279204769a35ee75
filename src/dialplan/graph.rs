//! What only the whole file shows: nodes that nobody reaches, and callers who never get anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Node, Target};
use super::problem::Severity;
use super::verbs::When;

/// A problem of a node's place among the others.
pub(super) struct Finding {
    pub severity: Severity,
    pub node: String,
    pub what: String,
    pub label: &'static str,
    pub help: &'static str,
}

type Nodes = BTreeMap<String, Node>;

/// Checks the nodes as they are reached from `starts`.
pub(super) fn check(nodes: &Nodes, starts: &[&str]) -> Vec<Finding> {
    let reached = reach(nodes, starts);
    let unreached = nodes.keys().filter(|name| !reached.contains(name.as_str()));
    let mut findings: Vec<Finding> = unreached.map(|name| unreachable(name)).collect();
    let circles = circles(nodes);
    let in_circles: BTreeSet<&str> = circles.iter().flatten().copied().collect();
    findings.extend(circles.iter().map(|circle| rushing(circle)));
    let ending = ending(nodes);
    let stuck =
        nodes.keys().find(|name| !ending.contains(name.as_str()) && !in_circles.contains(name.as_str()));
    if circles.is_empty() {
        findings.extend(stuck.map(|name| endless(name, nodes)));
    }
    findings
}

fn unreachable(name: &str) -> Finding {
    Finding {
        severity: Severity::Warning,
        node: name.to_owned(),
        what: format!("no caller ever reaches node `{name}`"),
        label: "never reached",
        help: "lead to it from another node, or remove it",
    }
}

fn rushing(circle: &[&str]) -> Finding {
    let round = circle.iter().chain(circle.first()).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    Finding {
        severity: Severity::Error,
        node: circle.first().copied().unwrap_or_default().to_owned(),
        what: format!("a caller may go round without ever waiting: {}", round.join(" → ")),
        label: "goes round at once",
        help: "put a `play` or a `menu` into the round, or lead out of it",
    }
}

fn endless(name: &str, nodes: &Nodes) -> Finding {
    let round = reach_silently(nodes, name);
    let round: Vec<String> = round.iter().map(|name| format!("`{name}`")).collect();
    Finding {
        severity: Severity::Error,
        node: name.to_owned(),
        what: format!("a caller who presses nothing goes round for ever: {}", round.join(", ")),
        label: "no end from here",
        help: "lead out of it to a `queue`, a `dial` or \"hangup\", for example by a menu's `else`",
    }
}

fn exits<'n>(nodes: &'n Nodes, name: &str) -> impl Iterator<Item = (When, &'n Target)> {
    nodes.get(name).into_iter().flat_map(|node| node.verb.exits())
}

fn successors<'n>(nodes: &'n Nodes, name: &str, by: impl Fn(When) -> bool) -> impl Iterator<Item = &'n str> {
    exits(nodes, name).filter(move |(when, _)| by(*when)).filter_map(|(_, target)| match target {
        Target::Node(name) => Some(name.as_str()),
        Target::Hangup(_) => None,
    })
}

fn reach<'n>(nodes: &'n Nodes, starts: &[&'n str]) -> BTreeSet<&'n str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = starts.to_vec();
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(successors(nodes, name, |_| true));
        }
    }
    reached
}

/// The nodes through which a silent caller comes again and again.
fn reach_silently<'n>(nodes: &'n Nodes, start: &'n str) -> BTreeSet<&'n str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(successors(nodes, name, |when| when != When::ByKey));
        }
    }
    reached
}

/// The nodes from which a caller who presses nothing comes to an end or to somebody, whatever the hour.
fn ending(nodes: &Nodes) -> BTreeSet<&str> {
    let mut ending: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = ending.len();
        for (name, node) in nodes {
            let ends = |target: &Target| match target {
                Target::Node(next) => ending.contains(next.as_str()),
                Target::Hangup(_) => true,
            };
            let mut silent = exits(nodes, name).filter(|(when, _)| *when != When::ByKey);
            if node.verb.is_destination() || silent.all(|(_, target)| ends(target)) {
                ending.insert(name);
            }
        }
        if ending.len() == before {
            return ending;
        }
    }
}

/// Rounds that may be gone without any time passing: one for each group of nodes that reach each other.
fn circles(nodes: &Nodes) -> Vec<Vec<&str>> {
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for name in nodes.keys() {
        let known = circles.iter().flatten().any(|known| known == name);
        if !known {
            circles.extend(circle(nodes, name));
        }
    }
    circles
}

/// The shortest way from a node back to itself by exits that take no time.
fn circle<'n>(nodes: &'n Nodes, start: &'n str) -> Option<Vec<&'n str>> {
    let mut from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(name) = open.pop_front() {
        for next in successors(nodes, name, |when| when == When::AtOnce) {
            if next == start {
                let mut way: Vec<&str> =
                    std::iter::successors(Some(name), |at| from.get(at).copied()).collect();
                way.reverse();
                return Some(way);
            }
            if !from.contains_key(next) {
                from.insert(next, name);
                open.push_back(next);
            }
        }
    }
    None
}
