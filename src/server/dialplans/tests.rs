//! The keeper with real folders: what is in force after each edit, start and rollback.

use std::fs;
use std::path::PathBuf;

use super::keeper::{Keeper, NoRollback};
use super::version::Origin;
use crate::dialplan::{Plans, World};
use crate::time::UnixMs;

/// A company's folders, and the program's memory of them.
struct Desk {
    at: PathBuf,
    keeper: Keeper,
    world: World,
    now: i64,
    /// What callers meet.
    plans: Plans,
}

impl Drop for Desk {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.at);
    }
}

fn world() -> World {
    World::new()
        .tenant("harbour", ["+420200000100"], ["sales"])
        .sounds(["prompts/en/welcome", "music/harbour"])
}

/// A file that answers a number with so many nodes.
fn plan(number: &str, extra: &str) -> String {
    format!(
        "numbers = [\"{number}\"]\nstart = \"hello\"\n\n[hello]\nplay = \"welcome\"\nthen = \"hangup\"\n{extra}"
    )
}

const QUEUE: &str = "tenant = \"harbour\"\nnumbers = [\"710\"]\nstart = \"q\"\nmusic = \"music/harbour\"\n\n[q]\n\
                     queue = \"sales\"\nelse = \"hangup\"\n";

impl Desk {
    fn new(name: &str) -> Self {
        let at = std::env::temp_dir().join(format!("hovor-keeper-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&at);
        fs::create_dir_all(at.join("dialplans")).unwrap();
        fs::create_dir_all(at.join("media")).unwrap();
        let (keeper, _) = open(&at);
        Self { at, keeper, world: world(), now: 0, plans: Plans::default() }
    }

    /// The program ends and starts again.
    fn restart(&mut self) {
        let (keeper, origin) = open(&self.at);
        self.keeper = keeper;
        self.plans = Plans::default();
        self.read(origin);
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.at.join("dialplans").join(name), text).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.at.join("dialplans").join(name)).unwrap();
    }

    fn on_disk(&self, name: &str) -> String {
        fs::read_to_string(self.at.join("dialplans").join(name)).unwrap()
    }

    fn read(&mut self, origin: Origin) {
        self.keeper.read_files();
        self.check(origin);
    }

    fn check(&mut self, origin: Origin) {
        self.now += 1_000;
        if let Some(plans) = self.keeper.check(&self.world, origin, UnixMs(self.now)) {
            self.plans = plans;
        }
    }

    fn edit(&mut self, name: &str, text: &str) {
        self.write(name, text);
        self.read(Origin::Edit);
    }

    fn roll_back(&mut self, to: Option<u64>) -> Result<(), NoRollback> {
        self.now += 1_000;
        self.plans = self.keeper.roll_back(to, &self.world, UnixMs(self.now))?;
        Ok(())
    }

    fn numbers(&self) -> Vec<&str> {
        self.plans.numbers().collect()
    }

    fn version(&self) -> Option<u64> {
        self.keeper.standing().in_force.as_ref().and_then(|in_force| in_force.version)
    }

    fn history(&self) -> Vec<(u64, String)> {
        self.keeper
            .shelf()
            .newest_first()
            .map(|version| (version.number, version.origin.to_string()))
            .collect()
    }

    fn health(&self) -> String {
        self.keeper.standing().health()
    }
}

fn open(at: &std::path::Path) -> (Keeper, Origin) {
    let versions = at.join("data/dialplan-versions");
    Keeper::open(at.join("dialplans"), at.join("media"), versions, UnixMs(1))
}

fn owned(history: &[(u64, &str)]) -> Vec<(u64, String)> {
    history.iter().map(|(number, origin)| (*number, (*origin).to_owned())).collect()
}

#[test]
fn an_empty_folder_is_a_beginning_and_the_first_file_is_the_first_version() {
    let mut desk = Desk::new("first");
    desk.read(Origin::Start);
    assert_eq!((desk.version(), desk.health().as_str()), (None, "ok"));
    desk.edit("a.toml", &plan("700", ""));
    assert_eq!((desk.version(), desk.numbers()), (Some(1), vec!["700"]));
    assert_eq!(desk.history(), owned(&[(1, "edit")]));
}

#[test]
fn a_bad_edit_keeps_the_old_and_says_file_line_and_column() {
    let mut desk = Desk::new("bad");
    desk.write("a.toml", &plan("700", ""));
    desk.read(Origin::Start);
    desk.edit("a.toml", &plan("700", "").replace("welcome", "welcom"));
    assert_eq!((desk.version(), desk.numbers()), (Some(1), vec!["700"]));
    let health = desk.health();
    assert!(health.contains("version 1 is in force") && health.contains("a.toml:5:8"), "{health}");
    assert!(health.contains("did you mean \"welcome\"?"), "{health}");
    desk.read(Origin::Edit);
    assert_eq!(desk.keeper.standing().refusals, 1, "the same faults are no news");
    desk.edit("a.toml", &plan("701", ""));
    assert_eq!((desk.version(), desk.numbers(), desk.health().as_str()), (Some(2), vec!["701"], "ok"));
}

