//! SIPVicious: svmap looks for servers, svwar for users, svcrack for passwords. Each runs as it is, and in disguise.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::company::Company;
use crate::support::process::Process;
use crate::victim::{SECRET, Wire, metric, says, status, victim};

/// Runs a program of SIPVicious against a company; gives what it printed. In disguise it bears the name of a phone.
fn sipvicious(company: &Company, program: &str, disguised: bool, arguments: &[&str]) -> String {
    let home = company.folder.join(if disguised { "disguised" } else { "plain" });
    let package = home.join("sipvicious");
    if !package.exists() {
        fs::create_dir_all(&home).unwrap();
        let copied =
            Command::new("cp").arg("-r").arg("/usr/share/sipvicious/sipvicious").arg(&package).status();
        assert!(copied.unwrap().success(), "sipvicious is not installed");
        let helper = package.join("libs/svhelper.py");
        let text = fs::read_to_string(&helper).unwrap();
        let name = if disguised { "Phone 1.0" } else { "friendly-scanner" };
        fs::write(&helper, text.replace("friendly-scanner", name)).unwrap();
    }
    let log = company.folder.join(&format!("{program}-{disguised}.log"));
    let mut command = Command::new("/usr/bin/python3");
    command
        .args(["-B", "-c", &format!("from sipvicious.{program} import main; main()")])
        .args(arguments)
        .env("PYTHONPATH", &home)
        .env("HOME", &home)
        .current_dir(&home);
    let mut process = Process::start(&mut command, &log);
    process.wait(Duration::from_secs(120));
    drop(process);
    fs::read_to_string(Path::new(&log)).unwrap()
}

#[test]
fn svmap_svwar_and_svcrack_get_no_answer_at_all() {
    let company = victim(&[]);
    let port = company.sip_port.to_string();
    let found = sipvicious(&company, "svmap", false, &["-p", &port, "127.0.0.1"]);
    assert!(!found.contains("hovor"), "{found}");
    let target = format!("127.0.0.1:{port}");
    let found = sipvicious(
        &company,
        "svwar",
        false,
        &["-p", &port, "-e", "200-202", "--force", "--maximumtime=2", "127.0.0.1"],
    );
    assert!(!found.contains("reqauth") && !found.contains("weird"), "{target}: {found}");
    let dictionary = company.folder.join("words");
    fs::write(&dictionary, format!("1234\n{SECRET}\n")).unwrap();
    let words = dictionary.to_string_lossy().into_owned();
    let found = sipvicious(
        &company,
        "svcrack",
        false,
        &["-p", &port, "-u", "201", "-d", &words, "--maximumtime=2", "127.0.0.1"],
    );
    assert!(!found.contains(SECRET), "{found}");
    assert!(metric(&company, "hovor_sip_unanswered_total{reason=\"scanner\"}") >= 3.0);
    assert_eq!(says(&company, &["bans"]).trim(), "nobody is banned");
}

#[test]
fn in_disguise_svwar_cannot_tell_users_apart() {
    let company = victim(&[]);
    let port = company.sip_port.to_string();
    for method in ["REGISTER", "INVITE", "OPTIONS"] {
        let found = sipvicious(
            &company,
            "svwar",
            true,
            &["-p", &port, "-e", "199-203", "-m", method, "--force", "--maximumtime=3", "127.0.0.1"],
        );
        let told = |extension: &str| {
            let line = found.lines().find(|line| line.contains(&format!("| {extension} ")));
            line.map(|line| line.replace(extension, "EXT"))
        };
        assert_eq!(told("201"), told("199"), "{method}: {found}");
        assert_eq!(told("201"), told("203"), "{method}: {found}");
    }
}

#[test]
fn in_disguise_svcrack_is_banned_before_it_gets_far() {
    let company = victim(&[]);
    let port = company.sip_port.to_string();
    let dictionary = company.folder.join("words");
    let mut words: Vec<String> = (0..200).map(|number| format!("word{number}")).collect();
    words.push(SECRET.to_owned());
    fs::write(&dictionary, words.join("\n")).unwrap();
    let list = dictionary.to_string_lossy().into_owned();
    let found = sipvicious(
        &company,
        "svcrack",
        true,
        &["-p", &port, "-u", "201", "-d", &list, "--maximumtime=3", "127.0.0.1"],
    );
    assert!(!found.contains(SECRET), "{found}");
    assert_eq!(metric(&company, "hovor_sip_bans_total"), 1.0);
    let mut phone = Wire::to(company.sip_port);
    assert!(phone.register("201", SECRET).is_none(), "the ban stands");
    says(&company, &["bans", "lift", "127.0.0.1"]);
    assert_eq!(status(&phone.register("201", SECRET).unwrap().0), 200);
}
