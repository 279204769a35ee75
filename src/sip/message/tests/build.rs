//! Reading, changing and answering the messages of a call.

use super::*;

#[test]
fn a_phones_invite_is_read_header_by_header() {
    let invite = request(INVITE);
    assert_eq!(invite.method, Method::Invite);
    assert_eq!(invite.uri.to_string(), "sip:100@127.0.0.1");
    let headers = &invite.headers;
    assert_eq!(headers.from().unwrap().display.as_deref(), Some("Anna"));
    assert_eq!(headers.to().unwrap().tag(), None);
    assert_eq!(headers.cseq().unwrap(), CSeq::new(314_159, Method::Invite));
    assert_eq!(headers.max_forwards().unwrap(), Some(70));
    assert_eq!(headers.call_id().unwrap(), "a84b4c76e66710@192.0.2.10");
    let contact = headers.first_contact().unwrap().unwrap();
    assert_eq!(contact.params.get("+sip.instance"), Some("<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"));
    assert!(headers.lists(HeaderName::Supported, "100REL") && headers.lists("Allow", "PRACK"));
    assert!(!headers.lists(HeaderName::Require, "100rel"));
    assert_eq!(headers.content_type().as_deref(), Some("application/sdp"));
    assert_eq!(&invite.body[..], b"v=0\r\no=- 1");
}

#[test]
fn a_response_takes_what_the_rfc_says_from_its_request() {
    let mut invite = request(INVITE);
    invite.stamp_source("198.51.100.1:40000".parse().unwrap()).unwrap();
    let ringing = invite.response(180).with_to_tag("t1").with_to_tag("t2").with("Contact", "<sip:hovor>");
    let text = String::from_utf8(ringing.write().unwrap().to_vec()).unwrap();
    let wanted = crlf(
        "\
SIP/2.0 180 Ringing
Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK776asdhds;rport=40000;received=198.51.100.1
From: \"Anna\" <sip:201@hovor>;tag=1928301774
To: <sip:100@hovor>;tag=t1
Call-ID: a84b4c76e66710@192.0.2.10
CSeq: 314159 INVITE
Contact: <sip:hovor>
Content-Length: 0

",
    );
    assert_eq!(text.as_bytes(), &wanted[..]);
    assert!(ringing.is_provisional() && !ringing.is_success());
}

#[test]
fn stamping_leaves_the_other_vias_as_they_are() {
    let text = INVITE.replace(";rport\n", ", SIP/2.0/TCP  proxy.example.com ;branch=1\nVia: SIP/2.0/UDP c\n");
    let mut invite = request(&text);
    invite.stamp_source("192.0.2.10:5062".parse().unwrap()).unwrap();
    let lines: Vec<_> = invite.headers.lines(HeaderName::Via).collect();
    let first =
        "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK776asdhds, SIP/2.0/TCP  proxy.example.com ;branch=1";
    assert_eq!(lines, [first, "SIP/2.0/UDP c"]);
    assert_eq!(invite.headers.vias().unwrap().len(), 3);
}

#[test]
fn a_written_request_is_read_as_the_same() {
    let bye = Request::new(Method::Bye, Uri::sip(Some("201"), "192.0.2.10"))
        .with(HeaderName::Via, Via::new(Transport::Tcp, "192.0.2.1:5060".parse().unwrap(), "z9hG4bK1"))
        .with(HeaderName::MaxForwards, "70")
        .with(HeaderName::From, NameAddr::new(Uri::sip(Some("100"), "hovor")).with_tag("a"))
        .with(
            HeaderName::To,
            NameAddr::new(Uri::sip(Some("201"), "hovor")).with_display(Some("Anna")).with_tag("b"),
        )
        .with(HeaderName::CallId, "c1")
        .with(HeaderName::CSeq, CSeq::new(2, Method::Bye))
        .with_body("text/plain", "good\r\nbye");
    let Message::Request(mut read) = Message::parse(bye.write().unwrap()).unwrap() else { panic!() };
    assert_eq!(read.headers.get("l"), Some("9"));
    read.headers.remove(HeaderName::ContentLength);
    assert_eq!(read, bye);
}

