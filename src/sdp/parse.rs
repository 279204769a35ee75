use std::fmt;

use serde::{Deserialize, Serialize};

use super::description::{Attribute, Media, Origin, SessionDescription};

/// Longest description that is read, in bytes. A datagram holds no more.
const MAX_BYTES: usize = 65_536;
/// Most media sections of one description.
const MAX_MEDIA: usize = 32;
/// Most attributes of one section.
const MAX_ATTRIBUTES: usize = 256;
/// Most formats of one media section.
const MAX_FORMATS: usize = 64;

/// Why a description cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("session description, line {line}: {problem}")]
pub struct Error {
    /// The line at fault, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong with a line of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// The first line is not `v=0`.
    NotVersionZero,
    /// A line is not a letter, an equals sign and a value.
    NotALine,
    /// `o=` lacks one of its six fields.
    Origin,
    /// `c=` lacks one of its three fields.
    Connection,
    /// `m=` lacks a field, or its port is no number up to 65535.
    Media,
    /// More bytes, sections, formats or attributes than any real description has.
    TooLarge,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::NotVersionZero => "a description begins with v=0",
            Problem::NotALine => "a line is a letter, an equals sign and a value",
            Problem::Origin => "o= needs user, session id, version, IN, IP4 or IP6, and an address",
            Problem::Connection => "c= needs IN, IP4 or IP6, and an address",
            Problem::Media => "m= needs a kind, a port up to 65535, a profile and formats",
            Problem::TooLarge => "larger than any real description",
        })
    }
}

impl SessionDescription {
    /// Reads a description as peers write it: any line ending, lines in any order within their
    /// section, `s=` and `t=` missing, letters we do not know.
    ///
    /// # Errors
    /// [`Error`] names the line and what is wrong with it.
    pub fn parse(body: &[u8]) -> Result<SessionDescription, Error> {
        if body.len() > MAX_BYTES {
            return Err(Error { line: 1, problem: Problem::TooLarge });
        }
        let text = String::from_utf8_lossy(body);
        let mut reader = Reader::default();
        for (index, lines) in text.split('\n').enumerate() {
            for line in lines.split('\r').map(|line| line.trim_end_matches([' ', '\t', '\0'])) {
                if !line.is_empty() {
                    reader.line(line).map_err(|problem| Error { line: index + 1, problem })?;
                }
            }
        }
        reader.finish().map_err(|problem| Error { line: 1, problem })
    }
}

#[derive(Default)]
struct Reader {
    begun: bool,
    origin: Option<Origin>,
    name: Option<String>,
    connection: Option<String>,
    attributes: Vec<Attribute>,
    media: Vec<Media>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Problem> {
        // Some phones end their description with a NUL, which is cut off. Elsewhere none may stand (RFC 8866 section 5).
        let proper = line.split_once('=').filter(|_| !line.contains('\0'));
        let (letter, value) = proper.ok_or(match self.begun {
            true => Problem::NotALine,
            false => Problem::NotVersionZero,
        })?;
        if !self.begun {
            self.begun = letter == "v" && value.trim() == "0";
            return if self.begun { Ok(()) } else { Err(Problem::NotVersionZero) };
        }
        match letter {
            "o" => self.origin = Some(origin(value)?),
            "s" => self.name = Some(value.trim().to_owned()),
            "c" => *self.section_connection() = Some(connection(value)?),
            "a" => return self.attribute(value),
            "m" => return self.media(value),
            _ if letter.len() == 1 => {}
            _ => return Err(Problem::NotALine),
        }
        Ok(())
    }

    fn section_connection(&mut self) -> &mut Option<String> {
        self.media.last_mut().map_or(&mut self.connection, |media| &mut media.connection)
    }

    fn attribute(&mut self, line: &str) -> Result<(), Problem> {
        let list = self.media.last_mut().map_or(&mut self.attributes, |media| &mut media.attributes);
        if list.len() >= MAX_ATTRIBUTES {
            return Err(Problem::TooLarge);
        }
        list.push(match line.split_once(':') {
            Some((name, value)) => Attribute::new(name.trim(), value.trim()),
            None => Attribute::flag(line.trim()),
        });
        Ok(())
    }

    fn media(&mut self, line: &str) -> Result<(), Problem> {
        let mut fields = line.split_whitespace();
        let mut field = || fields.next().ok_or(Problem::Media);
        let (kind, port, protocol) = (field()?.to_owned(), field()?, field()?.to_owned());
        // A count of ports (`49170/2`) is for layered encodings; the first port is the stream's.
        let port = port.split('/').next().unwrap_or_default().parse().map_err(|_| Problem::Media)?;
        let formats: Vec<String> = fields.take(MAX_FORMATS + 1).map(str::to_owned).collect();
        if formats.is_empty() {
            return Err(Problem::Media);
        }
        if formats.len() > MAX_FORMATS || self.media.len() >= MAX_MEDIA {
            return Err(Problem::TooLarge);
        }
        self.media.push(Media { kind, port, protocol, formats, connection: None, attributes: vec![] });
        Ok(())
    }

    fn finish(self) -> Result<SessionDescription, Problem> {
        if !self.begun {
            return Err(Problem::NotVersionZero);
        }
        Ok(SessionDescription {
            origin: self.origin.ok_or(Problem::Origin)?,
            name: self.name.filter(|name| !name.is_empty()).unwrap_or_else(|| "-".to_owned()),
            connection: self.connection,
            attributes: self.attributes,
            media: self.media,
        })
    }
}

fn origin(value: &str) -> Result<Origin, Problem> {
    let fields: Vec<&str> = value.split_whitespace().collect();
    // A user name with a space in it, as some phones write it, still ends before the last five.
    let [username @ .., session_id, version, _, _, address] = &fields[..] else {
        return Err(Problem::Origin);
    };
    Ok(Origin {
        username: if username.is_empty() { "-".to_owned() } else { username.concat() },
        session_id: (*session_id).to_owned(),
        version: (*version).to_owned(),
        address: (*address).to_owned(),
    })
}

fn connection(value: &str) -> Result<String, Problem> {
    let mut fields = value.split_whitespace();
    let (Some(_), Some(_), Some(address)) = (fields.next(), fields.next(), fields.next()) else {
        return Err(Problem::Connection);
    };
    // `224.2.1.1/127` carries a time to live that only multicast needs.
    let address = address.split('/').next().filter(|address| !address.is_empty());
    address.map(str::to_owned).ok_or(Problem::Connection)
}
