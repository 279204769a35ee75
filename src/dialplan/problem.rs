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
    /// Counted from 1; 0 if it is about the file as a whole.
    pub line: u32,
    /// Counted from 1, in characters; 0 if it is about the file as a whole.
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

    /// A problem of a file or folder as a whole, which has no line.
    pub fn of_file(file: impl Into<String>, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.into(),
            line: 0,
            column: 0,
            width: 0,
            source_line: String::new(),
            what: what.into(),
            label: "here".into(),
            help: Some(help.into()),
        }
    }

    /// The problem of a file with these bytes, which are not UTF-8.
    pub fn not_utf8(file: &str, bytes: &[u8]) -> Self {
        let at = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
        let text = String::from_utf8_lossy(bytes).into_owned();
        let source = SourceFile { path: file.to_owned(), text };
        let byte = bytes.get(at).copied().unwrap_or_default();
        Self::new(Severity::Error, &source, at..at + 1, "the file is not UTF-8 here")
            .label(format!("this is the byte 0x{byte:02X}"))
            .help("save the file as UTF-8, for example: iconv -f WINDOWS-1250 -t UTF-8 OLD > NEW")
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
        if self.line == 0 {
            let help = self.help.as_ref().map(|help| format!("   │ Help: {help}\n")).unwrap_or_default();
            return format!("Error: {}\n   ╭─[ {} ]\n{help}───╯\n", self.what, self.file);
        }
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
        // What stands past the end of the line can only be underlined if something is there.
        let wide = (self.column + self.width).saturating_sub(1) as usize;
        let line = format!("{:wide$}", self.source_line);
        let source = Source::from("\n".repeat(before) + &line);
        let mut picture = Vec::new();
        match report.finish().write((self.file.as_str(), source), &mut picture) {
            Ok(()) => String::from_utf8_lossy(&picture).into_owned(),
            Err(_) => self.one_line(),
        }
    }

    /// `file:line:column: what (help)`, as editors and logs like it.
    pub fn one_line(&self) -> String {
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        match self.line {
            0 => format!("{}: {}{help}", self.file, self.what),
            line => format!("{}:{line}:{}: {}{help}", self.file, self.column, self.what),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.picture(false))
    }
}
