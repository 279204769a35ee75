//! Sub-flows: who calls whom, and who comes back without having been called.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Finding, Nodes};
use super::plan::Target;
use super::problem::Severity;
use super::stage::MOST_CALLS;

/// Checks that callers come back only from where they were sent, and that no sub-flow calls itself.
pub(super) fn check(nodes: &Nodes, starts: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let outside = body(nodes, starts);
    let lost = outside.iter().find(|name| returns(nodes, name));
    findings.extend(lost.map(|name| uncalled(name)));
    // Whom each sub-flow calls, and from which of its nodes.
    let mut calls: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for first in nodes.values().filter_map(|node| first_of(node.verb.calls())) {
        calls.entry(first).or_insert_with(|| calls_of(nodes, &body(nodes, &[first])));
    }
    let mut depths = BTreeMap::new();
    for first in calls.keys().copied() {
        match depth(first, &calls, &mut Vec::new(), &mut depths) {
            Err((name, called)) => return vec![recursive(name, called)],
            Ok(depth) if depth > MOST_CALLS => return vec![too_deep(first)],
            Ok(_) => {}
        }
    }
    findings
}

/// The nodes that are reached from these without entering a sub-flow.
fn body<'n>(nodes: &'n Nodes, starts: &[&'n str]) -> BTreeSet<&'n str> {
    let mut reached = BTreeSet::new();
    let mut open = starts.to_vec();
    while let Some(name) = open.pop() {
        let Some(node) = nodes.get(name) else { continue };
        if !reached.insert(name) {
            continue;
        }
        let targets = match node.verb.calls() {
            Some((_, then)) => vec![then],
            None => node.verb.exits().iter().map(|exit| exit.target).collect(),
        };
        open.extend(targets.into_iter().filter_map(|target| match target {
            Target::Node(name) => Some(name.as_str()),
            Target::Hangup(_) | Target::Return => None,
        }));
    }
    reached
}

fn first_of<'n>(call: Option<(&'n Target, &'n Target)>) -> Option<&'n str> {
    match call {
        Some((Target::Node(first), _)) => Some(first),
        _ => None,
    }
}

fn calls_of<'n>(nodes: &'n Nodes, body: &BTreeSet<&'n str>) -> Vec<(&'n str, &'n str)> {
    let call = |name: &&'n str| Some((*name, first_of(nodes.get(*name)?.verb.calls())?));
    body.iter().filter_map(call).collect()
}

fn returns(nodes: &Nodes, name: &str) -> bool {
    let Some(node) = nodes.get(name) else { return false };
    match node.verb.calls() {
        Some((_, then)) => *then == Target::Return,
        None => node.verb.exits().iter().any(|exit| *exit.target == Target::Return),
    }
}

/// How many sub-flows are under way within this one at most; or the call that closes a round.
fn depth<'n>(
    first: &'n str,
    calls: &BTreeMap<&'n str, Vec<(&'n str, &'n str)>>,
    under_way: &mut Vec<&'n str>,
    known: &mut BTreeMap<&'n str, usize>,
) -> Result<usize, (&'n str, &'n str)> {
    if let Some(depth) = known.get(first) {
        return Ok(*depth);
    }
    under_way.push(first);
    let mut deepest = 0;
    for (name, called) in calls.get(first).into_iter().flatten() {
        if under_way.contains(called) {
            return Err((name, called));
        }
        deepest = deepest.max(depth(called, calls, under_way, known)?);
    }
    under_way.pop();
    known.insert(first, deepest + 1);
    Ok(deepest + 1)
}

fn uncalled(name: &str) -> Finding {
    Finding {
        severity: Severity::Error,
        node: name.to_owned(),
        what: format!("a caller may come to the \"return\" of `{name}` without a `call`"),
        label: "return to where?",
        help: "lead here by `call = \"…\"` only, or lead on to a node or to \"hangup\"",
    }
}

fn recursive(name: &str, called: &str) -> Finding {
    Finding {
        severity: Severity::Error,
        node: name.to_owned(),
        what: format!("`{name}` calls `{called}`, which is under way already"),
        label: "calls itself",
        help: "come back first: lead to \"return\", and go round in the node that called",
    }
}

fn too_deep(name: &str) -> Finding {
    Finding {
        severity: Severity::Error,
        node: name.to_owned(),
        what: format!("from `{name}` on, more than {MOST_CALLS} calls are under way at once"),
        label: "too deep",
        help: "use `goto` where the caller need not come back",
    }
}
