use std::sync::mpsc::sync_channel;

use super::*;
use crate::entropy::Entropy;
use crate::id::RoomId;
use crate::media::recording::metadata::{Document, Metadata, When};
use crate::media::recording::room::{Layout, Track};
use crate::time::UnixMs;

/// A folder of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hovor-writer-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn samples(&self, name: &str) -> Vec<i16> {
        hound::WavReader::open(self.0.join(name)).unwrap().samples().map(Result::unwrap).collect()
    }

    fn document(&self, name: &str) -> Document {
        serde_json::from_slice(&fs::read(self.0.join(name)).unwrap()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key() -> RoomKey {
    RoomKey { room: RoomId::new(UnixMs(0), &mut Entropy::from_number(1)), recording: 3 }
}

fn begin(stem: PathBuf, layout: Layout) -> RoomStep {
    RoomStep::Begin { key: key(), stem, layout, began: UnixMs(9) }
}

fn sound(offset: u64, length: u64, tracks: &[(u16, i16, usize)]) -> RoomStep {
    let track = |(number, value, samples): &(u16, i16, usize)| Track {
        number: *number,
        samples: vec![*value; *samples],
    };
    RoomStep::Sound { key: key(), offset, length, tracks: tracks.iter().map(track).collect() }
}

fn end(length: u64) -> RoomStep {
    RoomStep::End { key: key(), length, metadata: Box::new(Metadata::new(UnixMs(9))) }
}

fn take_all(steps: impl IntoIterator<Item = RoomStep>) -> Vec<Event> {
    let mut rooms = BTreeMap::new();
    let events: Vec<Event> = steps.into_iter().filter_map(|step| take_room(&mut rooms, step)).collect();
    assert!(rooms.is_empty());
    events
}

#[test]
fn lost_sound_is_silence_of_the_same_length_and_is_told() {
    let folder = Folder::new("lost");
    let stem = folder.0.join("deep/call.1");
    let events = take_all([
        begin(stem.clone(), Layout::Stereo),
        sound(0, 4_000, &[(0, 5, 8_000)]),
        sound(8_000, 4_000, &[(0, 7, 8_000)]),
        end(16_000),
    ]);
    let path = |ending: &str| PathBuf::from(format!("{}{ending}", stem.display()));
    let expected = Event::RoomRecorded {
        room: key().room,
        recording: 3,
        files: vec![path(".wav")],
        json: path(".json"),
        ms: 2_000,
        incomplete_ms: 1_000,
        error: None,
    };
    assert_eq!(events, [expected]);
    let silence = vec![0; 8_000];
    assert_eq!(
        folder.samples("deep/call.1.wav"),
        [vec![5; 8_000], silence.clone(), vec![7; 8_000], silence].concat()
    );
    let document = folder.document("deep/call.1.json");
    let when = |from_ms, to_ms| When { from_ms, to_ms };
    assert_eq!(document.incomplete, [when(500, 1_000), when(1_500, 2_000)]);
    assert!(!document.complete && document.ms == 2_000 && document.started_at_ms == UnixMs(9));
}

#[test]
fn files_of_parties_have_the_same_beginning_and_the_same_length() {
    let folder = Folder::new("parties");
    let events = take_all([
        begin(folder.0.join("call"), Layout::PerParty),
        sound(0, 4_000, &[(1, 1, 4_000)]),
        sound(4_000, 4_000, &[(2, 2, 2_000)]),
        sound(8_000, 1_600, &[(1, 3, 1_600), (2, 4, 1_600)]),
        end(9_600),
    ]);
    let Event::RoomRecorded { files, ms: 1_200, incomplete_ms: 0, error: None, .. } = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!(*files, [folder.0.join("call-1.wav"), folder.0.join("call-2.wav")]);
    assert_eq!(folder.samples("call-1.wav"), [vec![1; 4_000], vec![0; 4_000], vec![3; 1_600]].concat());
    let late = [vec![0; 4_000], vec![2; 2_000], vec![0; 2_000], vec![4; 1_600]].concat();
    assert_eq!(folder.samples("call-2.wav"), late);
    assert!(folder.document("call.json").complete);
}

#[test]
fn a_recording_under_way_plays_up_to_the_last_second_and_its_document_says_that_it_has_not_ended() {
    let folder = Folder::new("running");
    let mut rooms = BTreeMap::new();
    take_room(&mut rooms, begin(folder.0.join("call"), Layout::Stereo));
    for step in 0..7 {
        take_room(&mut rooms, sound(step * 4_000, 4_000, &[(0, step as i16 + 1, 8_000)]));
    }
    // As a crash finds it.
    let samples = folder.samples("call.wav");
    let expected: Vec<i16> = (1..=6).flat_map(|value| vec![value; 8_000]).collect();
    assert_eq!(samples, expected);
    assert!(!folder.document("call.json").complete);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_at_once_and_what_can_be_had_later_is_recorded() {
    let folder = Folder::new("refused");
    // A file is in the place of the folder.
    fs::write(&folder.0, "").unwrap();
    let mut rooms = BTreeMap::new();
    let event = take_room(&mut rooms, begin(folder.0.join("call"), Layout::Stereo));
    assert!(
        matches!(&event, Some(Event::RecordingIncomplete { recording: 3, reason, .. }) if reason.contains("call.wav"))
    );
    assert_eq!(take_room(&mut rooms, sound(0, 4_000, &[(0, 1, 8_000)])), None, "it was told already");
    fs::remove_file(&folder.0).unwrap();
    take_room(&mut rooms, sound(4_000, 4_000, &[(0, 2, 8_000)]));
    let ended = take_room(&mut rooms, end(8_000)).unwrap();
    assert!(
        matches!(&ended, Event::RoomRecorded { ms: 1_000, incomplete_ms: 500, error: Some(error), .. }
            if error.contains("call.wav")),
        "{ended:?}"
    );
    assert_eq!(folder.samples("call.wav"), [vec![0; 8_000], vec![2; 8_000]].concat());
    assert!(folder.document("call.json").error.is_some());
}

#[test]
fn a_full_queue_drops_sound_but_no_beginning_and_no_end_and_names_the_recording_once() {
    let (sender, receiver) = sync_channel(2);
    let mut outbox = Outbox::new(sender);
    let room = RecordStep::Room;
    let mut post = |step| outbox.post(room(step));
    post(begin("x".into(), Layout::Stereo));
    assert_eq!(post(sound(0, 10, &[(0, 1, 20)])), Posted::default());
    assert_eq!(post(sound(10, 10, &[(0, 1, 20)])), Posted { lost: 20, incomplete: Some(key()) });
    assert_eq!(post(sound(20, 10, &[(0, 1, 20)])), Posted { lost: 20, incomplete: None });
    assert_eq!(post(end(30)), Posted::default());
    assert_eq!(post(begin("y".into(), Layout::Stereo)), Posted::default());
    // Nothing overtakes what waits.
    assert_eq!(post(sound(0, 10, &[(0, 1, 20)])), Posted { lost: 20, incomplete: Some(key()) });
    let mut taken: Vec<RecordStep> = receiver.try_iter().collect();
    outbox.flush();
    taken.extend(receiver.try_iter());
    assert_eq!(
        taken,
        [
            begin("x".into(), Layout::Stereo),
            sound(0, 10, &[(0, 1, 20)]),
            end(30),
            begin("y".into(), Layout::Stereo)
        ]
        .map(room)
    );
}
