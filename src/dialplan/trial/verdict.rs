//! Tables of scenarios are tried, all of them, and what they leave untried is counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::plan::{Plan, Plans};
use super::super::problem::Problem;
use super::super::source::SourceFile;
use super::expect::{cause, way};
use super::table;
use super::walk::{Sounds, walk};
use super::ways::Way;

/// What came of all scenarios.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    pub scenarios: Vec<Tried>,
    /// What is wrong with the tables themselves.
    pub problems: Vec<Problem>,
    /// A file each, in the order of the plans.
    pub coverage: Vec<Coverage>,
}

/// What came of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    pub name: String,
    pub file: String,
    pub line: u32,
    pub passed: bool,
    /// What came otherwise than expected.
    pub failures: Vec<Problem>,
    /// The way that was walked.
    pub way: String,
    /// How the call ended.
    pub end: &'static str,
}

/// Which nodes of a file some scenario comes by, and by which ways it leaves them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub file: String,
    pub nodes: usize,
    pub reached: usize,
    pub unreached: Vec<Unreached>,
    /// How many ways lead out of its nodes.
    pub ways: usize,
    pub taken: usize,
    /// The ways that no scenario takes, in the order of the file.
    pub untaken: Vec<Way>,
}

/// A node that no scenario comes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreached {
    pub node: String,
    pub line: u32,
}

/// Tries every scenario of these tables on these plans.
pub fn test(tables: &[SourceFile], plans: &Plans, sounds: &Sounds) -> Verdict {
    let mut verdict = Verdict { scenarios: Vec::new(), problems: Vec::new(), coverage: Vec::new() };
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for file in tables {
        let (scenarios, problems) = table::read(file, plans);
        verdict.problems.extend(problems);
        for scenario in scenarios {
            let plan = std::sync::Arc::clone(&scenario.entry.plan);
            let walk = walk(scenario.entry, &scenario.caller, sounds);
            let seen = seen.entry(walk.file.clone()).or_default();
            seen.nodes.extend(walk.nodes().into_iter().map(str::to_owned));
            seen.ways.extend(walk.ways(&plan));
            let failures = scenario.expected.failures(&scenario.name, &walk, file);
            verdict.scenarios.push(Tried {
                name: scenario.name,
                file: file.path.clone(),
                line: scenario.line,
                passed: failures.is_empty(),
                failures,
                way: way(&walk),
                end: cause(walk.end),
            });
        }
    }
    for plan in plans.plans() {
        verdict.coverage.push(Coverage::of(plan, &seen.remove(&plan.file).unwrap_or_default()));
    }
    verdict
}

/// What the scenarios of a file came by.
#[derive(Default)]
struct Seen {
    nodes: BTreeSet<String>,
    ways: BTreeSet<Way>,
}

impl Coverage {
    fn of(plan: &Plan, seen: &Seen) -> Self {
        let unseen = plan.nodes.iter().filter(|(name, _)| !seen.nodes.contains(*name));
        let mut unreached: Vec<Unreached> =
            unseen.map(|(name, node)| Unreached { node: name.clone(), line: node.line }).collect();
        unreached.sort_by_key(|unreached| unreached.line);
        let all = plan.ways();
        let mut untaken: Vec<Way> = all.difference(&seen.ways).cloned().collect();
        untaken.sort_by_key(|way| way.line);
        Self {
            file: plan.file.clone(),
            nodes: plan.nodes.len(),
            reached: plan.nodes.len() - unreached.len(),
            unreached,
            ways: all.len(),
            taken: all.len() - untaken.len(),
            untaken,
        }
    }

    /// The ways out of nodes that are reached, which no scenario takes: `main (line 18): 2, #`.
    fn untaken(&self) -> Option<String> {
        let is_reached = |way: &&Way| !self.unreached.iter().any(|unreached| unreached.node == way.node);
        let untaken: Vec<&Way> = self.untaken.iter().filter(is_reached).collect();
        let nodes = untaken.chunk_by(|a, b| a.node == b.node).map(|ways| {
            let names: Vec<&str> =
                ways.iter().map(|way| way.by.as_str()).filter(|by| !by.is_empty()).collect();
            let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
            format!("{} (line {}){names}", ways[0].node, ways[0].line)
        });
        let nodes: Vec<String> = nodes.collect();
        (!nodes.is_empty()).then(|| nodes.join("; "))
    }
}

impl Verdict {
    /// True if every table can be read and every scenario came as expected.
    pub fn passed(&self) -> bool {
        self.problems.is_empty() && self.scenarios.iter().all(|tried| tried.passed)
    }

    /// For people: what failed, how many passed, and what no scenario comes by.
    pub fn report(&self, colour: bool) -> String {
        let mut text = String::new();
        let failures = self.scenarios.iter().flat_map(|tried| &tried.failures);
        for problem in self.problems.iter().chain(failures) {
            text += problem.picture(colour).trim_end();
            text.push('\n');
        }
        let failed: Vec<&Tried> = self.scenarios.iter().filter(|tried| !tried.passed).collect();
        let passed = self.scenarios.len() - failed.len();
        text += &match failed.len() {
            0 => format!("{} passed\n", counted(passed)),
            count => format!("{} failed, {passed} passed\n", counted(count)),
        };
        for tried in failed {
            text += &format!("    {}:{}: {}\n", tried.file, tried.line, tried.name);
        }
        text + &self.covered()
    }

    fn covered(&self) -> String {
        let sum = |count: fn(&Coverage) -> usize| self.coverage.iter().map(count).sum::<usize>();
        let (nodes, reached) = (sum(|file| file.nodes), sum(|file| file.reached));
        let mut text =
            format!("{reached} of {nodes} nodes are reached by a scenario{}\n", percent(reached, nodes));
        for file in self.coverage.iter().filter(|file| !file.unreached.is_empty()) {
            let names: Vec<String> =
                file.unreached.iter().map(|at| format!("{} (line {})", at.node, at.line)).collect();
            text += &format!("    {}: never {}\n", file.file, names.join(", "));
        }
        let (ways, taken) = (sum(|file| file.ways), sum(|file| file.taken));
        text += &format!("{taken} of {ways} ways out of them are taken{}\n", percent(taken, ways));
        for (file, untaken) in self.coverage.iter().filter_map(|file| Some((file, file.untaken()?))) {
            text += &format!("    {}: never {untaken}\n", file.file);
        }
        text
    }
}

fn percent(part: usize, whole: usize) -> String {
    format!(" ({} %)", (part * 100).checked_div(whole).unwrap_or(100))
}

fn counted(scenarios: usize) -> String {
    format!("{scenarios} scenario{}", if scenarios == 1 { "" } else { "s" })
}
