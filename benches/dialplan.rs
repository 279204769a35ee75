//! What dialplans cost: reading files, one event of a caller, and trying scenarios.
//!
//! `cargo bench --bench dialplan`

use std::path::{Path, PathBuf};
use std::time::Duration;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hovor::dialplan::trial::{Sounds, test};
use hovor::dialplan::{self, Facts, Input, Plans, Run, SourceFile, Step, World};
use hovor::server::{files, for_demo};
use hovor::time::{Epoch, Time, UnixMs};

fn main() {
    divan::main();
}

/// Scenarios of a company that has written down what it promises.
const SCENARIOS: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn world() -> World {
    for_demo(files::sounds(&root().join("media")))
}

fn demo() -> Vec<SourceFile> {
    files::dialplans(&root().join("dialplans/demo")).unwrap()
}

fn plans() -> Plans {
    dialplan::load(demo(), &world()).unwrap()
}

/// Lengths as the headers of the files give them.
fn sounds(plans: &Plans) -> Sounds {
    let mut known = Sounds::default();
    for name in plans.sounds() {
        let path: PathBuf = root().join(format!("media/{name}.wav"));
        let file = hound::WavReader::open(path).unwrap();
        let length = f64::from(file.duration()) / f64::from(file.spec().sample_rate);
        known.lengths.insert(name, Duration::from_secs_f64(length));
    }
    known
}

/// The demo's files: read, held against the company, and put together.
#[divan::bench]
fn load(bencher: Bencher<'_, '_>) {
    let world = world();
    bencher.with_inputs(demo).bench_values(|files| dialplan::load(black_box(files), &world).unwrap());
}

/// A key in the menu of Harbour: one event, and the steps that come of it.
#[divan::bench]
fn step(bencher: Bencher<'_, '_>) {
    let entry = plans().entry("100").unwrap();
    // Monday 2026-11-23, 10:00 in Prague.
    let mut run = Run::start(entry, Facts::default(), Epoch(UnixMs(1_795_424_400_000)), Time::ZERO);
    run.handle(Input::Answered, Time::ZERO);
    // The welcome is heard; the menu asks.
    while let Some(step) = run.poll_output() {
        if let Step::Play { playback, .. } = step
            && run.node() != "main"
        {
            run.handle(Input::PlayEnded { playback }, Time::ZERO);
        }
    }
    assert_eq!(run.node(), "main");
    bencher.with_inputs(|| run.clone()).bench_values(|mut run| {
        run.handle(black_box(Input::Digit('1')), Time::ZERO);
        while let Some(step) = run.poll_output() {
            black_box(step);
        }
        run
    });
}

/// The demo's scenarios, again and again until there are so many: read, walked, and held against what is expected.
#[divan::bench]
fn scenarios(bencher: Bencher<'_, '_>) {
    let plans = plans();
    let sounds = sounds(&plans);
    let tables = files::scenarios(&root().join("dialplans/demo")).unwrap();
    let round = test(&tables, &plans, &sounds);
    assert!(round.passed(), "{}", round.report(false));
    let rounds = SCENARIOS.div_ceil(round.scenarios.len());
    let many: Vec<SourceFile> = (0..rounds).flat_map(|_| tables.clone()).collect();
    let count = rounds * round.scenarios.len();
    bencher.counter(ItemsCount::new(count)).bench(|| test(black_box(&many), &plans, &sounds));
}