#[test]
fn all_files_change_together_or_none() {
    let mut desk = Desk::new("together");
    desk.write("a.toml", &plan("700", ""));
    desk.write("b.toml", &plan("710", ""));
    desk.read(Origin::Start);
    desk.write("a.toml", &plan("701", ""));
    desk.write("b.toml", "numbers = [");
    desk.write("c.toml", &plan("720", ""));
    desk.read(Origin::Edit);
    assert_eq!(desk.numbers(), ["700", "710"]);
    desk.edit("b.toml", &plan("711", ""));
    assert_eq!(desk.numbers(), ["701", "711", "720"]);
    let version = desk.keeper.shelf().version(2).unwrap();
    assert_eq!(
        (version.changes.changed.len(), version.changes.added.as_slice()),
        (2, &["c.toml".to_owned()][..])
    );
}

#[test]
fn files_that_are_written_again_as_they_were_are_no_new_version() {
    let mut desk = Desk::new("same");
    desk.write("a.toml", &plan("700", ""));
    desk.read(Origin::Start);
    for _ in 0..3 {
        desk.edit("a.toml", &plan("700", ""));
        desk.restart();
    }
    assert_eq!(desk.history(), owned(&[(1, "start")]));
}

#[test]
fn a_start_with_bad_files_uses_the_last_version_that_was_good() {
    let mut desk = Desk::new("start");
    desk.write("a.toml", &plan("700", ""));
    desk.read(Origin::Start);
    desk.edit("a.toml", &plan("701", ""));
    desk.edit("a.toml", "numbers = [");
    desk.restart();
    assert_eq!((desk.version(), desk.numbers()), (Some(2), vec!["701"]));
    let health = desk.health();
    assert!(health.contains("version 2 is in force") && health.contains("a.toml:1"), "{health}");
    assert_eq!(desk.on_disk("a.toml"), "numbers = [", "nobody's edit is touched");
    desk.edit("a.toml", &plan("702", ""));
    assert_eq!((desk.version(), desk.numbers()), (Some(3), vec!["702"]));
}

#[test]
fn names_that_went_away_leave_the_files_in_force_even_over_a_restart() {
    let mut desk = Desk::new("names");
    desk.write("a.toml", QUEUE);
    desk.read(Origin::Start);
    desk.world = world();
    desk.world.tenants.get_mut("harbour").unwrap().groups.clear();
    desk.check(Origin::Company);
    assert_eq!(desk.numbers(), ["710"]);
    assert!(desk.health().contains("there is no group `sales`"), "{}", desk.health());
    desk.restart();
    assert_eq!((desk.version(), desk.numbers()), (Some(1), vec!["710"]));
    desk.world = world();
    desk.check(Origin::Company);
    assert_eq!((desk.version(), desk.health().as_str()), (Some(1), "ok"));
}

#[test]
fn files_that_wait_for_a_name_are_taken_when_the_company_has_it() {
    let mut desk = Desk::new("wait");
    desk.read(Origin::Start);
    desk.world.tenants.get_mut("harbour").unwrap().groups.clear();
    desk.edit("a.toml", QUEUE);
    assert!(desk.numbers().is_empty());
    desk.world = world();
    desk.check(Origin::Company);
    assert_eq!((desk.numbers(), desk.history()), (vec!["710"], owned(&[(1, "company")])));
}

#[test]
fn a_folder_that_is_suddenly_empty_or_gone_does_not_silence_the_company() {
    let mut desk = Desk::new("gone");
    desk.write("a.toml", &plan("700", ""));
    desk.read(Origin::Start);
    desk.remove("a.toml");
    desk.read(Origin::Edit);
    assert_eq!(desk.numbers(), ["700"]);
    assert!(desk.health().contains("no dialplan file any more"), "{}", desk.health());
    desk.edit("none.toml", "[numbers]\n");
    assert!(desk.numbers().is_empty() && desk.health() == "ok", "{}", desk.health());
    desk.remove("none.toml");
    desk.edit("a.toml", &plan("700", ""));
    desk.remove("a.toml");
    fs::remove_dir(desk.at.join("dialplans")).unwrap();
    desk.restart();
    assert_eq!(desk.numbers(), ["700"]);
    assert!(desk.health().contains("is no folder"), "{}", desk.health());
    desk.roll_back(None).unwrap();
    assert_eq!((desk.on_disk("a.toml"), desk.health().as_str()), (plan("700", ""), "ok"));
}

#[test]
fn a_rollback_makes_disk_and_force_agree_and_is_a_version_itself() {
    let mut desk = Desk::new("back");
    desk.write("a.toml", &plan("700", ""));
    desk.read(Origin::Start);
    desk.write("a.toml", &plan("701", ""));
    desk.edit("b.toml", &plan("710", ""));
    desk.roll_back(None).unwrap();
    assert_eq!((desk.version(), desk.numbers()), (Some(3), vec!["700"]));
    assert_eq!(desk.on_disk("a.toml"), plan("700", ""));
    assert!(!desk.at.join("dialplans/b.toml").exists());
    desk.read(Origin::Edit);
    assert_eq!(desk.history(), owned(&[(3, "rollback to 1"), (2, "edit"), (1, "start")]));
    desk.roll_back(Some(2)).unwrap();
    assert_eq!(desk.numbers(), ["701", "710"]);
    desk.restart();
    assert_eq!((desk.version(), desk.numbers()), (Some(4), vec!["701", "710"]));
}

