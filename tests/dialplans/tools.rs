//! Drawings, trials and scenarios of the repository's dialplan files.
//!
//! The pictures and walks stand in `tests/golden`. `HOVOR_GOLDEN=write` writes them anew; look at the
//! difference before you keep it.

use std::collections::BTreeMap;
use std::time::Duration;

use hovor::dialplan::trial::{Caller, Clock, Dialled, Keys, Queued, Sounds, When, test, walk};

use super::*;

/// The dialplan files of the repository, by the names of their pictures, and the plans of each.
fn corpus() -> Vec<(String, Plans)> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in ["dialplans/demo", "dialplans/examples", "tests/dialplans/large"] {
        let Ok(entries) = fs::read_dir(root().join(folder)) else { continue };
        paths.extend(entries.map(|entry| entry.unwrap().path()));
    }
    let is_dialplan = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.ends_with(".toml") && !name.ends_with(".test.toml")
    };
    paths.retain(is_dialplan);
    paths.sort();
    let plans = |path: PathBuf| {
        let shown = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, load(vec![SourceFile::new(shown, fs::read_to_string(&path).unwrap())]))
    };
    paths.into_iter().map(plans).collect()
}

/// Holds a text against the one that is kept.
fn golden(name: &str, text: &str) {
    let path = root().join("tests/golden").join(name);
    if std::env::var_os("HOVOR_GOLDEN").is_some_and(|value| value == "write") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} is not as it was; HOVOR_GOLDEN=write writes it anew:\n{text}", path.display());
}

/// Lengths as the headers of the files give them, and the words of prompts.
fn known_sounds() -> Sounds {
    let mut known = Sounds::default();
    for name in sounds() {
        let file = hound::WavReader::open(root().join(format!("media/{name}.wav"))).unwrap();
        let length = f64::from(file.duration()) / f64::from(file.spec().sample_rate);
        known.lengths.insert(name, Duration::from_secs_f64(length));
    }
    known.texts = BTreeMap::from([("prompts/en/welcome".into(), "Welcome.".into())]);
    known
}

#[test]
fn drawings_are_as_they_were() {
    let corpus = corpus();
    assert!(corpus.len() >= 4);
    for (name, plans) in corpus {
        let chart = plans.chart(&plans.plans()[0]);
        golden(&format!("draw/{name}.mmd"), &chart.mermaid());
        golden(&format!("draw/{name}.svg"), &chart.svg());
    }
}

#[test]
fn trials_are_as_they_were() {
    let sounds = known_sounds();
    for (name, plans) in corpus() {
        let mut text = String::new();
        for number in plans.numbers() {
            let entry = plans.entry(number).unwrap();
            let clock = Clock::of(entry.plan.timezone.as_deref());
            for (at, press, queue, dial) in [
                ("2026-11-23T10:00", "", "served", "served"),
                ("2026-12-24T18:05", "1,2,1", "full", "busy"),
                ("2026-11-23T22:00", "2,#,9@1s", "waits", "no-answer"),
            ] {
                let mut caller = Caller::new(number, clock.moment(When::read(at).unwrap()));
                caller.number = "+420777123456".into();
                caller.keys = Keys::list(press).unwrap();
                caller.queues = vec![Queued::read(queue).unwrap()];
                caller.dials = vec![Dialled::read(dial).unwrap()];
                let walk = walk(entry.clone(), &caller, &sounds);
                text += &format!("# press {press:?}, queue {queue}, dial {dial}\n{}\n", walk.report());
            }
        }
        golden(&format!("try/{name}.txt"), &text);
    }
}

#[test]
fn the_scenarios_beside_the_files_pass_and_leave_no_node_out() {
    let sounds = known_sounds();
    for folder in ["dialplans/demo", "dialplans/examples"] {
        for file in fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            if file.to_str().is_some_and(|name| name.ends_with(".test.toml")) {
                continue;
            }
            let path = file.with_extension("test.toml");
            assert!(path.exists(), "{} has no scenarios: write {}", file.display(), path.display());
            let plans =
                load(vec![SourceFile::new(file.display().to_string(), fs::read_to_string(&file).unwrap())]);
            let table = SourceFile::new(path.display().to_string(), fs::read_to_string(&path).unwrap());
            let verdict = test(&[table], &plans, &sounds);
            assert!(verdict.passed(), "{}", verdict.report(false));
            assert!(verdict.coverage[0].unreached.is_empty(), "{}", verdict.report(false));
        }
    }
}

#[test]
fn every_example_of_scenarios_in_the_reference_can_be_tried() {
    let sounds = known_sounds();
    for (line, text) in blocks("docs/dialplan.md", "toml,scenarios") {
        let table = SourceFile::new(format!("docs/dialplan.md, from line {line}"), text);
        let verdict = test(&[table], &demo_plans(), &sounds);
        assert!(verdict.passed() && !verdict.scenarios.is_empty(), "{}", verdict.report(false));
    }
}
