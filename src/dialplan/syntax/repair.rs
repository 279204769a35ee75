//! One setting or header that is no TOML, put right as it was probably meant.

use std::ops::Range;

use toml::de::DeTable;

use super::tokens::{Kind, Token};

/// A change of the text that puts something right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub at: Range<usize>,
    pub put: String,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: Range<usize>,
    pub what: String,
    pub label: &'static str,
}

/// Goes through the tokens of one setting, header or comment.
pub struct Repair<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) depth: usize,
    pub edits: Vec<Edit>,
    pub faults: Vec<Fault>,
}

impl<'a> Repair<'a> {
    pub fn of(text: &'a str, tokens: &'a [Token]) -> Self {
        let mut repair = Self { text, tokens, at: 0, depth: 0, edits: Vec::new(), faults: Vec::new() };
        repair.blanks();
        repair.line();
        repair
    }

    /// Blanks that only look like one: of web pages and word processors.
    fn blanks(&mut self) {
        let plain = |c: char| c == ' ' || c == '\t' || c == '\r';
        for token in self.tokens.iter().filter(|token| token.kind == Kind::Blank) {
            let is_mark = token.at.start == 0 && self.text.starts_with('\u{feff}');
            if !is_mark && !self.text[token.at.clone()].chars().all(plain) {
                let what = "this blank is none to TOML: it comes from a web page or a word processor";
                self.fault(token.at.clone(), what, "not a plain blank");
                self.edit(token.at.clone(), " ");
            }
        }
    }

    fn line(&mut self) {
        self.skip();
        let Some(first) = self.peek().cloned() else { return };
        let word = self.text[first.at.clone()].to_owned();
        match first.kind {
            Kind::Mark(b'[') => self.header(),
            Kind::Word if ["//", ";", "--", "/*"].iter().any(|sign| word.starts_with(sign)) => {
                let sign = if word.starts_with(';') { 1 } else { 2 };
                let at = first.at.start..first.at.start + sign;
                self.fault(at.clone(), "a comment begins with `#`", "not a comment in TOML");
                self.edit(at, "#");
            }
            Kind::Word if self.closes_header() => {
                let at = first.at.start..first.at.start;
                self.fault(first.at.clone(), "the name of a node stands in brackets", "`[` is missing");
                self.edit(at, "[");
            }
            _ => {
                self.setting();
                self.rest();
            }
        }
    }

    /// True for `welcome]`.
    fn closes_header(&self) -> bool {
        let mut rest = self.tokens[self.at + 1..].iter().filter(|token| !is_gap(token));
        matches!(rest.next().map(|token| token.kind), Some(Kind::Mark(b']'))) && rest.next().is_none()
    }

    /// `[welcome]` and what may be wrong with it.
    fn header(&mut self) {
        let start = self.tokens[self.at].at.start;
        let marks = |mark| move |token: &&Token| token.kind == Kind::Mark(mark);
        let (opened, closed): (Vec<Token>, Vec<Token>) = (
            self.tokens.iter().filter(marks(b'[')).cloned().collect(),
            self.tokens.iter().filter(marks(b']')).cloned().collect(),
        );
        let open_end = opened.last().map_or(start, |token| token.at.end);
        let end = self.tokens.iter().rfind(|token| !is_gap(token)).map_or(start, |token| token.at.end);
        let close = closed.first().map_or(end, |token| token.at.start);
        let name = self.text.get(open_end..close).unwrap_or_default();
        if opened.len() > 1 {
            self.fault(start..open_end, "a node stands in one pair of brackets", "two brackets make a list");
            self.edit(start..open_end, "[");
        }
        if !is_key(name.trim()) {
            self.fault(
                open_end..close,
                "a name that is not made of the letters a to z, digits, - and _ stands in quotes",
                "no quotes",
            );
            let bare: String = name.trim().chars().filter(|c| !"\"'“”„`".contains(*c)).collect();
            self.edit(open_end..close, &quoted(&bare));
        }
        match closed.last() {
            None => {
                self.fault(end..end, "the name of a node stands in brackets", "`]` is missing");
                self.edit(end..end, "]");
            }
            Some(last) if closed.len() > 1 => self.edit(close..last.at.end, "]"),
            Some(_) => {}
        }
        let after = closed.last().map_or(end, |token| token.at.end);
        self.at = self.tokens.iter().position(|token| token.at.start >= after).unwrap_or(self.tokens.len());
        self.skip();
        if let Some(next) = self.peek().cloned() {
            let what = "a header stands on a line of its own";
            self.fault(next.at.clone(), what, "more after the header");
            if self.begins_setting() {
                self.edit(after..next.at.start, "\n");
                self.setting();
            } else {
                self.edit(after..end, "");
            }
        }
    }

