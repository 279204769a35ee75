//! Tokens of a dialplan file, also of one that is no TOML: a quote that is missing ends with its line, and
//! quotes of a word processor count as quotes.

use std::ops::Range;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Blank,
    /// A newline within a list or a table in braces.
    Newline,
    /// The newline that ends a setting, a header or a comment.
    End,
    Comment,
    /// A text in proper quotes.
    Text,
    /// A text whose quotes are wrong; what is meant stands in [`Token::inner`].
    Broken(Flaw),
    /// `=`, `,`, `[`, `]`, `{` or `}`.
    Mark(u8),
    /// Anything else without a blank: a key, a number, a text that lacks its quotes.
    Word,
}

/// What is wrong with the quotes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// “These”, „these“, ‘these’, «these» or `these`.
    Typographic,
    /// The second one is missing, or another one.
    Unclosed,
}

/// A stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub at: Range<usize>,
    /// The text between the quotes.
    pub inner: Range<usize>,
}

/// Quotes that word processors and web pages put where a plain one was typed.
const TYPOGRAPHIC: &[char] = &['“', '”', '„', '‟', '«', '»', '‘', '’', '‚', '‛', '`', '´'];

/// All tokens of a text, without a gap.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, open: Vec::new(), last: b'\n', tokens: Vec::new() };
    while lexer.at < text.len() {
        let mut token = lexer.next();
        lexer.note(&token);
        if token.kind == Kind::Newline && lexer.open.is_empty() {
            token.kind = Kind::End;
        }
        lexer.at = token.at.end;
        lexer.tokens.push(token);
    }
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Brackets that are open.
    open: Vec<u8>,
    /// The last mark, a newline, or a blank for anything else; blanks and comments do not count.
    last: u8,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn next(&self) -> Token {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return self.token(Kind::Blank, 0) };
        match first {
            '\n' => self.token(Kind::Newline, 1),
            '\r' if rest.starts_with("\r\n") => self.token(Kind::Newline, 2),
            _ if is_blank(first) => {
                self.token(Kind::Blank, rest.find(|c| !is_blank(c)).unwrap_or(rest.len()))
            }
            '#' if self.is_key(rest) => self.token(Kind::Word, 1),
            '*' | '#' | '0'..='9' if self.are_keys(rest) => {
                self.token(Kind::Word, line(rest).trim_end().len())
            }
            '#' => self.token(Kind::Comment, line(rest).len()),
            '=' | ',' | '[' | ']' | '{' | '}' => self.token(Kind::Mark(rest.as_bytes()[0]), 1),
            '"' | '\'' => self.quoted(rest, first),
            _ if TYPOGRAPHIC.contains(&first) => self.typographic(rest, first),
            _ => self.token(Kind::Word, rest.find(ends_word).unwrap_or(rest.len())),
        }
    }

    fn token(&self, kind: Kind, length: usize) -> Token {
        let at = self.at..self.at + length;
        Token { kind, inner: at.clone(), at }
    }

    /// True for a `#` that somebody wrote as a key of the telephone: `# = "sales"` on a line or in braces.
    fn is_key(&self, rest: &str) -> bool {
        let may_stand = match self.open.last() {
            None => self.last == b'\n',
            Some(b'{') => matches!(self.last, b'{' | b',' | b'\n'),
            Some(_) => false,
        };
        let value = rest[1..].trim_start_matches(is_blank).strip_prefix('=');
        let value = value.map(|value| value.trim_start_matches(is_blank));
        let is_quote = |c: char| c == '"' || c == '\'' || TYPOGRAPHIC.contains(&c);
        may_stand && value.is_some_and(|value| value.starts_with(is_quote))
    }

    /// True for keys that somebody wrote as a value, `stop = *#`, with nothing else on the line.
    fn are_keys(&self, rest: &str) -> bool {
        let keys = line(rest).trim_end();
        self.last == b'=' && keys.bytes().all(|key| key.is_ascii_digit() || b"*#".contains(&key))
    }

    fn quoted(&self, rest: &str, quote: char) -> Token {
        let tripled = if quote == '"' { "\"\"\"" } else { "'''" };
        if rest.starts_with(tripled) {
            let length = rest[3..].find(tripled).map_or(rest.len(), |end| end + 6);
            return self.token(Kind::Text, length);
        }
        let line = line(rest);
        let mut escaped = false;
        let end = line.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == quote && !escaped;
            escaped = quote == '"' && *c == '\\' && !escaped;
            ends
        });
        match end {
            Some((end, _)) => Token { inner: self.at + 1..self.at + end, ..self.token(Kind::Text, end + 1) },
            None => self.unclosed(line, 1),
        }
    }

    fn typographic(&self, rest: &str, quote: char) -> Token {
        let (line, start) = (line(rest), quote.len_utf8());
        let closes = |c: char| c == '"' || c == '\'' || TYPOGRAPHIC.contains(&c);
        match line[start..].char_indices().find(|(_, c)| closes(*c)) {
            Some((end, closing)) => {
                let (inner, after) = (start + end, start + end + closing.len_utf8());
                let token = self.token(Kind::Broken(Flaw::Typographic), after);
                Token { inner: self.at + start..self.at + inner, ..token }
            }
            None => self.unclosed(line, start),
        }
    }

    /// A text without its second quote: up to another kind of quote, else up to what cannot belong to it.
    fn unclosed(&self, line: &str, start: usize) -> Token {
        let other = |c: char| c == '"' || c == '\'' || TYPOGRAPHIC.contains(&c);
        let (inner, after, flaw) = match line[start..].char_indices().find(|(_, c)| other(*c)) {
            Some((end, '"' | '\'')) => (start + end, start + end + 1, Flaw::Unclosed),
            Some((end, closing)) => (start + end, start + end + closing.len_utf8(), Flaw::Typographic),
            None => {
                let end = line[start..].find([',', ']', '}', '#']).unwrap_or(line.len() - start);
                let end = start + line[start..start + end].trim_end().len();
                (end, end, Flaw::Unclosed)
            }
        };
        Token { inner: self.at + start..self.at + inner, ..self.token(Kind::Broken(flaw), after) }
    }

    fn note(&mut self, token: &Token) {
        match token.kind {
            Kind::Mark(mark @ (b'[' | b'{')) => {
                // The brackets of a header end with their line, whatever is in them.
                let is_header = self.open.is_empty() && matches!(self.last, b'\n' | b'[');
                if mark == b'{' || !is_header {
                    self.open.push(mark);
                }
                self.last = mark;
            }
            Kind::Mark(mark) => {
                if mark == b']' || mark == b'}' {
                    self.open.pop();
                }
                self.last = mark;
            }
            Kind::Newline => {
                self.last = b'\n';
                if self.ends_statement(&self.text[token.at.end..]) {
                    self.open.clear();
                }
            }
            Kind::Blank | Kind::Comment | Kind::End => {}
            Kind::Text | Kind::Broken(_) | Kind::Word => self.last = b' ',
        }
    }

    /// True if what follows a newline cannot belong to an open list or table any more.
    fn ends_statement(&self, rest: &str) -> bool {
        match self.open.last() {
            None => true,
            Some(b'[') => is_header(line(rest)) || is_setting(line(rest)),
            Some(_) => is_header(line(rest)),
        }
    }
}

/// True for a line such as `[welcome]`.
pub fn is_header(line: &str) -> bool {
    let line = line.trim();
    let name = line.trim_start_matches('[');
    line.starts_with('[')
        && name.trim_start().starts_with(|c: char| c.is_alphanumeric() || c == '"' || c == '_')
        && !name.contains([',', '='])
        && name.contains(']')
}

/// True for a line such as `then = "welcome"`.
fn is_setting(line: &str) -> bool {
    let key = line.split_once('=').map_or("", |(key, _)| key.trim());
    !key.is_empty() && !key.contains(['"', '[', ']', '{', '}', ',', '#', '\''])
}

/// Blanks of TOML, and those that only look like them.
fn is_blank(c: char) -> bool {
    c != '\n' && c != '\r' && (c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}'))
        || c == '\r'
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || is_blank(c) || "=,[]{}#\"'".contains(c) || TYPOGRAPHIC.contains(&c)
}

fn line(rest: &str) -> &str {
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
    line.strip_suffix('\r').unwrap_or(line)
}
