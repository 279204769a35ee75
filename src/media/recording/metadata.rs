//! What is known of a recording beside its sound: who was there, on which side, and spoke when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::LegId;
use crate::media::{FRAME, Mark, RATE, Side};
use crate::time::UnixMs;

/// Spans of one recording that are kept; what would need more is left out.
const MAX_SPANS: usize = 20_000;
/// Parties of one recording that are told apart.
const MAX_PARTIES: usize = 256;
/// Parties with a track of their own.
const MAX_TRACKS: u16 = 64;
/// Frames of silence that do not end what somebody says: 600 ms.
const PAUSE: u64 = 30;
/// What is shorter than so many frames is a noise, not speech: 100 ms.
const NOISE: u64 = 5;
const MS_PER_FRAME: u64 = FRAME as u64 * 1_000 / RATE as u64;

/// Gathers the metadata, frame by frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    began: UnixMs,
    parties: BTreeMap<LegId, Party>,
    marks: Spans<Mark>,
    tracks: u16,
    /// Spans that may still come.
    rest: usize,
    left_out: bool,
}

/// One leg, as long as it was in the room. All is counted in frames from the beginning of the recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Party {
    track: Option<u16>,
    present: Spans<()>,
    recorded: Spans<Side>,
    spoke: Spans<Side>,
}

/// Frames for which something was so, ascending.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Spans<T>(Vec<Span<T>>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Span<T> {
    what: T,
    from: u64,
    to: u64,
}

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T: Copy + PartialEq> Spans<T> {
    /// It was so in this frame, and in those before if they are `pause` at most. Returns whether a span could be
    /// kept; each new one is taken from the `rest`.
    fn note(&mut self, what: T, frame: u64, pause: u64, rest: &mut usize) -> bool {
        if let Some(last) = self.0.last_mut().filter(|last| last.what == what && frame <= last.to + pause) {
            last.to = frame + 1;
            return true;
        }
        let Some(less) = rest.checked_sub(1) else { return false };
        *rest = less;
        self.0.push(Span { what, from: frame, to: frame + 1 });
        true
    }
}

impl Metadata {
    /// Of a recording that began then.
    pub fn new(began: UnixMs) -> Self {
        Self {
            began,
            parties: BTreeMap::new(),
            marks: Spans::default(),
            tracks: 0,
            rest: MAX_SPANS,
            left_out: false,
        }
    }

    /// The leg is in the room in this frame.
    pub fn present(&mut self, leg: LegId, frame: u64) {
        self.note(leg, |party, rest| party.present.note((), frame, 0, rest));
    }

    /// The leg is recorded on this side in this frame, and may speak in it.
    pub fn recorded(&mut self, leg: LegId, side: Side, speaks: bool, frame: u64) {
        self.note(leg, |party, rest| {
            party.recorded.note(side, frame, 0, rest)
                && (!speaks || party.spoke.note(side, frame, PAUSE, rest))
        });
    }

    /// The mark is set in this frame.
    pub fn marked(&mut self, mark: Mark, frame: u64) {
        self.left_out |= !self.marks.note(mark, frame, 0, &mut self.rest);
    }

    /// The number of the leg's own track, from 1; none if there are too many.
    pub fn track(&mut self, leg: LegId) -> Option<u16> {
        let next = Some(self.tracks + 1).filter(|next| *next <= MAX_TRACKS);
        let party = self.parties.get_mut(&leg)?;
        if party.track.is_none() {
            party.track = next;
            self.tracks = next.unwrap_or(self.tracks);
            self.left_out |= next.is_none();
        }
        party.track
    }

    fn note(&mut self, leg: LegId, act: impl FnOnce(&mut Party, &mut usize) -> bool) {
        if !self.parties.contains_key(&leg) && self.parties.len() >= MAX_PARTIES {
            self.left_out = true;
            return;
        }
        let kept = act(self.parties.entry(leg).or_default(), &mut self.rest);
        self.left_out |= !kept;
    }

