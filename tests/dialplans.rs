//! The dialplan files of the repository: the demo company's, and every example of the reference.
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hovor::dialplan::{self, Plans, SourceFile, World};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.wav` below `media/`: its path without the ending.
fn sounds() -> BTreeSet<String> {
    fn visit(dir: &Path, media: &Path, sounds: &mut BTreeSet<String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, media, sounds);
            } else if path.extension().is_some_and(|ending| ending == "wav") {
                sounds.insert(
                    path.strip_prefix(media).unwrap().with_extension("").to_str().unwrap().to_owned(),
                );
            }
        }
    }
    let media = root().join("media");
    let mut sounds = BTreeSet::new();
    visit(&media, &media, &mut sounds);
    sounds
}

/// The demo company.
fn demo() -> World {
    World::new()
        .tenant("harbour", ["+420200000100", "100"], ["sales", "support", "anyone"])
        .tenant("summit", ["+420200000200", "110"], ["summit"])
        .extensions(["201", "202", "203", "204", "205", "206"])
        .trunks(["carrier"])
        .sounds(sounds())
}

fn load(files: Vec<SourceFile>) -> Plans {
    dialplan::load(files, &demo()).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

#[test]
fn the_demo_company_answers_its_numbers() {
    let files = ["harbour", "summit", "test-numbers"].map(|name| {
        let path = format!("dialplans/demo/{name}.toml");
        SourceFile::new(&path, fs::read_to_string(root().join(&path)).unwrap())
    });
    let plans = load(files.into());
    assert!(plans.warnings().is_empty(), "{:#?}", plans.warnings());
    let numbers: Vec<&str> = plans.numbers().collect();
    let expected = ["+420200000100", "+420200000200", "100", "110", "111", "600", "601", "602", "603", "604"];
    assert_eq!(numbers, expected);
    let tenant = |number: &str| plans.entry(number).unwrap().plan.tenant.clone();
    assert_eq!(tenant("100").as_deref(), Some("harbour"));
    assert_eq!(tenant("+420200000200").as_deref(), Some("summit"));
    assert_eq!(tenant("600"), None);
}

/// The fenced blocks of this language in a Markdown file, with the line where each begins.
fn blocks(path: &str, language: &str) -> Vec<(usize, String)> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut open {
            None if line == format!("```{language}") => open = Some((number + 2, String::new())),
            None => {}
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some((_, block)) => *block += &format!("{line}\n"),
        }
    }
    blocks
}

#[test]
fn every_example_of_the_reference_is_a_good_file() {
    let blocks = blocks("docs/dialplan.md", "toml");
    assert!(blocks.len() >= 12, "the examples are gone");
    for (line, text) in blocks {
        let plans = load(vec![SourceFile::new(format!("docs/dialplan.md, from line {line}"), text)]);
        assert!(plans.warnings().is_empty(), "{:#?}", plans.warnings());
    }
}

#[test]
fn the_reference_shows_problems_as_they_are_drawn() {
    let (_, text) = blocks("docs/dialplan.md", "toml,broken").remove(0);
    let (_, picture) = blocks("docs/dialplan.md", "text").remove(0);
    let problems = dialplan::load(vec![SourceFile::new("dialplans/office.toml", text)], &demo()).unwrap_err();
    let drawn: String = problems.iter().map(ToString::to_string).collect();
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&picture), trimmed(&drawn));
}

#[test]
fn every_verb_stands_in_the_reference() {
    let text = fs::read_to_string(root().join("docs/dialplan.md")).unwrap();
    for verb in dialplan::verbs() {
        assert!(text.contains(&format!("### {verb}\n")), "no section for `{verb}`");
    }
}

/// The samples of a sound, from -1 to 1.
fn samples(name: &str) -> Vec<f64> {
    let mut file = hound::WavReader::open(root().join("media").join(name).with_extension("wav")).unwrap();
    let spec = file.spec();
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 16_000, 16), "{name}");
    file.samples::<i16>().map(|sample| f64::from(sample.unwrap()) / 32_768.0).collect()
}

/// The level in dBFS of what is not silence.
fn level(samples: &[f64]) -> f64 {
    let powers =
        samples.chunks(320).map(|frame| frame.iter().map(|s| s * s).sum::<f64>() / frame.len() as f64);
    let loud: Vec<f64> = powers.filter(|power| *power > 0.005f64.powi(2)).collect();
    10.0 * (loud.iter().sum::<f64>() / loud.len() as f64).log10()
}

#[test]
fn prompts_and_music_are_of_one_loudness_and_never_clipped() {
    let sounds = sounds();
    assert!(sounds.len() > 60);
    for name in sounds {
        let samples = samples(&name);
        let aim = if name.starts_with("music/") { -20.0 } else { -19.0 };
        let found = level(&samples);
        assert!((found - aim).abs() < 1.0, "{name}: {found:.1} dBFS");
        assert!(samples.iter().all(|sample| sample.abs() < 0.97), "{name} is clipped");
    }
}

#[test]
fn music_goes_over_its_joint_without_a_click() {
    for name in ["music/harbour", "music/summit"] {
        let samples = samples(name);
        assert!((20.0..40.0).contains(&(samples.len() as f64 / 16_000.0)), "{name}");
        let bend = |a: f64, b: f64, c: f64| (a - 2.0 * b + c).abs();
        let mut bends: Vec<f64> = samples.windows(3).map(|w| bend(w[0], w[1], w[2])).collect();
        bends.sort_by(f64::total_cmp);
        let usual = bends[bends.len() * 99 / 100];
        let (last, end) = (samples[samples.len() - 2], samples[samples.len() - 1]);
        assert!(bend(last, end, samples[0]) <= usual, "{name} clicks at its end");
        assert!(bend(end, samples[0], samples[1]) <= usual, "{name} clicks at its beginning");
    }
}
