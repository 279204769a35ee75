//! What is decided of what was said.

use super::*;

#[test]
fn without_any_setting_it_serves_this_machine() {
    let config = Settings::default().resolve().unwrap();
    assert_eq!(config.sip, ["127.0.0.1:5060".parse().unwrap()]);
    assert_eq!(config.sip_tls, []);
    assert_eq!(config.http.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database, "sqlite:data/hovor.db");
}

#[test]
fn the_demo_refuses_to_listen_beyond_loopback() {
    for outside in ["0.0.0.0:5060", "[::]:5060", "192.0.2.1:5060"] {
        let sip = vec!["127.0.0.1:5060".parse().unwrap(), outside.parse().unwrap()];
        let error = Settings { demo: true, sip, ..Settings::default() }.resolve().unwrap_err();
        assert!(error.contains("loopback only"), "{error}");
        let sip_tls = vec![outside.parse().unwrap()];
        let error = Settings { demo: true, sip_tls, ..Settings::default() }.resolve().unwrap_err();
        assert!(error.contains("--sip-tls"), "{error}");
    }
    let sip = vec!["127.0.0.1:5060".parse().unwrap(), "[::1]:5060".parse().unwrap()];
    assert!(Settings { demo: true, sip, ..Settings::default() }.resolve().is_ok());
}

#[test]
fn the_demo_speaks_tls_at_the_usual_port_with_a_certificate_of_its_own() {
    let demo = Settings { demo: true, ..Settings::default() }.resolve().unwrap();
    assert_eq!(demo.sip_tls, ["127.0.0.1:5061".parse().unwrap()]);
    assert_eq!(demo.tls.unwrap().certificate, Path::new("data/tls/demo.crt"));
    let sip = vec!["127.0.0.1:5070".parse().unwrap()];
    let moved = Settings { demo: true, sip, ..Settings::default() }.resolve().unwrap();
    assert_eq!(moved.sip_tls, []);
}

#[test]
fn tls_needs_a_certificate_and_its_key() {
    let sip_tls = vec!["192.0.2.1:5061".parse().unwrap()];
    let bare = Settings { sip_tls: sip_tls.clone(), ..Settings::default() };
    assert!(bare.clone().resolve().unwrap_err().contains("--tls-cert"));
    let half = Settings { tls_cert: Some("a.crt".into()), ..bare.clone() };
    assert!(half.clone().resolve().unwrap_err().contains("--tls-key"));
    let whole = Settings { tls_key: Some("a.key".into()), ..half }.resolve().unwrap();
    assert_eq!((whole.sip_tls, whole.tls.is_some()), (sip_tls, true));
}

