//! Small scanners over header text, shared by the typed values.

use std::borrow::Cow;

/// Whether `byte` may stand in a token (RFC 3261 section 25.1).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Whether `text` is a token: at least one byte, and only bytes of tokens.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether `text` may be written into a message as it is: nothing in it ends a line.
pub(crate) fn is_one_line(text: &str) -> bool {
    memchr::memchr2(b'\r', b'\n', text.as_bytes()).is_none()
}

/// `text` without spaces and tabs at both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// The place of the first `wanted` byte outside of quoted strings and of `<…>`.
fn find_bare(text: &str, wanted: u8) -> Option<usize> {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !bracketed => quoted = !quoted,
            _ if quoted => {}
            b'>' if bracketed => bracketed = false,
            _ if bracketed => {}
            _ if byte == wanted => return Some(at),
            b'<' => bracketed = true,
            _ => {}
        }
    }
    None
}

/// Cuts `text` at the first `separator` outside of quoted strings and of `<…>`.
pub(crate) fn cut(text: &str, separator: u8) -> (&str, Option<&str>) {
    // Most texts hold none at all, and seeing that is fast.
    let found = memchr::memchr(separator, text.as_bytes()).and_then(|_| find_bare(text, separator));
    match found {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// The parts of `text` between separators that stand outside of quoted strings and of `<…>`, trimmed.
pub(crate) fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let (part, after) = cut(rest?, separator);
        rest = after;
        Some(trim(part))
    })
}

/// Reads a quoted string at the start of `text`: its content without escapes, and what follows it.
pub(crate) fn unquote(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut content = String::new();
    let mut escaped = false;
    for (at, letter) in inner.char_indices() {
        match letter {
            _ if escaped => {
                content.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((content, &inner[at + 1..])),
            _ => content.push(letter),
        }
    }
    None
}

/// `text` as a quoted string.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

/// `text` with control characters replaced, which are allowed in quotes but good for nothing.
pub(crate) fn printable(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(char::is_control) { text.replace(char::is_control, "\u{FFFD}").into() } else { text }
}

/// A number of digits only. Too many of them give the largest number, as a lifetime past counting does.
pub(crate) fn saturating_number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}

/// A number of digits only; no sign, no spaces, nothing that does not fit.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_quotes_and_brackets_do_not_count() {
        let parts: Vec<_> = split(r#""a, \", b" <sip:x,y@z>;q=1 , <sip:w>,"#, b',').collect();
        assert_eq!(parts, [r#""a, \", b" <sip:x,y@z>;q=1"#, "<sip:w>", ""]);
    }

    #[test]
    fn quoting_and_unquoting_are_inverse() {
        let text = r#"say "hi" \ bye, Žofie"#;
        let quoted = quote(text);
        assert_eq!(unquote(&quoted), Some((text.to_owned(), "")));
        assert_eq!(unquote("\"open"), None);
        assert_eq!(unquote("\"trailing\\"), None);
    }

    #[test]
    fn numbers_have_digits_only() {
        assert_eq!(number::<u8>("70"), Some(70));
        for text in ["", "+1", "-1", " 1", "300"] {
            assert_eq!(number::<u8>(text), None, "{text:?}");
        }
        assert_eq!(saturating_number("99999999999999999999"), Some(u32::MAX));
    }
}
