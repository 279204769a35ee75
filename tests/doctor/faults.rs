use serde_json::Value;

use crate::provider::{
    Asked, Provider, Reply, alone_at, answered, challenge, complaining_echo, echo, echo_at, lossy_echo,
    status,
};
use crate::support::hovor::Hovor;
use crate::support::name_server;
use crate::support::tls::Authority;

/// What `hovor trunk check` says of a trunk with these options.
struct Checked {
    findings: Vec<Value>,
    text: String,
    ok: bool,
}

impl Checked {
    /// The finding with this fault; it must be in the words too.
    #[track_caller]
    fn finds(&self, fault: &str) -> &Value {
        let finding = self.findings.iter().find(|finding| finding["fault"] == fault);
        let finding = finding.unwrap_or_else(|| panic!("no {fault}: {:#?}", self.findings));
        // The words are of another examination, whose figures are others.
        let advice = finding["advice"].as_str().unwrap();
        assert!(!advice.is_empty() && self.text.contains(advice), "{advice:?} is not in\n{}", self.text);
        finding
    }

    #[track_caller]
    fn bad(&self, fault: &str, words: &str) {
        let finding = self.finds(fault);
        assert_eq!((self.ok, finding["grade"].as_str()), (false, Some("bad")));
        assert!(finding["what"].as_str().unwrap().contains(words), "{finding}");
    }
}

fn check(hovor: &Hovor, host: &str, options: &[&str], check: &[&str]) -> Checked {
    let mut add = vec!["trunk", "add", "provider", "--host", host];
    add.extend(options);
    hovor.cli(&add);
    let json = hovor.run(&[&["trunk", "check", "provider", "--json"], check].concat());
    let words = hovor.run(&[&["trunk", "check", "provider"], check].concat());
    let text = String::from_utf8_lossy(&words.stdout).into_owned();
    let printed = String::from_utf8_lossy(&json.stdout);
    let said = String::from_utf8_lossy(&json.stderr);
    let report: Value =
        serde_json::from_str(&printed).unwrap_or_else(|e| panic!("no JSON ({e}): {printed}{said}"));
    let findings = report["findings"].as_array().unwrap().clone();
    assert_eq!(json.status.success(), report["ok"] == true, "the exit code tells too");
    Checked { findings, text, ok: report["ok"] == true }
}

/// What it says of a provider over UDP that answers so.
fn of(
    answer: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static,
    options: &[&str],
    call: bool,
) -> Checked {
    let hovor = Hovor::start();
    let provider = Provider::udp(&hovor.ports, answer);
    let port = provider.port.to_string();
    let options = [&["--port", &port, "--transport", "udp"], options].concat();
    check(&hovor, "127.0.0.1", &options, if call { &["--call", "+420700"] } else { &[] })
}

const LOGIN: &[&str] = &["--username", "acme", "--register", "true"];

#[test]
fn a_trunk_that_is_well_is_well() {
    let hovor = Hovor::start();
    let media = echo(&hovor.ports);
    let provider = Provider::udp(&hovor.ports, move |asked| match asked.method {
        "INVITE" => answered(asked, "127.0.0.1", media, "8"),
        _ => status(200),
    });
    let port = provider.port.to_string();
    let options = [&["--port", &port, "--transport", "udp"], LOGIN].concat();
    let checked = check(&hovor, "127.0.0.1", &options, &["--call", "+420700"]);
    assert!(checked.ok, "{:#?}", checked.findings);
    let steps: Vec<&str> = checked.findings.iter().filter_map(|finding| finding["step"].as_str()).collect();
    assert_eq!(steps, ["name", "reach", "register", "call", "sound"]);
}

