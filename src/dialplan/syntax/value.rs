//! The value of a setting, put right: a text without its quotes, a list without its bracket.

use super::repair::{Repair, is_value, quoted};
use super::tokens::{Flaw, Kind, Token};

/// How deep lists and tables may stand in each other before repairing gives up.
const DEEPEST: usize = 16;

impl<'a> Repair<'a> {
    pub(super) fn value(&mut self) {
        self.skip_blanks();
        self.depth += 1;
        match self.peek().cloned() {
            _ if self.depth > DEEPEST => self.at = self.tokens.len(),
            Some(token) => match token.kind {
                Kind::Text => self.text(&token),
                Kind::Broken(flaw) => self.broken(&token, flaw),
                Kind::Mark(b'[') => self.enclosed(&Enclosed::list()),
                Kind::Mark(b'{') => self.enclosed(&Enclosed::table()),
                Kind::Word => self.bare(&token),
                _ => self.fault(token.at.clone(), "the value is missing", "no value"),
            },
            None => {
                let end = self.end();
                self.fault(end..end, "the value is missing", "no value");
            }
        }
        self.depth -= 1;
    }

    /// A text in proper quotes, which may yet hold quotes or backslashes of its own.
    fn text(&mut self, token: &Token) {
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(|next| matches!(next.kind, Kind::Text | Kind::Broken(_) | Kind::Word)) {
            self.at += 1;
        }
        // A word behind a blank may only belong to it if another quote follows.
        let last = self.tokens[start..self.at].iter().rposition(|token| token.kind == Kind::Text);
        let last = start + last.unwrap_or(0);
        self.at = last + 1;
        let at = token.at.start..self.tokens[last].at.end;
        let whole = &self.text[at.clone()];
        if last > start && whole.len() > 2 {
            self.fault(at.clone(), "a quote within a text is written `\\\"`", "more than one text");
            self.edit(at, &quoted(&whole[1..whole.len() - 1]));
        } else if whole.starts_with('"') && !is_value(whole) && is_value(&whole.replace('\\', "/")) {
            self.fault(
                at.clone(),
                "a backslash has a meaning of its own in TOML; folders are parted by `/`",
                "backslash",
            );
            self.edit(at, &whole.replace('\\', "/"));
        }
    }

    fn broken(&mut self, token: &Token, flaw: Flaw) {
        self.at += 1;
        let (what, label) = match flaw {
            Flaw::Typographic => ("text stands in plain quotes: \" and \"", "typographic quotes"),
            Flaw::Unclosed => ("text stands between two quotes of one kind", "a quote is missing"),
        };
        self.fault(token.at.clone(), what, label);
        self.edit(token.at.clone(), &quoted(&self.text[token.inner.clone()]));
    }

    /// Words that lack their quotes, or a number or truth value.
    fn bare(&mut self, first: &Token) {
        let start = self.at;
        while self.peek().is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Blank)) {
            self.at += 1;
        }
        if self.peek().is_some_and(|token| token.kind == Kind::Mark(b'=')) {
            // The last word is the name of the next setting.
            let last = self.tokens[start..self.at].iter().rposition(|token| token.kind == Kind::Word);
            self.at = start + last.filter(|last| *last > 0).unwrap_or(self.at - start);
        }
        let last =
            self.tokens[start..self.at].iter().rfind(|token| token.kind == Kind::Word).unwrap_or(first);
        let words = first.at.start..last.at.end;
        let mut end = words.end;
        if let Some(quote) =
            self.peek().filter(|next| matches!(next.kind, Kind::Broken(_)) && next.at.start == end)
        {
            end = quote.at.end;
            self.at += 1;
        }
        let written = self.text[words.clone()].trim_end_matches(';');
        if end == words.end && written.len() == words.len() && is_value(written) {
            return;
        }
        let (what, put) = match written.to_lowercase().as_str() {
            "true" | "yes" | "on" => {
                ("yes and no are written `true` and `false`".to_owned(), "true".to_owned())
            }
            "false" | "no" | "off" => {
                ("yes and no are written `true` and `false`".to_owned(), "false".to_owned())
            }
            _ if is_value(written) => ("a setting ends with its line".to_owned(), written.to_owned()),
            _ if written.starts_with(|c: char| c.is_ascii_digit() || c == '+') => (
                format!(
                    "`{written}` is no number of TOML: telephone numbers, times and dates stand in quotes"
                ),
                quoted(written),
            ),
            _ => ("text stands in quotes".to_owned(), quoted(written)),
        };
        let label = if put.starts_with('"') { "no quotes" } else { "not a value" };
        self.fault(words.start..end, what, label);
        self.edit(words.start..end, &put);
    }

    /// What stands between two brackets, with commas between.
    fn enclosed(&mut self, enclosed: &Enclosed<'a>) {
        let Enclosed { open, close, name, entries, .. } = enclosed;
        let rule = format!("a {name} that begins with `{open}` ends with `{close}`");
        let begin = self.tokens[self.at].at.clone();
        self.at += 1;
        let (mut needs_comma, mut last) = (false, begin.end);
        loop {
            self.skip();
            let Some(token) = self.peek().cloned() else {
                self.fault(begin, rule, "never closed");
                self.edit(last..last, enclosed.put);
                return;
            };
            let before = self.at;
            match token.kind {
                Kind::Mark(mark) if char::from(mark) == *close => return self.at += 1,
                Kind::Mark(b']' | b'}') => {
                    self.fault(token.at.clone(), rule, enclosed.not);
                    self.edit(token.at, &close.to_string());
                    return self.at += 1;
                }
                Kind::Mark(b',') => {
                    if !needs_comma {
                        let what = format!("one comma stands between two {entries}");
                        self.fault(token.at.clone(), what, "too much");
                        self.edit(token.at, "");
                    }
                    needs_comma = false;
                    self.at += 1;
                }
                _ => {
                    if needs_comma {
                        let what = format!("a comma stands between two {entries}");
                        self.fault(last..last, what, "a comma is missing");
                        self.edit(last..last, ",");
                    }
                    (enclosed.read)(self);
                    needs_comma = true;
                }
            }
            if self.at == before {
                return self.at = self.tokens.len();
            }
            last = self.end();
        }
    }

    /// One value of a list.
    fn entry(&mut self) {
        match self.peek() {
            Some(Token { kind: Kind::Mark(b'='), .. }) => self.at = self.tokens.len(),
            _ => self.value(),
        }
    }
}

/// Two brackets and what stands between them.
struct Enclosed<'a> {
    open: char,
    close: char,
    name: &'static str,
    /// What a person calls what stands between the commas.
    entries: &'static str,
    /// Put where the closing bracket is missing.
    put: &'static str,
    /// Said of the bracket that closes the other kind.
    not: &'static str,
    read: fn(&mut Repair<'a>),
}

impl<'a> Enclosed<'a> {
    fn list() -> Self {
        let (name, entries, read) = ("list", "values", Repair::entry);
        Self { open: '[', close: ']', name, entries, put: "]", not: "not `}`", read }
    }

    fn table() -> Self {
        let (name, entries, read) = ("table", "settings", Repair::setting);
        Self { open: '{', close: '}', name, entries, put: " }", not: "not `]`", read }
    }
}
