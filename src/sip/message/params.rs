//! `;name=value` parameters of URIs and header values.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::scan;

/// Parameters in the order in which they came. Names compare without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params(Vec<Param>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Param {
    name: String,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Value {
    /// A flag: the name alone.
    None,
    Plain(String),
    /// A quoted string, here without quotes and escapes.
    Quoted(String),
}

impl Params {
    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads `;a;b=c;d="e"`, or nothing at all. `Err` says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = scan::trim(text);
        if text.is_empty() {
            return Ok(Self::default());
        }
        let text = text.strip_prefix(';').ok_or("unexpected text before the parameters")?;
        scan::split(text, b';').map(Param::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The value of the first parameter of this name, without quotes; empty if it is a flag.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|param| param.name.eq_ignore_ascii_case(name)).map(Param::value)
    }

    /// Whether there is a parameter of this name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Gives the parameter this value, in its place or at the end.
    ///
    /// A value that is neither a token nor a host is written as a quoted string.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = match is_plain(value) {
            true => Value::Plain(value.to_owned()),
            false => Value::Quoted(value.to_owned()),
        };
        self.put(name, value);
    }

    /// Gives the parameter this value as a quoted string, as `+sip.instance` demands.
    pub fn set_quoted(&mut self, name: &str, value: &str) {
        self.put(name, Value::Quoted(value.to_owned()));
    }

    /// Sets a parameter without value.
    pub fn set_flag(&mut self, name: &str) {
        self.put(name, Value::None);
    }

    /// Takes away all parameters of this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|param| !param.name.eq_ignore_ascii_case(name));
    }

    /// Names and values (empty for flags) in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|param| (&*param.name, param.value()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn put(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|param| param.name.eq_ignore_ascii_case(name)) {
            Some(param) => param.value = value,
            None => self.0.push(Param { name: name.to_owned(), value }),
        }
    }
}

impl Param {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (scan::trim(name), Some(scan::trim(value))),
            None => (text, None),
        };
        if name.is_empty() || !name.bytes().all(is_plain_byte) {
            return Err("a parameter without a proper name");
        }
        let value = match value {
            None => Value::None,
            Some(quoted) if quoted.starts_with('"') => match scan::unquote(quoted) {
                Some((content, "")) => Value::Quoted(content),
                _ => return Err("a quoted parameter that does not end properly"),
            },
            Some(plain) if is_plain(plain) => Value::Plain(plain.to_owned()),
            Some(_) => return Err("a parameter with an improper value"),
        };
        Ok(Param { name: name.to_owned(), value })
    }

    fn value(&self) -> &str {
        match &self.value {
            Value::None => "",
            Value::Plain(text) | Value::Quoted(text) => text,
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_plain_byte)
}

/// Bytes of tokens, of hosts, and of parameters in URIs ("paramchar", RFC 3261 section 25.1).
fn is_plain_byte(byte: u8) -> bool {
    scan::is_token_byte(byte) || b"[]/:&+$()".contains(&byte) || byte >= 0x80
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Param { name, value } in &self.0 {
            match value {
                Value::None => write!(f, ";{name}")?,
                Value::Plain(text) => write!(f, ";{name}={text}")?,
                Value::Quoted(text) => write!(f, ";{name}={}", scan::quote(text))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_tokens_and_quoted_strings_are_read_and_written_back() {
        let text = r#";lr;expires=60;+sip.instance="<urn:uuid:1;2>";received=[2001:db8::1]"#;
        let params = Params::parse(text).unwrap();
        assert_eq!(params.get("LR"), Some(""));
        assert_eq!(params.get("Expires"), Some("60"));
        assert_eq!(params.get("+sip.instance"), Some("<urn:uuid:1;2>"));
        assert_eq!(params.get("received"), Some("[2001:db8::1]"));
        assert_eq!(params.get("tag"), None);
        assert_eq!(params.to_string(), text);
    }

    #[test]
    fn spaces_around_separators_are_ignored() {
        let params = Params::parse(" ;  tag    = 1918181833n ; q=\t0.5").unwrap();
        assert_eq!(params.to_string(), ";tag=1918181833n;q=0.5");
    }

    #[test]
    fn improper_parameters_are_refused() {
        for text in ["tag=1", ";", ";;a", ";=1", ";a=", ";a=\"open", ";a=\"b\"c", ";a=b c", ";a b"] {
            assert!(Params::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn setting_replaces_and_quotes_where_it_must() {
        let mut params = Params::parse(";a=1;b").unwrap();
        params.set("A", "x y");
        params.set("c", "3");
        params.set_flag("d");
        params.remove("B");
        assert_eq!(params.to_string(), ";a=\"x y\";c=3;d");
    }
}