    /// The document that is kept beside the sound.
    pub fn document(&self, files: &[(u16, String)], written: Written) -> Document {
        let file_of = |track: Option<u16>| {
            files.iter().find(|(number, _)| Some(*number) == track).map(|(_, name)| name.clone())
        };
        let mixed = files.iter().find(|(number, _)| *number == 0).map(|(_, name)| name.clone());
        Document {
            started_at_ms: self.began,
            ms: written.ms,
            complete: written.complete && written.incomplete.is_empty() && !self.left_out,
            stereo: mixed.map(|file| Stereo { file, left: Side::Client, right: Side::Company }),
            parties: self
                .parties
                .iter()
                .map(|(leg, party)| PartyEntry {
                    leg: *leg,
                    file: file_of(party.track),
                    present: party.present.0.iter().map(|span| When::of(span.from, span.to)).collect(),
                    recorded: entries(&party.recorded, |span| SideEntry::new(span.what, span)),
                })
                .collect(),
            spoke: self.spoke(),
            marks: entries(&self.marks, |span| MarkEntry {
                mark: span.what,
                when: When::of(span.from, span.to),
            }),
            incomplete: written.incomplete,
            entries_left_out: self.left_out,
            error: written.error,
        }
    }

    /// What was said by all, in the order it was begun.
    fn spoke(&self) -> Vec<Spoken> {
        let spans = self.parties.iter().flat_map(|(leg, party)| {
            let words = party.spoke.0.iter().filter(|span| span.to - span.from >= NOISE);
            words.map(|span| Spoken { leg: *leg, side: span.what, when: When::of(span.from, span.to) })
        });
        let mut spoke: Vec<Spoken> = spans.collect();
        spoke.sort_by_key(|spoken| spoken.when.from_ms);
        spoke
    }
}

fn entries<T, E>(spans: &Spans<T>, entry: impl Fn(&Span<T>) -> E) -> Vec<E> {
    spans.0.iter().map(entry).collect()
}

/// What the writer adds to the metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Length of the recording.
    pub ms: u64,
    /// The recording has ended.
    pub complete: bool,
    /// What is silence because its sound was lost.
    pub incomplete: Vec<When>,
    /// Why files could not be written.
    pub error: Option<String>,
}

/// The JSON document beside the files of a recording. Times are milliseconds from the beginning of its sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// When the recording began, by the calendar.
    pub started_at_ms: UnixMs,
    /// Length of the recording.
    pub ms: u64,
    /// It has ended, and nothing is missing. If it has not ended, the program did not end it.
    pub complete: bool,
    /// The file with both sides, if they are recorded so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stereo: Option<Stereo>,
    /// Who was in the room.
    pub parties: Vec<PartyEntry>,
    /// Who spoke when, by the level of the voice.
    pub spoke: Vec<Spoken>,
    /// Why somebody was not recorded for a time.
    pub marks: Vec<MarkEntry>,
    /// What is silence because its sound was lost.
    pub incomplete: Vec<When>,
    /// There was more to tell than is kept.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub entries_left_out: bool,
    /// Why files could not be written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
}

/// A file with two sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stereo {
    /// Its name, beside the document.
    pub file: String,
    /// Whom its left channel holds.
    pub left: Side,
    /// Whom its right channel holds.
    pub right: Side,
}

/// From when until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// The first millisecond.
    pub from_ms: u64,
    /// The one after the last.
    pub to_ms: u64,
}

impl When {
    /// From one frame until another.
    fn of(from: u64, to: u64) -> Self {
        Self { from_ms: from * MS_PER_FRAME, to_ms: to * MS_PER_FRAME }
    }
}

/// One leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyEntry {
    /// Which leg.
    pub leg: LegId,
    /// The name of its own file, if it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// When it was in the room.
    pub present: Vec<When>,
    /// When it was recorded, and on which side.
    pub recorded: Vec<SideEntry>,
}

/// A side for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideEntry {
    /// Which side.
    pub side: Side,
    /// When.
    #[serde(flatten)]
    pub when: When,
}