#[test]
fn a_rollback_without_a_number_undoes_a_refused_edit_and_keeps_it() {
    let mut desk = Desk::new("undo");
    desk.write("a.toml", &plan("700", ""));
    desk.read(Origin::Start);
    desk.edit("a.toml", "half a thought");
    desk.roll_back(None).unwrap();
    assert_eq!((desk.version(), desk.health().as_str()), (Some(1), "ok"));
    assert_eq!(desk.on_disk("a.toml"), plan("700", ""));
    assert_eq!(desk.history(), owned(&[(2, "replaced"), (1, "start")]));
    assert_eq!(desk.keeper.files_of(2).unwrap()["a.toml"], "half a thought");
    desk.restart();
    assert_eq!(desk.numbers(), ["700"]);
}

#[test]
fn a_version_that_is_not_valid_today_is_refused_with_the_reason_and_nothing_is_touched() {
    let mut desk = Desk::new("invalid");
    desk.write("a.toml", QUEUE);
    desk.read(Origin::Start);
    desk.edit("a.toml", &plan("700", ""));
    desk.world.tenants.get_mut("harbour").unwrap().groups.clear();
    let Err(NoRollback::Invalid(why)) = desk.roll_back(Some(1)) else { panic!("it is not valid") };
    assert!(why.contains("version 1 is not valid") && why.contains("there is no group `sales`"), "{why}");
    assert_eq!((desk.numbers(), desk.on_disk("a.toml")), (vec!["700"], plan("700", "")));
    let Err(NoRollback::Unknown(why)) = desk.roll_back(Some(9)) else { panic!("there is none") };
    assert!(why.contains("hovor dialplan history"), "{why}");
}

#[test]
fn a_rollback_that_a_crash_cut_short_is_completed_by_the_next_start() {
    let mut desk = Desk::new("crash");
    desk.write("a.toml", &plan("700", ""));
    desk.write("b.toml", &plan("710", ""));
    desk.read(Origin::Start);
    desk.write("a.toml", &plan("701", ""));
    desk.edit("b.toml", &plan("711", ""));
    // As far as it came: one file of two is written.
    fs::write(desk.at.join("data/dialplan-versions/rollback.json"), "1").unwrap();
    desk.write("a.toml", &plan("700", ""));
    desk.restart();
    assert_eq!(desk.numbers(), ["700", "710"]);
    assert_eq!(desk.on_disk("b.toml"), plan("710", ""));
    let origins: Vec<_> = desk.history().into_iter().map(|(_, origin)| origin).collect();
    assert_eq!(origins, ["rollback to 1", "replaced", "edit", "start"]);
}

#[test]
fn the_history_ends_at_twenty_and_the_one_in_force_is_always_in_it() {
    let mut desk = Desk::new("twenty");
    desk.read(Origin::Start);
    for number in 0..30 {
        desk.edit("a.toml", &plan(&(700 + number).to_string(), ""));
    }
    assert_eq!(desk.history().len(), 20);
    for number in 0..30 {
        desk.edit("a.toml", &format!("bad {number}"));
        desk.roll_back(None).unwrap();
    }
    assert_eq!(desk.history().len(), 20);
    assert!(desk.keeper.shelf().version(desk.version().unwrap()).is_some());
    assert_eq!((desk.version(), desk.numbers()), (Some(30), vec!["729"]));
    desk.restart();
    assert_eq!((desk.version(), desk.numbers()), (Some(30), vec!["729"]));
}

#[test]
fn versions_that_cannot_be_kept_do_not_hold_an_edit_up() {
    let mut desk = Desk::new("full");
    // A file where the folder would have to be.
    fs::write(desk.at.join("data"), "").unwrap();
    desk.edit("a.toml", &plan("700", ""));
    assert_eq!((desk.version(), desk.numbers(), desk.health().as_str()), (None, vec!["700"], "ok"));
    desk.edit("a.toml", &plan("701", ""));
    assert_eq!(desk.numbers(), ["701"]);
}

#[test]
fn a_sound_with_another_content_is_named_and_a_new_one_is_known() {
    let mut desk = Desk::new("sounds");
    let write = |name: &str, text: &str| fs::write(desk.at.join("media").join(name), text).unwrap();
    write("a.wav", "1");
    write("b.wav", "1");
    assert!(desk.keeper.read_sounds().is_empty());
    write("a.wav", "22");
    write("c.wav", "1");
    assert_eq!(desk.keeper.read_sounds(), ["a"]);
    assert_eq!(desk.keeper.sounds().names.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
}
