use super::*;

fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_parts_of_a_uri_are_told_apart_and_written_back() {
    let text = "sip:al%69ce;day=tuesday:se:cret@[2001:db8::9:1]:5070;transport=TCP;lr?subject=a%20b&to=x";
    let parsed = uri(text);
    assert_eq!(parsed.username().as_deref(), Some("alice;day=tuesday"));
    assert_eq!(parsed.password.as_deref(), Some("se:cret"));
    assert_eq!(parsed.host, Some(Host::V6("2001:db8::9:1".parse().unwrap())));
    assert_eq!(
        (parsed.port, parsed.transport(), parsed.is_loose()),
        (Some(5070), Some(Transport::Tcp), true)
    );
    assert_eq!(parsed.headers.as_deref(), Some("subject=a%20b&to=x"));
    assert_eq!(parsed.to_string(), text);
}

#[test]
fn usual_uris_survive_reading_and_writing() {
    for text in [
        "sip:hovor",
        "sip:201@127.0.0.1",
        "sips:bob@biloxi.example.com:5061",
        "sip:+420200000100@192.0.2.7:5090;user=phone",
        "sip:*21#@pbx.example.com",
        "sip:user@under_score.example.com",
        "sip:gw.example.com;unknownparam",
        "tel:+1-201-555-0123;phone-context=example.com",
        "urn:service:sos",
        "mailto:a@b.example.com",
        "sip:%C5%BDofie@example.com",
        "sip:user;par=u%40example.net@example.com",
    ] {
        assert_eq!(uri(text).to_string(), text);
    }
}

#[test]
fn improper_uris_are_refused() {
    for text in [
        "",
        "201",
        "sip:",
        "sip:@host",
        "sip:a b@host",
        "sip:<x>",
        "sip:a@host:port",
        "sip:a@host:70000",
        "sip:a@host:",
        "sip:a@[::1",
        "sip:a@[zz]",
        "sip:a@[::1]x",
        "sip:a%4@host",
        "sip:a%zz@host",
        "sip:a@host;p=%",
        "sip:a@host;;lr",
        "sip:a@ho^st",
        "sip:a@b@c",
        "tel:",
        "tel:call-me",
        "tel:-",
        ":x",
        "1x:y",
        "x:",
        "sip:a\r\n@host",
    ] {
        assert!(Uri::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn plain_text_is_escaped_when_a_uri_is_made() {
    let made =
        Uri::sip(Some("a b@#%"), "pbx.example.com").with_param("transport", "tcp").with_param("lr", "");
    assert_eq!(made.to_string(), "sip:a%20b%40%23%25@pbx.example.com;transport=tcp;lr");
    assert_eq!(uri(&made.to_string()).username().as_deref(), Some("a b@#%"));
    let address = "[2001:db8::1]:5080".parse().unwrap();
    assert_eq!(Uri::sip_at(None, address).to_string(), "sip:[2001:db8::1]:5080");
    assert_eq!(Uri::sip(Some(""), "h").to_string(), "sip:h");
}

#[test]
fn control_characters_do_not_reach_a_user_name() {
    assert_eq!(uri("sip:null-%00-null@example.com").username().as_deref(), Some("null-\u{FFFD}-null"));
}

/// The examples of RFC 3261 section 19.1.4.
#[test]
fn equivalence_follows_the_rfc() {
    for (a, b) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("sip:a@h;%6Cr", "sip:a@h;lr"),
        ("tel:+1-201-555-0123", "tel:+12015550123"),
    ] {
        assert!(uri(a).is_equivalent(&uri(b)) && uri(b).is_equivalent(&uri(a)), "{a} {b}");
    }
    for (a, b) in [
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:a@h", "sips:a@h"),
        ("tel:+12015550123", "tel:+12015550123;ext=5"),
        ("sip:+12015550123@h", "tel:+12015550123"),
    ] {
        assert!(!uri(a).is_equivalent(&uri(b)) && !uri(b).is_equivalent(&uri(a)), "{a} {b}");
    }
}

#[test]
fn hosts_compare_without_case_and_addresses_by_value() {
    assert!(uri("sip:a@PBX.example.com.").host_is("pbx.example.com"));
    assert!(uri("sip:a@[2001:DB8:0::1]").host_is("2001:db8::1"));
    assert!(uri("sip:a@127.0.0.1").host_is("127.0.0.1"));
    assert!(!uri("sip:a@127.0.0.1").host_is("pbx"));
    assert!(!uri("tel:201").host_is(""));
}
