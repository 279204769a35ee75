//! Tables of scenarios are tried, all of them, and what they leave untried is counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::plan::Plans;
use super::super::problem::Problem;
use super::super::source::SourceFile;
use super::expect::{cause, way};
use super::table;
use super::walk::{Sounds, walk};

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

/// Which nodes of a file some scenario comes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub file: String,
    pub nodes: usize,
    pub reached: usize,
    pub unreached: Vec<Unreached>,
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
    let mut reached: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in tables {
        let (scenarios, problems) = table::read(file, plans);
        verdict.problems.extend(problems);
        for scenario in scenarios {
            let walk = walk(scenario.entry, &scenario.caller, sounds);
            let nodes = reached.entry(walk.file.clone()).or_default();
            nodes.extend(walk.nodes().into_iter().map(str::to_owned));
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
        let known = reached.get(&plan.file);
        let mut unreached: Vec<Unreached> = plan
            .nodes
            .iter()
            .filter(|(name, _)| known.is_none_or(|known| !known.contains(*name)))
            .map(|(name, node)| Unreached { node: name.clone(), line: node.line })
            .collect();
        unreached.sort_by_key(|unreached| unreached.line);
        let nodes = plan.nodes.len();
        let reached = nodes - unreached.len();
        verdict.coverage.push(Coverage { file: plan.file.clone(), nodes, reached, unreached });
    }
    verdict
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
        let (nodes, reached) = self
            .coverage
            .iter()
            .fold((0, 0), |(nodes, reached), file| (nodes + file.nodes, reached + file.reached));
        let percent = (reached * 100).checked_div(nodes).unwrap_or(100);
        text += &format!("{reached} of {nodes} nodes are reached by a scenario ({percent} %)\n");
        for file in self.coverage.iter().filter(|file| !file.unreached.is_empty()) {
            let names: Vec<String> =
                file.unreached.iter().map(|at| format!("{} (line {})", at.node, at.line)).collect();
            text += &format!("    {}: never {}\n", file.file, names.join(", "));
        }
        text
    }
}

fn counted(scenarios: usize) -> String {
    format!("{scenarios} scenario{}", if scenarios == 1 { "" } else { "s" })
}
