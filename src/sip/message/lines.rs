//! Cutting the head of a message into lines and header fields.

use std::borrow::Cow;
use std::iter::Peekable;

use memchr::memchr;

use super::scan;

/// A physical line of a head, without its CRLF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Where it starts, in bytes from the start of the head.
    pub at: usize,
    pub text: &'a str,
}

/// A header line with the lines that continue it (RFC 3261 section 7.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub at: usize,
    pub name: &'a str,
    /// Borrowed unless it took several lines.
    pub value: Cow<'a, str>,
}

/// A line that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub at: usize,
    pub what: &'static str,
}

/// The lines of `head`. Only CRLF ends a line; CR or LF elsewhere is a fault.
pub(super) fn lines(head: &str) -> impl Iterator<Item = Result<Line<'_>, Fault>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = head.get(at..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len() - 1);
        let (line, start) = (rest.get(..=end).unwrap_or(rest), at);
        at += line.len();
        let whole = line.strip_suffix("\r\n").filter(|text| memchr(b'\r', text.as_bytes()).is_none());
        Some(whole.map(|text| Line { at: start, text }).ok_or(Fault { at: start, what: "a broken line" }))
    })
}

/// The header fields that the `lines` make up.
pub(super) fn fields<'a>(
    lines: impl Iterator<Item = Result<Line<'a>, Fault>>,
) -> impl Iterator<Item = Result<Field<'a>, Fault>> {
    let mut lines = lines.peekable();
    std::iter::from_fn(move || {
        let line = match lines.next()? {
            Ok(line) => line,
            Err(fault) => return Some(Err(fault)),
        };
        let Some((name, value)) = line.text.split_once(':') else {
            return Some(Err(Fault { at: line.at, what: "a header line without a colon" }));
        };
        let value = unfold(scan::trim(value), &mut lines);
        Some(Ok(Field { at: line.at, name: name.trim_end_matches([' ', '\t']), value }))
    })
}

/// `value` and the lines that continue it, joined by single spaces.
fn unfold<'a>(
    value: &'a str,
    lines: &mut Peekable<impl Iterator<Item = Result<Line<'a>, Fault>>>,
) -> Cow<'a, str> {
    let mut value = Cow::Borrowed(value);
    while let Some(Ok(more)) =
        lines.next_if(|next| matches!(next, Ok(line) if line.text.starts_with([' ', '\t'])))
    {
        let more = scan::trim(more.text);
        if !value.is_empty() && !more.is_empty() {
            value.to_mut().push(' ');
        }
        value.to_mut().push_str(more);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Vec<Result<String, usize>> {
        let show = |field: Field<'_>| format!("{}={}", field.name, field.value);
        fields(lines(head)).map(|field| field.map(show).map_err(|fault| fault.at)).collect()
    }

    #[test]
    fn continued_values_are_joined() {
        let found = read("Subject \t:\r\n  one\r\n \r\n\ttwo \r\nTo: x\r\n");
        assert_eq!(found, [Ok("Subject=one two".to_owned()), Ok("To=x".to_owned())]);
    }

    #[test]
    fn only_crlf_ends_a_line() {
        assert_eq!(read("A: 1\nB: 2\r\nC: 3\r4\r\n"), [Err(0), Ok("B=2".to_owned()), Err(11)]);
        assert_eq!(read("A: 1\r\r\nB: 2"), [Err(0), Err(7)]);
        assert_eq!(read("No colon\r\n"), [Err(0)]);
    }
}
