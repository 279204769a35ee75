//! A call as a ladder: a column for us, one for each peer, an arrow for each message.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Shown, header};

/// Characters between two columns.
const GAP: usize = 34;
/// Characters of the time before the first column.
const MARGIN: usize = 16;
/// Peers that get a column; those beyond share the last one.
const MOST_PEERS: usize = 6;

/// Draws messages as they follow each other. Columns grow as peers appear, so what is drawn later fits
/// what was drawn before.
#[derive(Debug, Default)]
pub struct Ladder {
    /// The peers, from the left; we stand after the first of them.
    peers: Vec<SocketAddr>,
    /// By the first line, CSeq and branch: messages that were seen already.
    seen: BTreeMap<(bool, SocketAddr, String), u32>,
    zone: Option<TimeZone>,
}

impl Ladder {
    /// A ladder whose times are those of this zone; UTC if there is none.
    pub fn in_zone(zone: Option<TimeZone>) -> Self {
        Self { zone, ..Self::default() }
    }

    /// Draws further messages, with a head wherever a peer appears for the first time.
    pub fn draw(&mut self, messages: &[Shown]) -> String {
        let mut text = String::new();
        let before = self.peers.len();
        for message in messages {
            if self.peers.len() < MOST_PEERS && !self.peers.contains(&message.remote) {
                self.peers.push(message.remote);
            }
        }
        if self.peers.len() > before {
            text.push_str(&self.head());
        }
        for message in messages {
            text.push_str(&self.line(message));
        }
        text
    }

    /// We stand in the second column, the first caller to our left.
    fn column(&self, peer: Option<SocketAddr>) -> usize {
        let Some(peer) = peer else { return 1 };
        match self.peers.iter().position(|known| *known == peer).unwrap_or(MOST_PEERS - 1) {
            0 => 0,
            other => other + 1,
        }
    }

    fn head(&self) -> String {
        let mut line = vec![' '; MARGIN + GAP * (self.peers.len() + 1)];
        let named = self.peers.iter().map(|peer| (self.column(Some(*peer)), peer.to_string()));
        for (column, name) in named.chain([(self.column(None), "hovor".to_owned())]) {
            let middle = at(column);
            put(&mut line, middle.saturating_sub(name.chars().count() / 2), &name);
        }
        format!("{}\n", line.into_iter().collect::<String>().trim_end())
    }

    fn line(&mut self, message: &Shown) -> String {
        let columns = self.peers.len() + 1;
        let mut line = vec![' '; MARGIN + GAP * columns];
        put(&mut line, 0, &self.time(message.at_us));
        for column in 0..columns {
            put(&mut line, at(column), "│");
        }
        let (us, peer) = (self.column(None), self.column(Some(message.remote)));
        let (from, to) = if message.sent { (us, peer) } else { (peer, us) };
        let (left, right) = (at(from.min(to)), at(from.max(to)));
        for place in left + 1..right {
            put(&mut line, place, "─");
        }
        match from < to {
            true => put(&mut line, right - 1, "▶"),
            false => put(&mut line, left + 1, "◀"),
        }
        let label = self.label(message);
        // Beside our own column, so that labels of arrows over several columns stand below each other.
        let start = match us < peer {
            true => left + 3,
            false => right - GAP + 3,
        };
        put(&mut line, start, &label);
        format!("{}\n", line.into_iter().collect::<String>().trim_end())
    }

    fn time(&self, at_us: i64) -> String {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let moment = Timestamp::from_microsecond(at_us).map(|at| at.to_zoned(zone));
        moment.map(|moment| moment.strftime("%H:%M:%S%.6f").to_string()).unwrap_or_default()
    }

    /// ` INVITE sdp `, ` 200 OK (INVITE) `, ` again: 180 Ringing (INVITE) `.
    fn label(&mut self, message: &Shown) -> String {
        let first = message.text.lines().next().unwrap_or_default();
        let cseq = header(&message.text, "CSeq", "").unwrap_or_default();
        let what = match first.strip_prefix("SIP/2.0 ") {
            Some(status) => format!("{status} ({})", cseq.split_whitespace().nth(1).unwrap_or("?")),
            None => first.split(' ').next().unwrap_or_default().to_owned(),
        };
        let kind = header(&message.text, "Content-Type", "c").unwrap_or_default();
        let body = message.text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let sdp = if kind.contains("sdp") && !body.is_empty() { " sdp" } else { "" };
        let branch = header(&message.text, "Via", "v").unwrap_or_default();
        let seen = self.seen.entry((message.sent, message.remote, format!("{first} {cseq} {branch}")));
        let times = seen.or_default();
        *times += 1;
        let again = if *times > 1 { "again: " } else { "" };
        let mut label: String = format!(" {again}{what}{sdp} ");
        if label.chars().count() > GAP - 5 {
            label = label.chars().take(GAP - 7).chain("… ".chars()).collect();
        }
        label
    }
}

/// Where a column stands.
fn at(column: usize) -> usize {
    MARGIN + GAP / 2 + column * GAP
}

/// Writes over what stands there, as far as there is room.
fn put(line: &mut [char], at: usize, text: &str) {
    for (place, letter) in line.iter_mut().skip(at).zip(text.chars()) {
        *place = letter;
    }
}
