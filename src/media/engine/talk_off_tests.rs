//! Sounds that people hear on the telephone, none of which is a key.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use crate::media::dtmf::Detector;
use crate::media::sound;

fn sounds(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.path() {
            path if path.is_dir() => sounds(&path, files),
            path if path.extension().is_some_and(|ending| ending == "wav") => files.push(path),
            _ => {}
        }
    }
}

/// How many keys are found in this sound, and in silence after it.
fn keys(samples: &[i16]) -> usize {
    let mut detector = Detector::default();
    samples.chunks(160).for_each(|frame| detector.hear(frame));
    detector.hear(&[0; 800]);
    std::iter::from_fn(|| detector.poll_output()).count()
}

#[test]
fn speech_and_music_press_no_key() {
    let mut files = vec![];
    sounds(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/media")), &mut files);
    assert!(files.len() > 40, "{} files", files.len());
    for file in files {
        let read = sound::read(BufReader::new(File::open(&file).unwrap()), "sound").unwrap();
        // Also as other people speak: higher and faster, lower and slower.
        for (keep, of) in [(1, 1), (4, 5), (5, 6), (2, 3)] {
            let kept = read.iter().enumerate().filter(|(place, _)| place % of < keep);
            let higher: Vec<i16> = kept.map(|(_, sample)| *sample).collect();
            assert_eq!(keys(&higher), 0, "{} at {keep}/{of}", file.display());
        }
        let lower: Vec<i16> = read.iter().flat_map(|sample| [*sample; 2]).collect();
        assert_eq!(keys(&lower), 0, "{} lower", file.display());
    }
}
