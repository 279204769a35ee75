//! Toll fraud: who calls which numbers outside, as an administrator sets it up.

use crate::support::http;
use crate::support::phone::{Moment, Phone, Setup};
use crate::victim::{SECRET, says, victim};

#[test]
fn dear_numbers_are_called_only_by_those_who_were_granted_them() {
    let company = victim(&[]);
    let mut carrier = Setup::new(&company.ports, "+420900123456").codec("PCMA").answers_at_once().baresip();
    let port = carrier.sip_port().to_string();
    says(&company, &["trunk", "add", "carrier", "--host", "127.0.0.1", "--port", &port, "--options", "0"]);
    let mut anna =
        Setup::new(&company.ports, "201").registers_at(company.sip_port, SECRET).codec("PCMA").baresip();
    let mut dial = |number: &str, calls: usize| {
        anna.dial(&format!("sip:{number}@127.0.0.1:{}", company.sip_port));
        anna.wait_for_number(Moment::Closed, calls);
        anna.ending()
    };
    for (number, calls) in [("+442071838750", 1), ("+420900123456", 2), ("+881612345678", 3)] {
        let ending = dial(number, calls);
        assert!(ending.contains("403"), "{number}: {ending}");
    }
    assert_eq!(carrier.count(Moment::Incoming), 0);
    let sessions = says(&company, &["sessions"]);
    assert!(sessions.contains("anna may not call international numbers, as +442071838750 is"), "{sessions}");
    says(&company, &["user", "set", "anna", "--calls", "all"]);
    let ending = dial("+420900123456", 4);
    assert!(ending.contains("403"), "the trunk does not carry it: {ending}");
    says(&company, &["destination", "add", "+420900", "national", "--label", "our own hotline"]);
    anna.dial(&format!("sip:+420900123456@127.0.0.1:{}", company.sip_port));
    carrier.wait_for(Moment::Established);
    carrier.hangup();
    anna.wait_for_number(Moment::Closed, 5);
    says(&company, &["destination", "set", "+420900", "--class", "premium"]);
    says(&company, &["trunk", "set", "carrier", "--calls", "all"]);
    anna.dial(&format!("sip:+420900123456@127.0.0.1:{}", company.sip_port));
    carrier.wait_for_number(Moment::Established, 2);
}

#[test]
fn a_guest_reaches_nobody_outside_and_is_asked_for_a_secret_elsewhere() {
    let company = victim(&[]);
    says(&company, &["trunk", "add", "carrier", "--host", "127.0.0.1", "--port", "9", "--options", "0"]);
    let mut stranger = crate::victim::Wire::to(company.sip_port);
    for dialled in ["+442071838750", "201", "100", "112"] {
        let (answer, _) = stranger.ask("INVITE", dialled, "").unwrap();
        assert_eq!(crate::victim::status(&answer), 407, "{dialled}");
    }
    let reply = http::request(company.http_port, "GET", "/api/v1/sessions", &[], "").unwrap();
    assert_eq!(reply.status, 401, "the web interface wants a token, too");
}