#[test]
fn all_of_ipv6_is_all_of_ipv4_too() {
    let sip = |addresses: &[&str]| {
        let sip = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let config = Settings { sip, ..Settings::default() }.resolve().unwrap();
        config.sip.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(sip(&["[::]:5060"]), ["[::]:5060", "0.0.0.0:5060"]);
    assert_eq!(sip(&["[::]:5060", "192.0.2.1:5060"]), ["[::]:5060", "192.0.2.1:5060"]);
    assert_eq!(sip(&["[2001:db8::1]:5060"]), ["[2001:db8::1]:5060"]);
}

#[test]
fn an_address_without_its_port_is_explained() {
    for wrong in ["", "5060", "localhost:5060", "192.0.2.10"] {
        assert!(address(wrong).unwrap_err().contains("192.0.2.10:5060"), "{wrong}");
    }
    assert_eq!(address("0.0.0.0:5060").map(|address| address.port()), Ok(5060));
    assert_eq!(address("[::1]:5060").map(|address| address.port()), Ok(5060));
}

#[test]
fn a_password_in_the_address_of_the_database_is_not_shown() {
    let database = Some("postgres://hovor:se@cret@db.example/hovor".to_owned());
    let config = Settings { database, ..Settings::default() }.resolve().unwrap();
    assert_eq!(config.shown_database(), "postgres://…@db.example/hovor");
}

#[test]
fn a_range_of_ports_is_read_and_a_wrong_one_explained() {
    assert_eq!("20000-20100".parse(), Ok(PortRange(20_000..=20_100)));
    for wrong in ["", "20000", "200-100", "20100-20000", "x-y", "0-70000"] {
        assert!(wrong.parse::<PortRange>().unwrap_err().contains("20000-29999"), "{wrong}");
    }
}

#[test]
fn the_command_line_wins_over_the_file() {
    let path = std::env::temp_dir().join(format!("hovor-config-{}.toml", std::process::id()));
    std::fs::write(&path, "sip = \"127.0.0.1:5070\"\nhttp = \"127.0.0.1:8090\"\n").unwrap();
    let sip = vec!["127.0.0.1:5080".parse().unwrap()];
    let config = Settings { config: Some(path.clone()), sip, ..Settings::default() }.resolve().unwrap();
    assert_eq!((config.first_sip().port(), config.http.port()), (5080, 8090));
    std::fs::write(&path, "sip = [\"127.0.0.1:5070\", \"[::1]:5070\"]\n").unwrap();
    let config = Settings { config: Some(path.clone()), ..Settings::default() }.resolve().unwrap();
    assert_eq!(config.sip, ["127.0.0.1:5070".parse().unwrap(), "[::1]:5070".parse().unwrap()]);
    std::fs::write(&path, "spi = \"127.0.0.1:5070\"\n").unwrap();
    let error = Settings { config: Some(path.clone()), ..Settings::default() }.resolve().unwrap_err();
    assert!(error.contains("spi"), "{error}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn this_machine_is_never_banned_unless_that_is_said() {
    let never = |settings: Settings| settings.resolve().unwrap().never_ban;
    assert_eq!(never(Settings::default()), Networks::loopback());
    let path = std::env::temp_dir().join(format!("hovor-never-ban-{}.toml", std::process::id()));
    for (text, networks) in [("\"none\"", 0), ("[\"10.0.0.0/8\", \"192.0.2.7\"]", 2)] {
        std::fs::write(&path, format!("never-ban = {text}\n")).unwrap();
        let settings = Settings { config: Some(path.clone()), ..Settings::default() };
        assert_eq!(never(settings).0.len(), networks, "{text}");
    }
    std::fs::write(&path, "never-ban = \"office\"\n").unwrap();
    let settings = Settings { config: Some(path.clone()), ..Settings::default() };
    assert!(settings.resolve().unwrap_err().contains("10.0.0.0/8"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn browsers_are_told_the_ports_of_the_web_that_they_can_reach_for_sound_over_tcp() {
    let ports = |settings: Settings| settings.resolve().unwrap().ice_tcp_ports();
    let at = |text: &str| Some(text.parse().unwrap());
    let sip = vec!["192.0.2.1:5060".parse().unwrap()];
    let open = Settings { sip: sip.clone(), http: at("0.0.0.0:80"), ..Settings::default() };
    assert_eq!(ports(open), [80]);
    let proxied = Settings { sip, http: at("127.0.0.1:8080"), ..Settings::default() };
    assert_eq!(ports(proxied.clone()), [0_u16; 0]);
    assert_eq!(ports(Settings { ice_tcp: at("0.0.0.0:3478"), ..proxied }), [3_478]);
    let at_home = Settings { sip: vec!["127.0.0.1:5060".parse().unwrap()], ..Settings::default() };
    assert_eq!(ports(at_home), [8_080]);
}

#[test]
fn the_web_over_tls_needs_a_certificate_which_hovor_makes_if_it_is_asked_to() {
    let https = Some("192.0.2.1:443".parse().unwrap());
    let bare = Settings { https, ..Settings::default() };
    let error = bare.clone().resolve().unwrap_err();
    assert!(error.contains("--https") && error.contains("--tls-self-signed"), "{error}");
    let names = vec!["pbx.example".to_owned(), "192.0.2.1".to_owned()];
    let own = Settings { tls_self_signed: names.clone(), ..bare };
    let config = own.clone().resolve().unwrap();
    assert_eq!(config.tls.unwrap().certificate, Path::new("data/tls/self-signed.crt"));
    assert_eq!(config.tls_self_signed, names);
    let both = Settings { tls_cert: Some("a.crt".into()), tls_key: Some("a.key".into()), ..own };
    assert!(both.resolve().unwrap_err().contains("leave one away"));
}
