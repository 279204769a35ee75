//! The ways out of nodes, and which of them a call has taken.

use std::collections::BTreeSet;

use serde::Serialize;

use super::super::plan::{Node, Plan};
use super::super::verbs::Exit;
use super::walk::{Walk, What};

/// A way out of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Way {
    pub node: String,
    /// The line of the node.
    pub line: u32,
    /// What a person calls it: `2`, `busy`, `else`; empty if the node has no other.
    pub by: String,
}

impl Plan {
    /// Every way out of its nodes. One that leads where another does which stands for it goes with that one; a
    /// `call` has none of its own, since it is left by the ways of its sub-flow.
    pub(super) fn ways(&self) -> BTreeSet<Way> {
        let own = |(name, node): (&String, &Node)| {
            let exits = node.verb.exits();
            exits.iter().map(|exit| way(name, node, exit, &exits)).collect::<Vec<_>>()
        };
        self.nodes.iter().filter(|(_, node)| node.verb.calls().is_none()).flat_map(own).collect()
    }
}

impl Walk {
    /// The ways out of nodes of this plan that the caller took.
    pub(super) fn ways(&self, plan: &Plan) -> BTreeSet<Way> {
        let mut taken = BTreeSet::new();
        let mut last: Option<(&str, &Node)> = None;
        for moment in &self.moments {
            let (What::Entered { why, .. } | What::HungUp { why, .. }) = &moment.what else { continue };
            if let Some((name, node)) = last {
                let exits = node.verb.exits();
                let exit = exits.iter().find(|exit| exit.by == why.as_str());
                taken.extend(exit.map(|exit| way(name, node, exit, &exits)));
            }
            if let What::Entered { node, .. } = &moment.what {
                last = plan.nodes.get_key_value(node).map(|(name, node)| (name.as_str(), node));
            }
        }
        taken
    }
}

fn way(name: &str, node: &Node, exit: &Exit, exits: &[Exit]) -> Way {
    let by = exit.stand_in(exits).unwrap_or(exit).by.clone().into_owned();
    Way { node: name.to_owned(), line: node.line, by }
}
