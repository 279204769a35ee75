//! What only the whole file shows: nodes that nobody reaches, and callers who never get anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::calls;
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

pub(super) type Nodes = BTreeMap<String, Node>;

/// Checks the nodes as they are reached from `starts`.
pub(super) fn check(nodes: &Nodes, starts: &[&str]) -> Vec<Finding> {
    let mut findings = calls::check(nodes, starts);
    if !findings.is_empty() {
        return findings;
    }
    let ways = Ways::new(nodes);
    let reached = ways.reach(starts, |_| true);
    let unreached = nodes.keys().filter(|name| !reached.contains(name.as_str()));
    findings.extend(unreached.map(|name| unreachable(name)));
    let circles = ways.circles();
    let in_circles: BTreeSet<&str> = circles.iter().flatten().copied().collect();
    findings.extend(circles.iter().map(|circle| rushing(circle)));
    let ending = ways.ending();
    let stuck =
        nodes.keys().find(|name| !ending.contains(name.as_str()) && !in_circles.contains(name.as_str()));
    if circles.is_empty() {
        findings.extend(stuck.map(|name| endless(name, &ways)));
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

fn endless(name: &str, ways: &Ways) -> Finding {
    let round = ways.reach(&[name], |when| when != When::ByKey);
    let round: Vec<String> = round.iter().map(|name| format!("`{name}`")).collect();
    Finding {
        severity: Severity::Error,
        node: name.to_owned(),
        what: format!("a caller who presses nothing goes round for ever: {}", round.join(", ")),
        label: "no end from here",
        help: "lead out of it to a `queue`, a `dial` or \"hangup\", for example by a menu's `else`",
    }
}

/// The ways between nodes. The way on from a `call` is taken when its sub-flow comes back, and costs
/// what that costs.
struct Ways<'n> {
    nodes: &'n Nodes,
    from: BTreeMap<&'n str, Vec<(When, &'n Target)>>,
}

impl<'n> Ways<'n> {
    fn new(nodes: &'n Nodes) -> Self {
        let at_once = returning(nodes, |when| when == When::AtOnce);
        let silently = returning(nodes, |when| when != When::ByKey);
        let mut from = BTreeMap::new();
        for (name, node) in nodes {
            let mut ways: Vec<_> = node.verb.exits().iter().map(|exit| (exit.when, exit.target)).collect();
            if let Some((target @ Target::Node(first), then)) = node.verb.calls() {
                let when = match first.as_str() {
                    first if at_once.contains(first) => When::AtOnce,
                    first if silently.contains(first) => When::InTime,
                    _ => When::ByKey,
                };
                ways = vec![(When::AtOnce, target), (when, then)];
            }
            from.insert(name.as_str(), ways);
        }
        Self { nodes, from }
    }

    fn exits(&self, name: &str) -> impl Iterator<Item = (When, &'n Target)> + '_ {
        self.from.get(name).into_iter().flatten().copied()
    }

    fn successors(&self, name: &str, by: impl Fn(When) -> bool) -> impl Iterator<Item = &'n str> {
        self.exits(name).filter(move |(when, _)| by(*when)).filter_map(|(_, target)| node_of(target))
    }

    /// The nodes to which these lead by ways of a kind.
    fn reach(&self, starts: &[&'n str], by: impl Fn(When) -> bool) -> BTreeSet<&'n str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = starts.to_vec();
        while let Some(name) = open.pop() {
            if reached.insert(name) {
                open.extend(self.successors(name, &by));
            }
        }
        reached
    }

    /// The nodes from which a caller who presses nothing comes to an end or to somebody, whatever the hour.
    fn ending(&self) -> BTreeSet<&'n str> {
        let mut ending: BTreeSet<&str> = BTreeSet::new();
        loop {
            let before = ending.len();
            for (name, node) in self.nodes {
                let ends = |target: &Target| node_of(target).is_none_or(|next| ending.contains(next));
                let mut silent = self.exits(name).filter(|(when, _)| *when != When::ByKey);
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
    fn circles(&self) -> Vec<Vec<&'n str>> {
        let mut circles: Vec<Vec<&str>> = Vec::new();
        for name in self.nodes.keys() {
            let known = circles.iter().flatten().any(|known| known == name);
            if !known {
                circles.extend(self.circle(name));
            }
        }
        circles
    }

    /// The shortest way from a node back to itself by exits that take no time.
    fn circle(&self, start: &'n str) -> Option<Vec<&'n str>> {
        let mut from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = std::collections::VecDeque::from([start]);
        while let Some(name) = open.pop_front() {
            for next in self.successors(name, |when| when == When::AtOnce) {
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
}

fn node_of(target: &Target) -> Option<&str> {
    match target {
        Target::Node(name) => Some(name),
        Target::Hangup(_) | Target::Return => None,
    }
}

/// The nodes from which a caller may come to a `"return"` by ways of a kind.
fn returning(nodes: &Nodes, by: impl Fn(When) -> bool) -> BTreeSet<&str> {
    let mut returning: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = returning.len();
        for (name, node) in nodes {
            let comes = |target: &Target| match target {
                Target::Return => true,
                Target::Node(next) => returning.contains(next.as_str()),
                Target::Hangup(_) => false,
            };
            let returns = match node.verb.calls() {
                Some((first, then)) => comes(first) && comes(then),
                None => node.verb.exits().iter().any(|exit| by(exit.when) && comes(exit.target)),
            };
            if returns {
                returning.insert(name);
            }
        }
        if returning.len() == before {
            return returning;
        }
    }
}
