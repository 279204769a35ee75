//! The header fields of a message.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{HeaderName, scan};

/// Header fields in the order in which they came, their values as they were written.
///
/// Names are given as [`HeaderName`] or as text: `headers.get("X-Trace")`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers(Vec<Header>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    name: HeaderName,
    value: Value,
}

/// Text in the buffer that it arrived in. Always UTF-8: the constructors see to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value(Bytes);

impl Value {
    /// A part of `text`, which is the content of `buffer`; nothing is copied.
    pub(super) fn of_text(buffer: &Bytes, text: &str) -> Self {
        if text.is_empty() { Self(Bytes::new()) } else { Self(buffer.slice_ref(text.as_bytes())) }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(deserializer)?.into())
    }
}

impl Headers {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of the first line of this name, whole.
    pub fn get(&self, name: impl Into<HeaderName>) -> Option<&str> {
        self.lines(name).next()
    }

    /// The values of all lines of this name, one a line.
    pub fn lines(&self, name: impl Into<HeaderName>) -> impl Iterator<Item = &str> {
        let name = name.into();
        self.0.iter().filter(move |header| header.name == name).map(|header| header.value.as_str())
    }

    /// All values of this name, those on one line taken apart where the name allows lists.
    pub fn all(&self, name: impl Into<HeaderName>) -> impl Iterator<Item = &str> {
        let name = name.into();
        // A line of a name that takes no lists is one value, commas and all.
        let separator = if name.is_list() { b',' } else { b'\n' };
        self.lines(name).flat_map(move |line| scan::split(line, separator)).filter(|value| !value.is_empty())
    }

    /// Whether there is a line of this name.
    pub fn contains(&self, name: impl Into<HeaderName>) -> bool {
        self.get(name).is_some()
    }

    /// Adds a line at the end.
    pub fn push(&mut self, name: impl Into<HeaderName>, value: impl Into<String>) {
        self.0.push(Header { name: name.into(), value: value.into().into() });
    }

    /// Adds a line before all others, as a Via or Record-Route needs.
    pub fn push_front(&mut self, name: impl Into<HeaderName>, value: impl Into<String>) {
        self.0.insert(0, Header { name: name.into(), value: value.into().into() });
    }

    /// Makes this the only line of this name, in the place of the first or at the end.
    pub fn set(&mut self, name: impl Into<HeaderName>, value: impl Into<String>) {
        let name = name.into();
        let mut value = Some(Value::from(value.into()));
        self.0.retain_mut(|header| match header.name == name {
            true => value.take().map(|value| header.value = value).is_some(),
            false => true,
        });
        self.0.extend(value.map(|value| Header { name, value }));
    }

    /// Takes away all lines of this name and says whether there were any.
    pub fn remove(&mut self, name: impl Into<HeaderName>) -> bool {
        let (name, before) = (name.into(), self.0.len());
        self.0.retain(|header| header.name != name);
        self.0.len() < before
    }

    /// Adds all lines of this name that `from` has, as they are.
    pub fn copy(&mut self, from: &Headers, name: impl Into<HeaderName>) {
        let name = name.into();
        self.0.extend(from.0.iter().filter(|header| header.name == name).cloned());
    }

    /// Gives the first line of this name another value; adds one if there is none.
    pub fn replace_first(&mut self, name: impl Into<HeaderName>, value: impl Into<String>) {
        let name = name.into();
        match self.0.iter_mut().find(|header| header.name == name) {
            Some(header) => header.value = value.into().into(),
            None => self.push(name, value),
        }
    }

    /// Names and values of all lines, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &str)> {
        self.0.iter().map(|header| (&header.name, header.value.as_str()))
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn with_capacity(lines: usize) -> Self {
        Self(Vec::with_capacity(lines))
    }

    pub(super) fn push_value(&mut self, name: HeaderName, value: Value) {
        self.0.push(Header { name, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Headers {
        let mut headers = Headers::new();
        headers.push(HeaderName::Via, "SIP/2.0/UDP a, SIP/2.0/UDP b");
        headers.push("X-Note", "one, two");
        headers.push("v", "SIP/2.0/UDP c");
        headers
    }

    #[test]
    fn lists_are_taken_apart_only_where_the_name_allows_it() {
        let headers = sample();
        let vias: Vec<_> = headers.all(HeaderName::Via).collect();
        assert_eq!(vias, ["SIP/2.0/UDP a", "SIP/2.0/UDP b", "SIP/2.0/UDP c"]);
        assert_eq!(headers.all("x-note").collect::<Vec<_>>(), ["one, two"]);
        assert_eq!(headers.lines(HeaderName::Via).count(), 2);
    }

    #[test]
    fn setting_keeps_the_place_and_removes_the_rest() {
        let mut headers = sample();
        headers.set(HeaderName::Via, "SIP/2.0/TCP d");
        headers.set("Subject", "new");
        let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(lines, ["Via: SIP/2.0/TCP d", "X-Note: one, two", "Subject: new"]);
        assert!(headers.remove("x-NOTE"));
        assert!(!headers.remove("x-NOTE"));
    }

    #[test]
    fn headers_survive_a_snapshot() {
        let headers = sample();
        let snapshot = serde_json::to_string(&headers).unwrap();
        assert_eq!(serde_json::from_str::<Headers>(&snapshot).unwrap(), headers);
    }
}
