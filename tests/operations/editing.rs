//! Editing dialplan files while the program runs: what is used, what is refused, and the way back.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::Value;

use crate::company::Company;
use crate::support::wait_for;

/// How long an edit may take until it is in force on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn plan(number: &str) -> String {
    format!("numbers = [\"{number}\"]\nstart = \"hello\"\n\n[hello]\nplay = \"welcome\"\nthen = \"hangup\"\n")
}

impl Company {
    fn dialplan(&self, arguments: &[&str]) -> Output {
        self.hovor(&[&["dialplan"][..], arguments].concat()).output().unwrap()
    }

    fn said(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.dialplan(arguments).stdout).unwrap()
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.said(&["status", "--json"])).unwrap()
    }

    #[track_caller]
    fn wait_for_numbers(&self, numbers: &[&str]) {
        wait_for(&format!("{numbers:?} to be answered"), PATIENCE, || {
            (self.status()["numbers"] == serde_json::json!(numbers)).then_some(())
        });
    }

    fn plan_file(&self, name: &str) -> std::path::PathBuf {
        self.data().join("dialplans").join(name)
    }

    fn restart(&mut self) {
        self.process.take().unwrap().stop(Duration::from_secs(10));
        self.process = Some(self.start(&["serve"]));
        self.wait_until_it_serves();
    }
}

#[test]
fn an_edit_is_used_by_itself_and_a_bad_one_is_told_everywhere_even_after_a_restart() {
    let mut company = Company::serving();
    let file = company.plan_file("office.toml");
    fs::write(&file, plan("700")).unwrap();
    company.wait_for_numbers(&["700"]);
    assert_eq!(company.status()["watched_by"], "events");
    fs::write(&file, plan("701").replace("welcome", "welcom")).unwrap();
    wait_for("the refusal", PATIENCE, || (company.health().0 == 503).then_some(()));
    let health = company.health().1["dialplans"].as_str().unwrap().to_owned();
    assert!(health.contains("version 1 is in force") && health.contains("office.toml:5:8"), "{health}");
    let status = company.dialplan(&["status"]);
    let said = String::from_utf8(status.stdout).unwrap();
    assert_eq!(status.status.code(), Some(1));
    for wanted in
        ["version 1 is in force", "numbers: 700", "office.toml:5:8", "────", "did you mean \"welcome\"?"]
    {
        assert!(said.contains(wanted), "{wanted} is not in:\n{said}");
    }
    let log = company.process.as_ref().unwrap().log();
    assert!(log.contains("version 1 stays in force") && log.contains("office.toml:5:8"), "{log}");
    assert_eq!(company.dialplan(&["reload"]).status.code(), Some(1));
    company.restart();
    company.wait_for_numbers(&["700"]);
    let log = company.process.as_ref().unwrap().log();
    assert!(log.contains("VERSION 1 IS IN FORCE instead") && log.contains("office.toml:5:8"), "{log}");
    let difference = company.said(&["diff"]);
    assert!(difference.contains("-play = \"welcome\"\n+play = \"welcom\""), "{difference}");
    let back = company.dialplan(&["rollback"]);
    assert!(back.status.success(), "{back:?}");
    assert_eq!((fs::read_to_string(&file).unwrap(), company.health().0), (plan("700"), 200));
    let history = company.said(&["history"]);
    assert!(history.contains("1 (in force)") && history.contains("replaced"), "{history}");
}