    /// A key, `=` and a value.
    pub(super) fn setting(&mut self) {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|token| !matches!(token.kind, Kind::Mark(_) | Kind::Newline | Kind::Comment))
        {
            self.at += 1;
        }
        let tokens = self.tokens;
        let key: Vec<&Token> = tokens[start..self.at].iter().filter(|token| !is_gap(token)).collect();
        let has_sign = self.peek().is_some_and(|token| token.kind == Kind::Mark(b'='));
        let Some((first, last)) = key.first().zip(key.last()) else {
            if has_sign {
                let at = self.tokens[self.at].at.clone();
                self.fault(at, "before `=` stands the name of the setting", "no name");
                self.at += 1;
                self.value();
            }
            return;
        };
        if has_sign {
            self.key(first.at.start..last.at.end);
            self.sign();
            self.value();
        } else {
            self.at = start;
            self.without_sign(&key);
        }
    }

    fn key(&mut self, at: Range<usize>) {
        let key = &self.text[at.clone()];
        if is_key(key) {
            return;
        }
        if let Some(bare) = key.strip_suffix(':').map(str::trim_end).filter(|bare| is_key(bare)) {
            self.fault(at.clone(), "between a name and its value stands `=`", "not `:`");
            self.edit(at, &format!("{bare} "));
            return;
        }
        let what = match key {
            "#" => "a key that is `#` stands in quotes, because `#` begins a comment".to_owned(),
            key => format!(
                "`{key}` stands in quotes where it is a name: only letters a to z, digits, - and _ do without"
            ),
        };
        self.fault(at.clone(), what, "no quotes");
        let bare: String = key.chars().filter(|c| !"\"'“”„`".contains(*c)).collect();
        self.edit(at, &quoted(&bare));
    }

    /// `=`, and not `==` or `=>`.
    fn sign(&mut self) {
        self.at += 1;
        let Some(next) = self.peek().cloned() else { return };
        let is_arrow = next.kind == Kind::Word && self.text[next.at.clone()].starts_with('>');
        if next.kind == Kind::Mark(b'=') || is_arrow {
            let at = next.at.start..next.at.start + 1;
            self.fault(at.clone(), "between a name and its value stands one `=`", "too much");
            self.edit(at, "");
            if next.at.len() == 1 {
                self.at += 1;
            }
        }
    }

    /// A line without `=`: perhaps it is only forgotten, perhaps the line is meant for people.
    fn without_sign(&mut self, key: &[&Token]) {
        let words = key.iter().filter(|token| token.kind == Kind::Word).count();
        let text = self.text;
        let written = |token: &Token| &text[token.at.clone()];
        let first = key[0];
        let follows = self.tokens.iter().find(|token| token.at.start >= first.at.end && !is_gap(token));
        let is_alone = follows.is_none();
        let sign = key.get(1).filter(|token| [":", "->", ":="].contains(&written(token)));
        let is_prose = words == key.len() && words > 2 && sign.is_none() && !written(first).ends_with(':');
        if self.depth == 0 && is_prose {
            self.fault(first.at.clone(), "this is neither a setting nor a comment", "no `=` and no `#`");
            self.edit(first.at.start..first.at.start, "# ");
            self.at = self.tokens.len();
            return;
        }
        self.at =
            self.tokens.iter().position(|token| token.at.start >= first.at.end).unwrap_or(self.tokens.len());
        if first.kind != Kind::Word || is_alone {
            self.fault(first.at.clone(), "a setting is a name, `=` and a value", "no value");
            return;
        }
        let what = "between a name and its value stands `=`";
        if let Some(bare) = written(first).strip_suffix(':') {
            let at = first.at.start + bare.len()..first.at.end;
            self.fault(at.clone(), what, "not `:`");
            self.edit(at, " =");
        } else if let Some(sign) = sign {
            self.fault(sign.at.clone(), what, "not this");
            self.edit(sign.at.clone(), "=");
            self.at = self
                .tokens
                .iter()
                .position(|token| token.at.start >= sign.at.end)
                .unwrap_or(self.tokens.len());
        } else {
            self.fault(first.at.clone(), what, "`=` is missing");
            self.edit(first.at.end..first.at.end, " =");
        }
        self.value();
    }

    /// What stands after a value on its line.
    fn rest(&mut self) {
        self.skip();
        let Some(token) = self.peek().cloned() else { return };
        let end = self.end();
        match token.kind {
            Kind::Mark(b']' | b'}') => {
                self.fault(token.at.clone(), "this bracket closes nothing", "too much");
                self.edit(token.at, "");
                self.at += 1;
            }
            Kind::Mark(b',') => {
                self.at += 1;
                self.skip();
                let what = "a setting ends with its line";
                match self.peek() {
                    None => {
                        self.fault(token.at.clone(), what, "too much");
                        self.edit(token.at, "");
                    }
                    Some(_) if self.begins_setting() => self.next_setting(token.at),
                    Some(_) => self.several(),
                }
            }
            Kind::Word if self.text[token.at.clone()].starts_with(';') => {
                self.fault(token.at.clone(), "a setting ends with its line", "too much");
                self.edit(token.at, "");
                self.at += 1;
            }
            _ if self.begins_setting() => self.next_setting(end..token.at.start),
            Kind::Text | Kind::Broken(_) | Kind::Word => {
                self.edit(end..end, ",");
                self.several();
            }
            _ => {}
        }
    }

    /// Another setting on the same line, behind `gap`.
    fn next_setting(&mut self, gap: Range<usize>) {
        let at = self.peek().map_or(gap.clone(), |token| token.at.clone());
        self.fault(at.clone(), "each setting stands on a line of its own", "a second setting");
        self.edit(gap.start..at.start, "\n");
        self.setting();
        self.rest();
    }

    /// Several values without the brackets of a list: `play = "a", "b"`.
    fn several(&mut self) {
        let sign = self.tokens.iter().position(|token| token.kind == Kind::Mark(b'='));
        let first = sign.and_then(|sign| self.tokens[sign + 1..].iter().find(|token| !is_gap(token)));
        let Some(first) = first.map(|token| token.at.start) else { return };
        let at = self.peek().map_or(first..first, |token| token.at.clone());
        self.fault(at, "several values stand in brackets", "a second value");
        self.edit(first..first, "[");
        loop {
            let before = self.at;
            self.value();
            self.skip();
            match self.peek().map(|token| token.kind) {
                Some(Kind::Mark(b',')) => self.at += 1,
                _ => break,
            }
            if self.at == before {
                break;
            }
        }
        let end = self.end();
        self.edit(end..end, "]");
    }

    /// True if a word with `=` comes next.
    fn begins_setting(&self) -> bool {
        let mut rest = self.tokens[self.at..].iter().filter(|token| token.kind != Kind::Blank);
        let key = rest.next().is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Text));
        key && rest.next().is_some_and(|token| token.kind == Kind::Mark(b'='))
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn skip(&mut self) {
        while self.peek().is_some_and(is_gap) {
            self.at += 1;
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|token| token.kind == Kind::Blank) {
            self.at += 1;
        }
    }

    /// Where the last token before the place under way ends that is more than a gap.
    pub(super) fn end(&self) -> usize {
        let before = self.tokens[..self.at.min(self.tokens.len())].iter().rfind(|token| !is_gap(token));
        before.or(self.tokens.first()).map_or(0, |token| token.at.end)
    }

    pub(super) fn fault(&mut self, at: Range<usize>, what: impl Into<String>, label: &'static str) {
        self.faults.push(Fault { at, what: what.into(), label });
    }

    pub(super) fn edit(&mut self, at: Range<usize>, put: &str) {
        self.edits.push(Edit { at, put: put.to_owned() });
    }
}

pub(super) fn is_gap(token: &Token) -> bool {
    matches!(token.kind, Kind::Blank | Kind::Newline | Kind::End | Kind::Comment)
}

/// True for what may stand before `=` and in the brackets of a header.
fn is_key(text: &str) -> bool {
    !text.is_empty() && !text.contains(['\n', '#']) && is_toml(&format!("{text} = 1"))
}

pub(super) fn is_value(text: &str) -> bool {
    !text.contains('\n') && is_toml(&format!("x = {text}"))
}

/// True if TOML can be read from this; keys that stand twice are another matter.
pub fn is_toml(text: &str) -> bool {
    DeTable::parse_recoverable(text).1.iter().all(|error| error.message().contains("duplicate key"))
}

/// The text in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "/").replace('"', "\\\""))
}