#[test]
fn nothing_can_smuggle_a_line_into_a_message() {
    let good = Request::new(Method::Info, Uri::sip(None, "h"));
    assert!(good.write().is_ok());
    let place = |message: Request| message.write().unwrap_err().place;
    assert_eq!(place(good.clone().with("Subject", "a\r\nVia: b")), "Subject");
    assert_eq!(place(good.clone().with("Subject", "a\nb")), "Subject");
    assert_eq!(place(good.clone().with("Sub ject", "a")), "Sub ject");
    assert_eq!(place(good.clone().with("A:\r\nB", "a")), "A:\r\nB");
    let name = NameAddr::new(Uri::sip(None, "h")).with_display(Some("x\r\nVia: y"));
    assert_eq!(place(good.clone().with("From", name)), "From");
    assert_eq!(place(Request::new(Method::Other("A B".into()), good.uri.clone())), "request line");
    assert_eq!(place(Request::new(Method::Info, Uri::sip(None, "h SIP/2.0\r\nVia: x"))), "request line");
    let refused = good.response(486).with_reason("Busy\r\nVia: x").write();
    assert_eq!(refused.unwrap_err().place, "status line");
}

#[test]
fn a_broken_request_can_be_refused() {
    let error = Message::parse(crlf(&INVITE.replace("314159 INVITE", "314159 BYE"))).unwrap_err();
    assert_eq!(error.to_string(), "CSeq: the method of another request (byte 0)");
    let response = error.response().unwrap();
    assert_eq!(
        (response.status, &*response.reason),
        (400, "Bad Request: CSeq: the method of another request")
    );
    assert_eq!(response.headers.call_id().unwrap(), "a84b4c76e66710@192.0.2.10");

    let version = Message::parse(crlf(&INVITE.replace("SIP/2.0\n", "SIP/3.0\n"))).unwrap_err();
    assert_eq!(version.response().unwrap().status, 505);
    let ack = crlf(&INVITE.replace("INVITE", "ACK").replace("Call-ID", "X"));
    assert_eq!(Message::parse(ack).unwrap_err().response(), None);
}

#[test]
fn a_fault_is_found_where_it_is() {
    let text = INVITE.replace("User-Agent:", "User-Agent");
    let error = Message::parse(crlf(&format!("\n\n{text}"))).unwrap_err();
    assert_eq!(
        (error.kind, error.at),
        (ErrorKind::Header, crlf(&text).windows(10).position(|w| w == b"User-Agent").unwrap() + 4)
    );
}

#[test]
fn sizes_are_bounded() {
    let kind = |text: &str| Message::parse(crlf(text)).unwrap_err().kind;
    let long = "x".repeat(MAX_HEAD);
    assert_eq!(kind(&INVITE.replace("Phone 1.0", &long)), ErrorKind::TooLarge);
    assert_eq!(
        kind(&INVITE.replace("User-Agent: Phone 1.0\n", &"X: y\n".repeat(MAX_HEADERS))),
        ErrorKind::TooLarge
    );
    let body = INVITE.replace("Content-Length: 10", "Content-Length: 65537");
    assert_eq!(kind(&format!("{body}{}", "x".repeat(MAX_BODY))), ErrorKind::TooLarge);
    assert_eq!(kind(&"x".repeat(MAX_HEAD + 1)), ErrorKind::TooLarge);
    assert_eq!(kind("x"), ErrorKind::NotSip);
}

#[test]
fn a_body_ends_where_its_length_says() {
    assert_eq!(request(&format!("{INVITE}more")).body.len(), 10);
    let all = INVITE.replace("Content-Length: 10\n", "");
    assert_eq!(request(&all).body.len(), 12);
    let short = INVITE.replace("Content-Length: 10", "Content-Length: 13");
    assert_eq!(Message::parse(crlf(&short)).unwrap_err().kind, ErrorKind::Length);
}

#[test]
fn latin_1_names_are_understood() {
    let mut bytes = crlf(INVITE).to_vec();
    let at = bytes.windows(4).position(|w| w == b"Anna").unwrap();
    bytes[at + 3] = 0xe9;
    let Message::Request(invite) = Message::parse(bytes.into()).unwrap() else { panic!() };
    assert_eq!(invite.headers.from().unwrap().display.as_deref(), Some("Anné"));
    assert_eq!(invite.body.len(), 10);
}

#[test]
fn messages_survive_a_snapshot() {
    let message = parsed(INVITE);
    let snapshot = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<Message>(&snapshot).unwrap(), message);
}
