//! What is wrong in a dialplan file, where, and what to do about it.

use std::fmt;
use std::ops::Range;

use ariadne::{Config, IndexType, Label, Report, ReportKind, Source};
use serde::{Deserialize, Serialize};

use super::source::SourceFile;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The files cannot be used.
    Error,
    /// The files can be used, but somebody should look.
    Warning,
}

/// One thing that is wrong in a dialplan file.
///
/// `Display` draws the line with the place underlined; the fields are for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub severity: Severity,
    /// The file's path as it was given to [`load`](super::load).
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// How many characters are underlined; at least 1, within the line.
    pub width: u32,
    /// The line itself.
    pub source_line: String,
    /// What is wrong, in a sentence.
    pub what: String,
    /// A few words for the place underlined.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at these bytes of a file.
    pub(super) fn new(
        severity: Severity,
        file: &SourceFile,
        span: Range<usize>,
        what: impl Into<String>,
    ) -> Self {
        let place = file.place(span);
        Self {
            severity,
            file: file.path.clone(),
            line: place.line,
            column: place.column,
            width: place.width,
            source_line: place.source_line,
            what: what.into(),
            label: "here".into(),
            help: None,
        }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The problem as a picture of several lines for a terminal.
    pub fn picture(&self, colour: bool) -> String {
        // Empty lines stand for those before, so that the picture counts as the file does.
        let before = (self.line as usize).saturating_sub(1);
        let start = before + (self.column as usize).saturating_sub(1);
        let span = (self.file.as_str(), start..start + self.width as usize);
        let kind = match self.severity {
            Severity::Error => ReportKind::Error,
            Severity::Warning => ReportKind::Warning,
        };
        let config = Config::default().with_color(colour).with_index_type(IndexType::Char);
        let mut report = Report::build(kind, span.clone())
            .with_config(config)
            .with_message(&self.what)
            .with_label(Label::new(span).with_message(&self.label));
        if let Some(help) = &self.help {
            report.set_help(help);
        }
        let source = Source::from("\n".repeat(before) + &self.source_line);
        let mut picture = Vec::new();
        match report.finish().write((self.file.as_str(), source), &mut picture) {
            Ok(()) => String::from_utf8_lossy(&picture).into_owned(),
            Err(_) => self.one_line(),
        }
    }

    /// `file:line:column: what (help)`, as editors and logs like it.
    pub fn one_line(&self) -> String {
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}:{}:{}: {}{help}", self.file, self.line, self.column, self.what)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.picture(false))
    }
}