#[test]
fn a_wrong_password() {
    let refuses = |asked: &Asked| if asked.method == "OPTIONS" { status(200) } else { challenge() };
    of(refuses, LOGIN, false).bad("password_missing", "asks for a password");
    let forbids = |asked: &Asked| match (asked.method, asked.proves_a_password()) {
        ("OPTIONS", _) => status(200),
        (_, false) => challenge(),
        (_, true) => status(403),
    };
    let hovor = Hovor::start();
    let provider = Provider::udp(&hovor.ports, forbids);
    let added = format!(
        "echo wrong | {} trunk add provider --host 127.0.0.1 --port {} --transport udp --username acme \
         --register true --password-stdin --data {}",
        env!("CARGO_BIN_EXE_hovor"),
        provider.port,
        hovor.data().display()
    );
    assert!(std::process::Command::new("sh").args(["-c", &added]).status().unwrap().success());
    let output = hovor.run(&["trunk", "check", "provider"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && text.contains("does not accept the user name `acme`"), "{text}");
    assert!(text.contains("hovor trunk set provider --username USER --password-stdin"), "{text}");
}

#[test]
fn a_user_that_the_provider_does_not_know() {
    let unknown = |asked: &Asked| status(if asked.method == "REGISTER" { 404 } else { 200 });
    of(unknown, LOGIN, false).bad("unknown_user", "knows no user `acme`");
}

#[test]
fn a_name_without_services_and_addresses() {
    let ports = crate::support::ports::Ports::claim();
    let dns = name_server::serve(&ports, vec![]).to_string();
    let hovor = Hovor::start_with(&["--dns", &dns]);
    check(&hovor, "sip.nowhere.example", &[], &[]).bad("name_unknown", "sip.nowhere.example");
}

#[test]
fn nobody_who_answers() {
    of(|_| None, &[], false).bad("silent", "does not answer over UDP");
}

#[test]
fn a_closed_port() {
    let hovor = Hovor::start();
    let port = hovor.ports.one().to_string();
    check(&hovor, "127.0.0.1", &["--port", &port, "--transport", "tcp"], &[])
        .bad("port_closed", "nobody listens");
}

#[test]
fn the_wrong_transport() {
    let hovor = Hovor::start();
    let provider = Provider::tcp(&hovor.ports, |_| status(200));
    let port = provider.port.to_string();
    let checked = check(&hovor, "127.0.0.1", &["--port", &port, "--transport", "udp"], &[]);
    checked.bad("wrong_transport", "does over TCP");
    assert!(checked.text.contains("--transport tcp"));
}

/// What it says of a provider over TLS that shows a certificate for these names.
fn of_tls(names: &[&str], over: bool, trusted: bool, options: &[&str]) -> Checked {
    let hovor = Hovor::start();
    let authority = Authority::new();
    let files = authority.signs("provider", names, |params| {
        if over {
            params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        }
    });
    let provider = Provider::tls(&hovor.ports, &files, |_| status(200));
    let (port, ca) = (provider.port.to_string(), authority.file());
    let mut all = vec!["--port", &port, "--transport", "tls"];
    all.extend(options);
    if trusted {
        all.extend(["--ca", ca.to_str().unwrap()]);
    }
    check(&hovor, "127.0.0.1", &all, &[])
}

#[test]
fn a_trunk_over_tls_that_is_well_is_well() {
    let checked = of_tls(&["127.0.0.1"], false, true, LOGIN);
    assert!(checked.ok, "{:#?}", checked.findings);
    let reached = checked.findings[1]["what"].as_str().unwrap();
    assert!(reached.contains("over TLS"), "{reached}");
}

#[test]
fn a_wrong_tls_name() {
    let checked = of_tls(&["other.example"], false, true, &[]);
    checked.bad("wrong_tls_name", "for other.example, not for 127.0.0.1");
    assert!(checked.text.contains("hovor trunk set provider --tls-name 'other.example'"), "{}", checked.text);
    assert!(of_tls(&["other.example"], false, true, &["--tls-name", "other.example"]).ok);
}

#[test]
fn an_expired_certificate() {
    of_tls(&["127.0.0.1"], true, true, &[]).bad("expired_certificate", "has expired");
}

#[test]
fn a_certificate_that_nobody_trusted_vouches_for() {
    of_tls(&["127.0.0.1"], false, false, &[]).bad("unknown_issuer", "unknown issuer");
}

#[test]
fn plain_sip_where_tls_is_wanted_and_tls_where_plain_sip_is() {
    let hovor = Hovor::start();
    let plain = Provider::tcp(&hovor.ports, |_| status(200));
    let port = plain.port.to_string();
    let checked = check(&hovor, "127.0.0.1", &["--port", &port, "--transport", "tls"], &[]);
    checked.bad("wrong_transport", "does not answer over TLS, but does over TCP");
    drop(hovor);
    let hovor = Hovor::start();
    let authority = Authority::new();
    let files = authority.signs("provider", &["127.0.0.1"], |_| {});
    let secured = Provider::tls(&hovor.ports, &files, |_| status(200));
    let port = secured.port.to_string();
    let checked = check(&hovor, "127.0.0.1", &["--port", &port, "--transport", "tcp"], &[]);
    checked.bad("wrong_transport", "does over TLS");
    assert!(checked.text.contains("--transport tls"));
}

#[test]
fn somebody_who_does_not_speak_sip() {
    let hovor = Hovor::start();
    let provider = Provider::web(&hovor.ports);
    let port = provider.port.to_string();
    check(&hovor, "127.0.0.1", &["--port", &port, "--transport", "tcp"], &[]).bad("not_sip", "HTTP/1.1 400");
}

#[test]
fn options_that_are_refused_are_a_doubt_and_no_fault() {
    let checked = of(|_| status(404), &[], false);
    assert_eq!(checked.finds("options_refused")["grade"], "doubtful");
    assert!(checked.ok, "calls may work all the same");
}

#[test]
fn a_call_that_is_forbidden() {
    let forbids = |asked: &Asked| status(if asked.method == "INVITE" { 403 } else { 200 });
    of(forbids, &[], true).bad("call_forbidden", "403");
}

#[test]
fn a_number_that_the_provider_does_not_know() {
    let unknown = |asked: &Asked| status(if asked.method == "INVITE" { 404 } else { 200 });
    of(unknown, &[], true).bad("number_unknown", "does not know the number");
}

#[test]
fn no_common_codec() {
    let refuses = |asked: &Asked| match asked.method {
        "INVITE" => {
            Some((488, "Warning: 305 provider \"Incompatible media format\"\r\n".to_owned(), String::new()))
        }
        _ => status(200),
    };
    of(refuses, &[], true).bad("no_common_codec", "Incompatible media format");
    let g729 = |asked: &Asked| match asked.method {
        "INVITE" => answered(asked, "127.0.0.1", 4000, "18"),
        _ => status(200),
    };
    of(g729, &[], true).bad("no_common_codec", "the payload types 18 and no other");
}

#[test]
fn a_private_address_in_the_session_description_and_sound_one_way() {
    let private = |asked: &Asked| match asked.method {
        "INVITE" => answered(asked, "10.255.255.1", 4000, "8"),
        _ => status(200),
    };
    let checked = of(private, &[], true);
    checked.bad("private_address", "10.255.255.1");
    checked.bad("nothing_comes", "none came");
}

#[test]
fn sound_one_way() {
    let hovor = Hovor::start();
    let media = hovor.ports.several(2);
    let _deaf = std::net::UdpSocket::bind(("127.0.0.1", media)).unwrap();
    let provider = Provider::udp(&hovor.ports, move |asked| match asked.method {
        "INVITE" => answered(asked, "127.0.0.1", media, "8"),
        _ => status(200),
    });
    let port = provider.port.to_string();
    let checked =
        check(&hovor, "127.0.0.1", &["--port", &port, "--transport", "udp"], &["--call", "+420700"]);
    checked.bad("nothing_comes", "none came");
}

/// What it says of a provider whose calls are answered with this far end.
fn with_far_end(far_end: fn(&crate::support::ports::Ports) -> u16) -> Checked {
    let hovor = Hovor::start();
    let media = far_end(&hovor.ports);
    let provider = Provider::udp(&hovor.ports, move |asked| match asked.method {
        "INVITE" => answered(asked, "127.0.0.1", media, "8"),
        _ => status(200),
    });
    let port = provider.port.to_string();
    check(&hovor, "127.0.0.1", &["--port", &port, "--transport", "udp"], &["--call", "+420700"])
}

#[test]
fn packets_that_are_lost_on_the_way_here() {
    let checked = with_far_end(lossy_echo);
    checked.bad("lossy", "% lost");
    let told = checked.finds("lossy")["what"].as_str().unwrap().to_owned();
    let lost: f64 = told.split(" % lost").next().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((8.0..12.0).contains(&lost), "every tenth was dropped: {told}");
    assert!(checked.text.contains("More than 3 % are heard as gaps"), "{}", checked.text);
}

#[test]
fn sound_that_does_not_arrive_there() {
    let checked = with_far_end(complaining_echo);
    checked.bad("nothing_arrives", "packets did not arrive");
    assert!(checked.text.contains("A firewall on the way out drops them"), "{}", checked.text);
}

#[test]
fn a_private_address_of_ours_told_to_the_internet() {
    // TEST-NET-3 (RFC 5737): to us it is the Internet.
    let address = "203.0.113.5";
    alone_at(address);
    let hovor = Hovor::start_empty(&["--external-addr", "10.1.2.3"]);
    let media = echo_at(address, &hovor.ports);
    let provider = Provider::udp_at(address, &hovor.ports, move |asked| match asked.method {
        "INVITE" => answered(asked, address, media, "8"),
        _ => status(200),
    });
    let port = provider.port.to_string();
    let checked = check(&hovor, address, &["--port", &port, "--transport", "udp"], &["--call", "+420700"]);
    checked.bad("own_private_address", "10.1.2.3, a private address, of a provider on the Internet");
    assert!(checked.text.contains("--external-addr"), "{}", checked.text);
}
