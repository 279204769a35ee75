//! From a file that is no TOML to one that is, so that everything else that is wrong in it is found as well.
//!
//! A file is taken apart into its settings and headers. What TOML cannot read is put right as it was probably
//! meant, and said; what cannot be put right is left out, and said. So is what TOML reads otherwise than a person:
//! a key `#` without quotes, which begins a comment.

mod repair;
mod tokens;
mod value;

use std::collections::BTreeSet;
use std::ops::Range;

use super::problem::{Problem, Severity};
use super::source::SourceFile;
use repair::{Edit, Fault, Repair, is_toml};
use tokens::{Kind, Token, is_header, tokens};

/// A file as TOML, and how its places are found in the file as it was written.
pub(super) struct Mended {
    /// TOML, but for keys that stand twice.
    pub text: String,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// Nodes of which something had to be left out; `""` is the top of the file.
    pub damaged: BTreeSet<String>,
    edits: Vec<Edit>,
}

/// Puts a file right.
pub(super) fn mend(file: &SourceFile) -> Mended {
    let tokens = tokens(&file.text);
    let mut mender = Mender {
        file,
        edits: Vec::new(),
        problems: Vec::new(),
        damaged: BTreeSet::new(),
        node: String::new(),
    };
    // A key that became a comment is a word among the tokens, and none to TOML.
    let has_sign = tokens.iter().any(|t| t.kind == Kind::Word && file.slice(t.at.clone()).contains('#'));
    if has_sign || !is_toml(&file.text) {
        for statement in tokens.split_inclusive(|token| token.kind == Kind::End) {
            mender.statement(statement);
        }
    }
    let Mender { edits, problems, damaged, .. } = mender;
    Mended { text: applied(&file.text, 0..file.text.len(), &edits), problems, damaged, edits }
}

impl Mended {
    /// Where a place of the mended text stands in the file as it was written.
    pub fn original(&self, span: Range<usize>) -> Range<usize> {
        let start = self.before(span.start, false);
        start..self.before(span.end, true).max(start)
    }

    /// A byte before the edits; one within an edit is its start or its end.
    fn before(&self, at: usize, is_end: bool) -> usize {
        let (mut put_in, mut taken_out) = (0, 0);
        for Edit { at: old, put } in &self.edits {
            let start = old.start + put_in - taken_out;
            if at <= start {
                break;
            }
            if at < start + put.len() {
                return if is_end { old.end } else { old.start };
            }
            put_in += put.len();
            taken_out += old.len();
        }
        at + taken_out - put_in
    }
}

struct Mender<'a> {
    file: &'a SourceFile,
    edits: Vec<Edit>,
    problems: Vec<Problem>,
    damaged: BTreeSet<String>,
    /// The node under way.
    node: String,
}

impl Mender<'_> {
    /// One setting, header or comment, with the newline after it.
    fn statement(&mut self, tokens: &[Token]) {
        let Some(span) = tokens.first().zip(tokens.last()).map(|(first, last)| first.at.start..last.at.end)
        else {
            return;
        };
        let text = self.file.slice(span.clone());
        let is_key =
            |token: &Token| token.kind == Kind::Word && self.file.slice(token.at.clone()).contains('#');
        if tokens.iter().any(is_key) || !is_toml(text) {
            self.repair(tokens, &span);
        }
        let mended = applied(&self.file.text, span.clone(), &self.edits);
        if let Some(line) = mended.lines().find(|line| is_header(line)) {
            let name = line.trim().trim_matches(['[', ']']).trim();
            self.node = name.split('.').next().unwrap_or(name).trim_matches('"').to_owned();
        }
    }

    fn repair(&mut self, tokens: &[Token], span: &Range<usize>) {
        let Repair { mut edits, faults, .. } = Repair::of(&self.file.text, tokens);
        edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
        let is_apart = edits.windows(2).all(|pair| pair[0].at.end <= pair[1].at.start);
        let is_whole = is_apart && is_toml(&applied(&self.file.text, span.clone(), &edits));
        match (is_whole, faults.is_empty()) {
            (true, false) => {
                self.say(&faults, &edits);
                self.edits.extend(edits);
            }
            _ => self.leave_out(span, faults.first()),
        }
    }

    /// Says what was wrong, line by line, each with the line as it should be.
    fn say(&mut self, faults: &[Fault], edits: &[Edit]) {
        let mut lines: Vec<Range<usize>> = Vec::new();
        for fault in faults {
            let line = self.file.line_at(fault.at.start);
            if lines.contains(&line) {
                continue;
            }
            let right = applied(&self.file.text, line.clone(), edits);
            let help = format!("write `{}`", right.trim().replace('\n', "`, and on the next line `"));
            lines.push(line);
            let problem = Problem::new(Severity::Error, self.file, fault.at.clone(), &fault.what);
            self.problems.push(problem.label(fault.label).help(help));
        }
    }

    /// What cannot be put right is left out, so that the rest can be read.
    fn leave_out(&mut self, span: &Range<usize>, fault: Option<&Fault>) {
        let text = self.file.slice(span.clone());
        let kept = text.len() - text.trim_end_matches(['\n', '\r']).len();
        let at = span.start..span.end - kept;
        let problem = match fault {
            Some(fault) => {
                Problem::new(Severity::Error, self.file, fault.at.clone(), &fault.what).label(fault.label)
            }
            None => self.by_toml(text, span.start),
        };
        let help = match text.trim_start().starts_with('[') {
            true => "a header is `[name]` on a line of its own",
            false => "a setting is `name = value`; text stands in quotes, lists in [ ], tables in { }",
        };
        self.problems.push(problem.help(help));
        self.edits.push(Edit { at, put: String::new() });
        self.damaged.insert(self.node.clone());
    }

    fn by_toml(&self, text: &str, start: usize) -> Problem {
        let (_, errors) = toml::de::DeTable::parse_recoverable(text);
        let error = errors.first();
        let span = error.and_then(toml::de::Error::span).unwrap_or(0..text.len());
        let message = error.map_or("this cannot be read", toml::de::Error::message);
        let what = format!("this is no TOML: {}", message.lines().collect::<Vec<_>>().join(", "));
        let at = start + span.start..start + span.end;
        Problem::new(Severity::Error, self.file, at, what).label("cannot be read from here")
    }
}

/// The text of `span` with the edits in it done.
fn applied(text: &str, span: Range<usize>, edits: &[Edit]) -> String {
    let mut done = String::new();
    let mut at = span.start;
    for edit in edits.iter().filter(|edit| span.start <= edit.at.start && edit.at.end <= span.end) {
        done += text.get(at..edit.at.start).unwrap_or_default();
        done += &edit.put;
        at = edit.at.end;
    }
    done + text.get(at..span.end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
