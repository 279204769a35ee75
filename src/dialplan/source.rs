//! A dialplan file's text, and where in it something stands.

use std::ops::Range;

/// A file to be loaded. Reading it is the driver's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As it shall appear in messages.
    pub path: String,
    pub text: String,
}

/// Where a piece of a file stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// In characters, at least 1; what goes past the end of the line is left out.
    pub width: u32,
    pub source_line: String,
}

impl SourceFile {
    /// A file of this path and text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// The line of this byte, counted from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        let newlines = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        u32::try_from(newlines).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The bytes of the line of this byte, without its newline.
    pub(super) fn line_at(&self, at: usize) -> Range<usize> {
        let at = floor(&self.text, at);
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline);
        start..end
    }

    /// The text between these bytes, empty if they are not in the file.
    pub(super) fn slice(&self, span: Range<usize>) -> &str {
        self.text.get(span).unwrap_or_default()
    }

    /// Line, column and width of these bytes.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let start = floor(&self.text, span.start);
        let end = floor(&self.text, span.end.max(start));
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |newline| start + newline);
        let source_line = self.text[line_start..line_end].trim_end_matches('\r');
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        Place {
            line: self.line(start),
            column: count(&self.text[line_start..start]) + 1,
            width: count(&self.text[start..end.min(line_end)]).max(1),
            source_line: source_line.to_owned(),
        }
    }
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let file = SourceFile::new("a.toml", "numbers = []\n# ž\nstart = \"x\"\n");
        let at = file.text.find("\"x\"").unwrap();
        let place = file.place(at..at + 3);
        assert_eq!((place.line, place.column, place.width), (3, 9, 3));
        assert_eq!(place.source_line, "start = \"x\"");
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let file = SourceFile::new("a.toml", "a\r\nžluť");
        assert_eq!(file.place(100..200), Place { line: 2, column: 5, width: 1, source_line: "žluť".into() });
        let place = file.place(0..9);
        assert_eq!((place.width, place.source_line.as_str()), (2, "a"));
    }
}
