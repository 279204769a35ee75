//! Whether concealment earns its place: PESQ of real speech that lost packets on its way through the media engine.
//!
//! Recordings in three languages are sent as packets of G.711 to a worker of the engine, which takes them in, puts
//! them in time, decodes, conceals, mixes and sends them on. They are heard twice: with packets lost, and with
//! silence in the place of the same packets. Both are held against the recording.

#[path = "../support/mod.rs"]
mod support;

mod line;
mod loss;

use std::path::Path;
use std::process::Command;

use hovor::entropy::Entropy;
use line::Lost;
use loss::Loss;
use support::audio::Sound;
use support::folder::Folder;

/// What is said: two prompts one after the other, about ten seconds (P.862 asks for 8 to 12).
const RECORDINGS: [[&str; 2]; 6] = [
    ["cs/away", "cs/closed"],
    ["cs/holiday", "cs/busy"],
    ["de/away", "de/closed"],
    ["de/holiday", "de/busy"],
    ["en/away", "en/closed"],
    ["en/holiday", "en/busy"],
];

/// How often each recording is sent with each kind and rate of loss, each time losing other packets.
const ROUNDS: u64 = 2;

/// How much better than silence concealed speech has to be, in MOS.
const GAIN: f64 = 0.3;

/// How packets get lost, and how many of them.
const LOSSES: [(Loss, f64); 4] =
    [(Loss::Single, 0.02), (Loss::Single, 0.1), (Loss::Bursts, 0.02), (Loss::Bursts, 0.1)];

#[test]
fn concealed_speech_is_better_than_speech_with_holes_by_three_tenths_of_pesq() {
    let mut scores = vec![];
    for (number, prompts) in (0..).zip(RECORDINGS) {
        let said = recording(prompts);
        let mut heard = vec![line::hear(&said, &[], Lost::Missing)];
        for (loss, rate) in LOSSES {
            for round in 0..ROUNDS {
                let mut entropy = Entropy::from_number(100 * number + round);
                let lost = loss.packets(rate, line::packets(&said), &mut entropy);
                heard.extend([Lost::Missing, Lost::Silent].map(|kind| line::hear(&said, &lost, kind)));
            }
        }
        scores.push(pesq(&said, &heard));
    }
    let clean: Vec<f64> = scores.iter().map(|of| of[0]).collect();
    println!("nothing lost: {:.2}", mean(&clean));
    for (place, (loss, rate)) in LOSSES.into_iter().enumerate() {
        let per_loss = 2 * ROUNDS as usize;
        let pairs = scores.iter().flat_map(|of| of[1 + place * per_loss..][..per_loss].chunks(2));
        let (concealed, silent): (Vec<f64>, Vec<f64>) = pairs.map(|pair| (pair[0], pair[1])).unzip();
        let (concealed, silent) = (mean(&concealed), mean(&silent));
        let line = format!("{loss:?} {rate}: concealed {concealed:.2}, silent {silent:.2}");
        println!("{line}");
        assert!(silent < mean(&clean) - 0.3, "{line}: nothing is lost");
        assert!(concealed >= silent + GAIN, "{line}");
    }
}

/// Prompts as a telephone carries them, with the silence after them in which the last word arrives.
fn recording(prompts: [&str; 2]) -> Sound {
    let media = Path::new(env!("CARGO_MANIFEST_DIR")).join("media/prompts");
    let [first, second] = prompts.map(|name| Sound::read(&media.join(format!("{name}.wav"))).at_8_khz());
    first.then(&second).then(&Sound::silence(0.5))
}

/// What PESQ gives each sound against what was said.
fn pesq(said: &Sound, heard: &[Sound]) -> Vec<f64> {
    let (here, folder) = (Path::new(env!("CARGO_MANIFEST_DIR")), Folder::new("pesq"));
    said.write(&folder.join("said.wav"));
    let mut command = Command::new(here.join("target/test-tools/venv/bin/python"));
    command.arg(here.join("tests/speech_quality/pesq.py")).arg(folder.join("said.wav"));
    for (number, sound) in heard.iter().enumerate() {
        let path = folder.join(&format!("heard-{number}.wav"));
        sound.write(&path);
        command.arg(path);
    }
    let output = command.output().expect("the tests' own Python: make tools");
    let printed = String::from_utf8_lossy(&output.stdout);
    let scores: Vec<f64> = printed.lines().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(scores.len(), heard.len(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    scores
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