impl SideEntry {
    fn new(side: Side, span: &Span<Side>) -> Self {
        Self { side, when: When::of(span.from, span.to) }
    }
}

/// Something that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// By whom.
    pub leg: LegId,
    /// On which side.
    pub side: Side,
    /// When.
    #[serde(flatten)]
    pub when: When,
}

/// A mark for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkEntry {
    /// Which mark.
    pub mark: Mark,
    /// When.
    #[serde(flatten)]
    pub when: When,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;

    fn legs() -> [LegId; 2] {
        let mut entropy = Entropy::from_number(1);
        [1, 2].map(|ms| LegId::new(UnixMs(ms), &mut entropy))
    }

    fn when(from_ms: u64, to_ms: u64) -> When {
        When { from_ms, to_ms }
    }

    #[test]
    fn a_pause_for_breath_is_part_of_what_is_said_and_a_click_is_not_said() {
        let [one, two] = legs();
        let mut metadata = Metadata::new(UnixMs(7));
        for frame in 0..200 {
            let words = matches!(frame, 10..20 | 40..50 | 100..110);
            metadata.recorded(one, Side::Client, words, frame);
            metadata.recorded(two, Side::Company, frame == 5 || frame >= 190, frame);
        }
        let document = metadata.document(&[], Written::default());
        let said = |leg, side, from, to| Spoken { leg, side, when: when(from, to) };
        let expected = [
            said(one, Side::Client, 200, 1_000),
            said(one, Side::Client, 2_000, 2_200),
            said(two, Side::Company, 3_800, 4_000),
        ];
        assert_eq!(document.spoke, expected);
    }

    #[test]
    fn who_came_left_and_changed_sides_is_told_with_its_times() {
        let [one, two] = legs();
        let mut metadata = Metadata::new(UnixMs(7));
        for frame in 0..100 {
            metadata.present(one, frame);
            metadata.recorded(one, if frame < 60 { Side::Client } else { Side::Company }, false, frame);
            if !(30..50).contains(&frame) {
                metadata.present(two, frame);
            } else {
                metadata.marked(Mark::Private, frame);
            }
        }
        let written = Written { ms: 2_000, complete: true, ..Written::default() };
        let document = metadata.document(&[(0, "x.wav".into())], written);
        assert_eq!(document.parties[0].present, [when(0, 2_000)]);
        assert_eq!(
            document.parties[0].recorded,
            [
                SideEntry { side: Side::Client, when: when(0, 1_200) },
                SideEntry { side: Side::Company, when: when(1_200, 2_000) }
            ]
        );
        assert_eq!(document.parties[1].present, [when(0, 600), when(1_000, 2_000)]);
        assert_eq!(document.marks, [MarkEntry { mark: Mark::Private, when: when(600, 1_000) }]);
        assert!(document.complete && document.started_at_ms == UnixMs(7));
        let text = serde_json::to_string(&document).unwrap();
        assert!(text.contains(r#""marks":[{"mark":"private","from_ms":600,"to_ms":1000}]"#), "{text}");
        assert!(text.contains(r#""stereo":{"file":"x.wav","left":"client","right":"company"}"#), "{text}");
        assert_eq!(serde_json::from_str::<Document>(&text).unwrap(), document);
    }

    #[test]
    fn however_many_come_and_go_what_is_kept_is_bounded_and_says_so() {
        let mut entropy = Entropy::from_number(1);
        let mut metadata = Metadata::new(UnixMs(7));
        let many: Vec<LegId> = (0..300).map(|_| LegId::new(UnixMs(0), &mut entropy)).collect();
        for frame in 0..400 {
            for leg in &many {
                // With a frame between, each is a span of its own.
                metadata.present(*leg, frame * 2);
                metadata.track(*leg);
            }
        }
        assert_eq!((metadata.parties.len(), metadata.tracks, metadata.rest), (MAX_PARTIES, MAX_TRACKS, 0));
        let written = Written { complete: true, ..Written::default() };
        let document = metadata.document(&[], written);
        assert!(document.entries_left_out && !document.complete);
    }
}
