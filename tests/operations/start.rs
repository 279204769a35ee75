//! What stands in the way of a start is named, with a way out; what can be survived is survived.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::company::Company;
use crate::support::wait_for;

#[test]
fn a_second_start_on_the_same_data_says_so_and_the_first_goes_on() {
    let company = Company::serving();
    let error = company.serve_fails(&[]);
    assert!(error.contains("hovor runs already with the data folder"), "{error}");
    let elsewhere = ["--sip", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let error = company.serve_fails(&elsewhere);
    assert!(error.contains("hovor runs already with the data folder"), "{error}");
    let list = company.hovor(&["tenant", "list"]).output().unwrap();
    assert!(list.status.success(), "{list:?}");
}

#[test]
fn a_start_after_a_crash_finds_its_way() {
    let mut company = Company::serving();
    let mut process = company.process.take().unwrap();
    process.signal(libc::SIGKILL);
    process.wait(Duration::from_secs(5));
    assert!(company.data().join("hovor.sock").exists(), "a crash leaves it behind");
    company.process = Some(company.start(&["serve"]));
    company.wait_until_it_serves();
    let list = company.hovor(&["tenant", "list"]).output().unwrap();
    assert!(list.status.success(), "{list:?}");
}

#[test]
fn an_address_that_cannot_be_had_is_named_with_its_option() {
    let company = Company::new();
    let udp = UdpSocket::bind(("127.0.0.1", company.sip_port)).unwrap();
    let error = company.serve_fails(&[]);
    let wanted = format!("UDP 127.0.0.1:{}", company.sip_port);
    assert!(error.contains(&wanted) && error.contains("another hovor") && error.contains("--sip"), "{error}");
    drop(udp);
    let tcp = TcpListener::bind(("127.0.0.1", company.http_port)).unwrap();
    let error = company.serve_fails(&[]);
    assert!(error.contains("another program listens there") && error.contains("--http"), "{error}");
    drop(tcp);
    // An address for documentation (RFC 5737), which no machine has.
    let error = company.serve_fails(&["--sip", "198.51.100.77:5060"]);
    assert!(error.contains("no such address") && error.contains("0.0.0.0"), "{error}");
}

#[test]
fn where_no_company_was_set_up_the_start_says_how_and_leaves_nothing_behind() {
    let company = Company::empty();
    let error = company.serve_fails(&[]);
    assert!(error.contains("there is no company") && error.contains("hovor init --data"), "{error}");
    assert!(!company.data().exists());
}

#[test]
fn missing_prompts_are_a_reason_not_to_start() {
    let company = Company::new();
    let error = company.serve_fails(&["--media", "nowhere"]);
    assert!(
        error.contains("there is no folder nowhere with prompts") && error.contains("--media"),
        "{error}"
    );
}

#[test]
fn the_demo_s_data_is_never_served_as_a_company() {
    let mut company = Company::empty();
    let plans = concat!(env!("CARGO_MANIFEST_DIR"), "/dialplans/demo");
    company.process = Some(company.start(&["serve", "--demo", "--dialplans", plans]));
    company.wait_until_it_serves();
    company.process.take().unwrap().stop(Duration::from_secs(10));
    let error = company.serve_fails(&[]);
    assert!(error.contains("holds the demo company") && error.contains("hovor init --data"), "{error}");
    let init = company.hovor(&["init", "Acme"]).output().unwrap();
    let error = String::from_utf8(init.stderr).unwrap();
    assert!(!init.status.success() && error.contains("another folder"), "{error}");
}

#[test]
fn a_database_that_cannot_be_used_is_named_without_its_password() {
    let company = Company::new();
    let error = company.serve_fails(&["--database", "mysql://hovor:geheim@127.0.0.1/hovor"]);
    assert!(error.contains("mysql://…@127.0.0.1/hovor") && !error.contains("geheim"), "{error}");
}

#[test]
fn a_postgresql_that_cannot_be_reached_is_named_with_what_to_check() {
    let company = Company::new();
    let port = company.ports.one();
    let url = format!("postgres://hovor:geheim@127.0.0.1:{port}/hovor");
    let error = company.serve_fails(&["--database", &url]);
    let wanted = format!("PostgreSQL at 127.0.0.1, port {port}, cannot be reached");
    assert!(error.contains(&wanted) && error.contains("check that it runs there"), "{error}");
    assert!(error.contains("refused") && !error.contains("geheim"), "{error}");
}

#[test]
fn the_name_of_the_demo_company_is_not_taken_however_it_is_written() {
    for name in ["Demo", " Demo "] {
        let company = Company::empty();
        let made = company.hovor(&["init", name]).output().unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(!made.status.success() && said.contains("choose another name"), "{name:?}: {said}");
    }
}

#[test]
fn broken_dialplan_files_are_shown_and_survived_and_a_signal_reads_the_mended_ones() {
    let mut company = Company::new();
    let file = company.data().join("dialplans/office.toml");
    let plan = "numbers = [\"700\"]\nstart = \"hello\"\n\n[hello]\nplay = \"welcme\"\nthen = \"hangup\"\n";
    std::fs::write(&file, plan).unwrap();
    company.process = Some(company.start(&["serve"]));
    company.wait_until_it_serves();
    let (status, health) = company.health();
    let problem = health["dialplans"].as_str().unwrap();
    assert_eq!(status, 503);
    assert!(problem.contains("office.toml:5:8") && problem.contains("welcome"), "{problem}");
    let log = company.process.as_ref().unwrap().log();
    assert!(log.contains("office.toml:5:8"), "{log}");
    std::fs::write(&file, plan.replace("welcme", "welcome")).unwrap();
    company.process.as_ref().unwrap().signal(libc::SIGHUP);
    wait_for("the mended files", Duration::from_secs(10), || (company.health().0 == 200).then_some(()));
}

#[test]
fn a_dialplan_folder_that_is_none_is_survived_too() {
    let mut company = Company::new();
    company.process = Some(company.start(&["serve", "--dialplans", "nowhere"]));
    company.wait_until_it_serves();
    let (status, health) = company.health();
    assert_eq!(status, 503);
    assert!(health["dialplans"].as_str().unwrap().contains("nowhere is no folder"), "{health}");
}

#[test]
fn the_web_is_served_over_tls_with_a_certificate_that_hovor_makes_for_the_names_it_is_told() {
    let mut company = Company::new();
    let https = format!("127.0.0.1:{}", company.ports.one());
    let names = ["--https", &https, "--tls-self-signed", "localhost,127.0.0.1"];
    company.process = Some(company.start(&[&["serve"], &names[..]].concat()));
    company.wait_until_it_serves();
    let own = company.data().join("tls/self-signed.crt");
    let ask = |ca: &Path, host: &str| {
        let page = format!("https://{host}:{}/healthz", https.rsplit_once(':').unwrap().1);
        Command::new("curl").args(["-sS", "--cacert"]).arg(ca).arg(page).output().unwrap()
    };
    // Somebody who says nothing delays nobody.
    let silent = TcpStream::connect(&https).unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let page = ask(&own, host);
        assert!(String::from_utf8_lossy(&page.stdout).contains("\"ok\":true"), "{page:?}");
    }
    drop(silent);
    let stranger = ask(Path::new("/etc/ssl/certs/ca-certificates.crt"), "localhost");
    assert!(!stranger.status.success(), "nobody else vouches for it: {stranger:?}");
}
