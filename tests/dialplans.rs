//! The dialplan files of the repository: the demo company's, and every example of the reference.
#[path = "dialplans/tools.rs"]
mod tools;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hovor::dialplan::{self, Facts, Input, Plans, RecordOutcome, Run, Sound, SourceFile, Step, World};
use hovor::time::{Epoch, Time, UnixMs};

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
        .mailboxes("harbour", ["anna", "201", "sales", "8200"])
        .extensions(["201", "202", "203", "204", "205", "206"])
        .trunks(["carrier"])
        .sounds(sounds())
        .http("crm.example.com".parse().unwrap())
        .speech(true)
}

fn load(files: Vec<SourceFile>) -> Plans {
    dialplan::load(files, &demo()).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn demo_plans() -> Plans {
    load(
        ["harbour", "summit", "test-numbers", "voicemail"]
            .map(|name| {
                let path = format!("dialplans/demo/{name}.toml");
                SourceFile::new(&path, fs::read_to_string(root().join(&path)).unwrap())
            })
            .into(),
    )
}

#[test]
fn the_demo_company_answers_its_numbers() {
    let plans = demo_plans();
    assert!(plans.warnings().is_empty(), "{:#?}", plans.warnings());
    let numbers: Vec<&str> = plans.numbers().collect();
    let expected = [
        "*97",
        "+420200000100",
        "+420200000200",
        "100",
        "110",
        "111",
        "600",
        "601",
        "602",
        "603",
        "604",
        "610",
        "611",
        "612",
        "613",
        "614",
        "615",
        "616",
        "617",
        "618",
        "619",
        "620",
        "621",
        "622",
    ];
    assert_eq!(numbers, expected);
    let tenant = |number: &str| plans.entry(number).unwrap().plan.tenant.clone();
    assert_eq!(tenant("100").as_deref(), Some("harbour"));
    assert_eq!(tenant("+420200000200").as_deref(), Some("summit"));
    assert_eq!(tenant("600"), None);
}

/// Goes through the plan of a number from a moment (milliseconds since 1970): sounds end as soon as
/// they begin, except the prompts of menus, where these keys are pressed in turn. Gives the steps up
/// to where only somebody else can bring the call on.
fn walk(number: &str, at: i64, keys: &str) -> Vec<Step> {
    let entry = demo_plans().entry(number).unwrap();
    let mut run = Run::start(entry, Facts::default(), Epoch(UnixMs(at)), Time::ZERO);
    let (mut steps, mut keys, mut now) = (Vec::new(), keys.chars(), Time::ZERO);
    loop {
        let mut answer = None;
        while let Some(step) = run.poll_output() {
            match &step {
                Step::Answer => answer = Some(Input::Answered),
                Step::Play { playback, repeat: false, .. } => {
                    answer = Some(Input::PlayEnded { playback: *playback })
                }
                Step::Record { recording, .. } => {
                    let (file, ended) = ("speech.wav".into(), RecordOutcome::Silence);
                    answer =
                        Some(Input::Recorded { recording: *recording, file, ms: 1, spoken_ms: 1, ended });
                }
                _ => answer = None,
            }
            steps.push(step);
        }
        match answer {
            _ if run.is_over() => return steps,
            Some(input) => run.handle(input, now),
            None if steps.iter().any(|step| matches!(step, Step::Queue { .. })) => return steps,
            None => match (keys.next(), run.poll_timeout()) {
                (Some(key), _) => run.handle(Input::Digit(key), now),
                (None, Some(at)) => {
                    now = at;
                    run.handle_timeout(now);
                }
                (None, None) => return steps,
            },
        }
    }
}

fn queue(group: &str) -> Step {
    Step::Queue { group: group.into(), priority: 0 }
}

fn plays(steps: &[Step], name: &str) -> bool {
    let names = |sound: &Sound| matches!(sound, Sound::File(file) if file == name);
    steps.iter().any(|step| matches!(step, Step::Play { sounds, .. } if sounds.iter().any(names)))
}

/// Monday 2026-11-23, 10:00 in Prague.
const MONDAY: i64 = 1_795_424_400_000;
/// Friday 2026-12-25, 10:00 in Prague.
const CHRISTMAS: i64 = MONDAY + 32 * 86_400_000;

#[test]
fn keys_lead_callers_of_harbour_to_their_groups() {
    for (keys, group) in
        [("1", "sales"), ("2", "support"), ("0", "anyone"), ("92", "support"), ("", "anyone")]
    {
        let steps = walk("100", MONDAY, keys);
        assert!(plays(&steps, "prompts/en/harbour/welcome"));
        assert!(steps.contains(&queue(group)), "{keys}: {steps:#?}");
        assert!(plays(&steps, "music/harbour"));
    }
}

#[test]
fn callers_of_summit_hear_of_holidays_and_reach_the_desk_all_the_same() {
    let ordinary = walk("110", MONDAY, "");
    assert!(plays(&ordinary, "prompts/en/summit/welcome") && plays(&ordinary, "music/summit"));
    assert!(ordinary.contains(&queue("summit")));
    let holiday = walk("110", CHRISTMAS, "1");
    assert!(plays(&holiday, "prompts/en/summit/holiday") && holiday.contains(&queue("summit")));
    let closed = walk("111", MONDAY, "");
    assert!(plays(&closed, "prompts/en/summit/closed"));
    assert!(matches!(closed.last(), Some(Step::Hangup { cause: dialplan::Cause::Normal, .. })));
}

#[test]
fn test_numbers_do_what_their_names_say() {
    assert!(walk("600", MONDAY, "").contains(&Step::Echo));
    assert!(plays(&walk("601", MONDAY, "12"), "music/harbour"));
    let tone = Sound::Tone { hz: 1004.0, dbm0: -16.0, ms: None };
    let plays_tone =
        |step: &Step| matches!(step, Step::Play { sounds, repeat: true, .. } if sounds.iter().eq([&tone]));
    assert!(walk("602", MONDAY, "").iter().any(plays_tone));
    let spoken = walk("603", MONDAY, "");
    let said = Sound::Recording("speech.wav".into());
    assert!(spoken.iter().any(|step| matches!(step, Step::Play { sounds, .. } if sounds.contains(&said))));
    let read_back = walk("604", MONDAY, "7#1");
    for key in ["7", "hash", "1"] {
        assert!(plays(&read_back, &format!("prompts/en/digits/{key}")), "{key}");
    }
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

/// The samples of a sound, from -1 to 1, and its rate.
fn samples(name: &str) -> (Vec<f64>, usize) {
    let mut file = hound::WavReader::open(root().join("media").join(name).with_extension("wav")).unwrap();
    let spec = file.spec();
    assert_eq!((spec.channels, spec.bits_per_sample), (1, 16), "{name}");
    assert!([8_000, 16_000].contains(&spec.sample_rate), "{name}");
    let samples = file.samples::<i16>().map(|sample| f64::from(sample.unwrap()) / 32_768.0);
    (samples.collect(), spec.sample_rate as usize)
}

/// The level in dBFS of what is not silence.
fn level(samples: &[f64], rate: usize) -> f64 {
    let powers =
        samples.chunks(rate / 50).map(|frame| frame.iter().map(|s| s * s).sum::<f64>() / frame.len() as f64);
    let loud: Vec<f64> = powers.filter(|power| *power > 0.005f64.powi(2)).collect();
    10.0 * (loud.iter().sum::<f64>() / loud.len() as f64).log10()
}

#[test]
fn prompts_and_music_are_of_one_loudness_and_never_clipped() {
    let sounds = sounds();
    assert!(sounds.len() > 480);
    for name in sounds {
        let (samples, rate) = samples(&name);
        let aim = if name.starts_with("music/") { -20.0 } else { -19.0 };
        let found = level(&samples, rate);
        assert!((found - aim).abs() < 1.0, "{name}: {found:.1} dBFS");
        assert!(samples.iter().all(|sample| sample.abs() < 0.97), "{name} is clipped");
    }
}

#[test]
fn prompts_begin_and_end_with_speech_so_that_pieces_follow_one_another() {
    for name in sounds().iter().filter(|name| name.starts_with("prompts/")) {
        let (samples, rate) = samples(name);
        let quiet = |sample: &&f64| sample.abs() < 0.006;
        let before = samples.iter().take_while(quiet).count() * 1_000 / rate;
        let after = samples.iter().rev().take_while(quiet).count() * 1_000 / rate;
        assert!(before <= 60 && after <= 140, "{name}: {before} ms before, {after} ms after");
    }
}

#[test]
fn every_text_is_spoken_and_every_prompt_is_in_the_texts() {
    for language in ["en", "cs", "de"] {
        let path = root().join(format!("media/texts/{language}.tsv"));
        let text = fs::read_to_string(path).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let names = lines.map(|line| format!("prompts/{language}/{}", line.split_once('\t').unwrap().0));
        let mut written: BTreeSet<String> = names.collect();
        written.insert(format!("prompts/{language}/beep"));
        let folder = format!("prompts/{language}/");
        let spoken: BTreeSet<String> =
            sounds().into_iter().filter(|name| name.starts_with(&folder)).collect();
        assert_eq!(written.symmetric_difference(&spoken).collect::<Vec<_>>(), [""; 0]);
    }
}

#[test]
fn music_goes_over_its_joint_without_a_click() {
    for name in ["music/harbour", "music/summit"] {
        let (samples, _) = samples(name);
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

#[test]
fn the_worked_examples_are_good_files_each_and_all_together() {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join("dialplans/examples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_str().is_some_and(|path| !path.ends_with(".test.toml")));
    paths.sort();
    let read =
        |path: &PathBuf| SourceFile::new(path.display().to_string(), fs::read_to_string(path).unwrap());
    let plans = load(paths.iter().map(read).collect());
    assert!(plans.plans().len() >= 2);
    assert!(plans.warnings().is_empty(), "{:#?}", plans.warnings());
}