#[test]
fn a_rollback_goes_to_the_version_before_unless_today_s_company_has_no_use_for_it() {
    let company = Company::serving();
    let run = |arguments: &[&str]| assert!(company.hovor(arguments).output().unwrap().status.success());
    run(&["tenant", "add", "harbour"]);
    run(&["group", "add", "sales", "--tenant", "harbour"]);
    let file = company.plan_file("office.toml");
    let queue = "tenant = \"harbour\"\nnumbers = [\"700\"]\nstart = \"q\"\nmusic = \"music/harbour\"\n\n[q]\n\
                 queue = \"sales\"\nelse = \"hangup\"\n";
    fs::write(&file, queue).unwrap();
    assert!(company.dialplan(&["reload"]).status.success());
    fs::write(&file, plan("701")).unwrap();
    assert!(company.dialplan(&["reload"]).status.success());
    assert!(company.dialplan(&["rollback"]).status.success());
    assert_eq!(company.status()["numbers"], serde_json::json!(["700"]));
    assert!(company.dialplan(&["rollback", "2"]).status.success());
    run(&["group", "remove", "sales"]);
    let refused = company.dialplan(&["rollback", "1"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("version 1 is not valid") && said.contains("there is no group `sales`"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), plan("701"));
    let refused = company.dialplan(&["rollback", "99"]);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("there is no version 99"));
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.hooksPath=/dev/null"]);
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_checkout_of_many_files_is_one_change() {
    let company = Company::serving();
    let folder = company.data().join("dialplans");
    git(&folder, &["init", "-q", "-b", "main"]);
    let write = |hundred: u32| {
        for number in 0..40 {
            fs::write(folder.join(format!("{number}.toml")), plan(&(hundred + number).to_string())).unwrap();
        }
    };
    write(700);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "one"]);
    git(&folder, &["checkout", "-qb", "other"]);
    write(800);
    git(&folder, &["commit", "-qam", "two"]);
    assert!(company.dialplan(&["reload"]).status.success());
    let before = company.status()["version"].as_u64().unwrap();
    git(&folder, &["checkout", "-q", "main"]);
    wait_for("the checkout", PATIENCE, || (company.status()["numbers"][0] == "700").then_some(()));
    let status = company.status();
    assert_eq!((status["version"].as_u64(), status["refusals"].as_u64()), (Some(before + 1), Some(0)));
}

#[test]
fn a_folder_that_is_a_link_may_be_turned_and_an_editor_may_write_by_renaming() {
    let mut company = Company::new();
    let (one, two) = (company.folder.join("one"), company.folder.join("two"));
    for (folder, number) in [(&one, "700"), (&two, "800")] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("office.toml"), plan(number)).unwrap();
    }
    let link = company.data().join("dialplans");
    fs::remove_dir(&link).unwrap();
    symlink(&one, &link).unwrap();
    company.process = Some(company.start(&["serve"]));
    company.wait_until_it_serves();
    company.wait_for_numbers(&["700"]);
    // As deployments do it: the new link takes the place of the old one in one step.
    symlink(&two, company.folder.join("next")).unwrap();
    fs::rename(company.folder.join("next"), &link).unwrap();
    company.wait_for_numbers(&["800"]);
    fs::write(two.join("office.toml~new"), plan("801")).unwrap();
    fs::rename(two.join("office.toml~new"), two.join("office.toml")).unwrap();
    company.wait_for_numbers(&["801"]);
    fs::remove_dir_all(&two).unwrap();
    wait_for("the refusal", PATIENCE, || (company.health().0 == 503).then_some(()));
    assert_eq!(company.status()["numbers"], serde_json::json!(["801"]));
    fs::create_dir(&two).unwrap();
    fs::write(two.join("office.toml"), plan("802")).unwrap();
    company.wait_for_numbers(&["802"]);
}

#[test]
fn a_sound_that_was_missing_puts_its_file_in_force_when_it_comes() {
    let mut company = Company::new();
    let media = company.folder.join("media");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("media");
    let copied = Command::new("cp").arg("-r").arg(&from).arg(&media).status().unwrap();
    assert!(copied.success());
    fs::write(company.plan_file("office.toml"), plan("700").replace("welcome", "our-own")).unwrap();
    company.process = Some(company.start(&["serve", "--media", media.to_str().unwrap()]));
    company.wait_until_it_serves();
    assert!(company.health().1["dialplans"].as_str().unwrap().contains("our-own"));
    fs::copy(media.join("prompts/en/welcome.wav"), media.join("prompts/en/our-own.wav")).unwrap();
    company.wait_for_numbers(&["700"]);
    assert_eq!(company.health().0, 200);
}
