//! A zone on paper, asked as the name service is.

use super::*;

#[derive(Default)]
struct Zone {
    naptr: Vec<(&'static str, u16, &'static str, &'static str)>,
    srv: Vec<(&'static str, u16, u16, &'static str)>,
    addresses: Vec<(&'static str, &'static str)>,
    /// Names that stand in /etc/hosts.
    hosts: Vec<&'static str>,
    ttl: u64,
    is_down: bool,
}

impl Zone {
    fn answer<T>(&self, records: Vec<T>) -> Found<T> {
        match (self.is_down, records.is_empty()) {
            (true, _) => Err("the name service does not answer".to_owned()),
            (false, true) => Ok(None),
            (false, false) => Ok(Some((records, Duration::from_secs(self.ttl)))),
        }
    }
}

impl Records for Zone {
    fn is_told_here(&self, name: &str) -> bool {
        self.hosts.contains(&name)
    }

    async fn naptr(&self, name: &str) -> Found<Naptr> {
        let records = self.naptr.iter().filter(|record| record.0 == name);
        self.answer(
            records
                .map(|&(_, order, service, replacement)| Naptr {
                    order,
                    preference: 0,
                    flags: "s".into(),
                    service: service.into(),
                    replacement: replacement.into(),
                })
                .collect(),
        )
    }

    async fn srv(&self, name: &str) -> Found<Srv> {
        let records = self.srv.iter().filter(|record| record.0 == name);
        let srv = |&(_, priority, port, target): &(_, u16, u16, &str)| Srv {
            priority,
            weight: 0,
            port,
            target: target.into(),
        };
        self.answer(records.map(srv).collect())
    }

    async fn addresses(&self, name: &str) -> Found<IpAddr> {
        let records = self.addresses.iter().filter(|record| record.0 == name);
        self.answer(records.map(|record| record.1.parse().unwrap()).collect())
    }
}

fn locate(zone: &Zone, port: Option<u16>, transport: Option<Transport>) -> Result<Located, String> {
    search(zone, &Wanted { host: "p.example".into(), port, transport })
}

fn search(zone: &Zone, wanted: &Wanted) -> Result<Located, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Search::new(zone).run(wanted, &mut Entropy::from_number(1)))
}

fn places(located: &Located) -> Vec<String> {
    located.places.iter().map(|(transport, at)| format!("{} {at}", transport.uri_name())).collect()
}

fn provider() -> Zone {
    Zone {
        naptr: vec![
            ("p.example", 2, "SIP+D2U", "_sip._udp.p.example"),
            ("p.example", 1, "SIP+D2T", "_sip._tcp.p.example"),
        ],
        srv: vec![
            ("_sip._udp.p.example", 20, 5060, "b.p.example"),
            ("_sip._udp.p.example", 10, 5080, "a.p.example"),
            ("_sip._tcp.p.example", 10, 5090, "a.p.example"),
        ],
        addresses: vec![
            ("p.example", "192.0.2.9"),
            ("a.p.example", "192.0.2.1"),
            ("b.p.example", "192.0.2.2"),
            ("b.p.example", "192.0.2.3"),
        ],
        ttl: 60,
        ..Zone::default()
    }
}

#[test]
fn naptr_names_the_transports_and_srv_the_order_of_hosts() {
    let located = locate(&provider(), None, None).unwrap();
    let wanted = ["tcp 192.0.2.1:5090", "udp 192.0.2.1:5080", "udp 192.0.2.2:5060", "udp 192.0.2.3:5060"];
    assert_eq!(places(&located), wanted);
    assert_eq!(located.ttl, Duration::from_secs(60));
}

#[test]
fn a_transport_that_is_named_leaves_naptr_out() {
    let located = locate(&provider(), None, Some(Transport::Udp)).unwrap();
    assert_eq!(places(&located), ["udp 192.0.2.1:5080", "udp 192.0.2.2:5060", "udp 192.0.2.3:5060"]);
}

#[test]
fn a_port_that_is_named_leaves_only_addresses_to_be_asked_for() {
    assert_eq!(places(&locate(&provider(), Some(5070), None).unwrap()), ["udp 192.0.2.9:5070"]);
}

#[test]
fn a_name_without_services_is_reached_at_the_usual_port() {
    let zone = Zone { naptr: vec![], srv: vec![], ..provider() };
    let located = locate(&zone, None, None).unwrap();
    assert_eq!(places(&located), ["udp 192.0.2.9:5060"]);
    assert!(located.notes.contains(&"no SRV _sip._udp.p.example".to_owned()), "{:?}", located.notes);
}

#[test]
fn a_name_that_this_machine_knows_by_itself_has_no_services() {
    let zone = Zone { hosts: vec!["p.example"], ..provider() };
    assert_eq!(places(&locate(&zone, None, None).unwrap()), ["udp 192.0.2.9:5060"]);
}

#[test]
fn for_a_numeric_address_nobody_is_asked() {
    let zone = Zone { is_down: true, ..Zone::default() };
    for host in ["192.0.2.7", "2001:db8::7"] {
        let wanted = Wanted { host: host.into(), port: None, transport: None };
        let place = SocketAddr::new(host.parse().unwrap(), 5060);
        assert_eq!(places(&search(&zone, &wanted).unwrap()), [format!("udp {place}")]);
    }
}

#[test]
fn tls_has_services_of_its_own_and_its_own_usual_port() {
    let mut zone = provider();
    zone.naptr.push(("p.example", 0, "SIPS+D2T", "_sips._tcp.p.example"));
    zone.srv.push(("_sips._tcp.p.example", 10, 5071, "b.p.example"));
    assert_eq!(places(&locate(&zone, None, None).unwrap())[0], "tls 192.0.2.2:5071");
    let tls = locate(&zone, None, Some(Transport::Tls)).unwrap();
    assert_eq!(places(&tls), ["tls 192.0.2.2:5071", "tls 192.0.2.3:5071"], "and nothing in the clear");
    let bare = Zone { srv: vec![], ..provider() };
    assert_eq!(places(&locate(&bare, None, Some(Transport::Tls)).unwrap()), ["tls 192.0.2.9:5061"]);
}

#[test]
fn a_target_without_an_address_does_not_spoil_the_others() {
    let mut zone = provider();
    zone.addresses.retain(|(name, _)| *name != "a.p.example");
    assert_eq!(places(&locate(&zone, None, Some(Transport::Udp)).unwrap()).len(), 2);
}

#[test]
fn what_is_nowhere_is_said_to_be_nowhere() {
    let error = locate(&Zone::default(), None, None).unwrap_err();
    assert!(error.starts_with("the name service knows no address of p.example (no NAPTR"), "{error}");
    let error = locate(&Zone { is_down: true, ..provider() }, None, None).unwrap_err();
    assert!(error.contains("does not answer"), "{error}");
}

#[test]
fn an_answer_holds_neither_for_no_time_nor_for_ever() {
    assert_eq!(locate(&Zone { ttl: 0, ..provider() }, None, None).unwrap().ttl, SHORTEST);
    assert_eq!(locate(&Zone { ttl: 100_000, ..provider() }, None, None).unwrap().ttl, LONGEST);
}

/// A name server on this machine that knows one provider (RFC 1035 section 4).
fn serve(socket: &std::net::UdpSocket) {
    let mut question = [0; 512];
    while let Ok((length, client)) = socket.recv_from(&mut question) {
        let name_end = 12 + question[12..length].iter().position(|byte| *byte == 0).unwrap() + 1;
        let kind = u16::from_be_bytes([question[name_end], question[name_end + 1]]);
        let name = text(&question[12..name_end]);
        let records = zone(&name.to_ascii_lowercase(), kind);
        // The same question, as an answer that is authoritative; no error, even if there is nothing.
        let mut answer = question[..2].to_vec();
        answer.extend([0x84, 0, 0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0]);
        answer.extend(&question[12..name_end + 4]);
        for data in records {
            answer.extend([0xc0, 12]);
            answer.extend(kind.to_be_bytes());
            answer.extend([0, 1, 0, 0, 0, 30]);
            answer.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            answer.extend(data);
        }
        socket.send_to(&answer, client).unwrap();
    }
}

fn text(labels: &[u8]) -> String {
    let (mut at, mut parts) = (0, vec![]);
    while labels[at] > 0 {
        let end = at + 1 + usize::from(labels[at]);
        parts.push(String::from_utf8_lossy(&labels[at + 1..end]).into_owned());
        at = end;
    }
    parts.join(".")
}

fn name(text: &str) -> Vec<u8> {
    let labels = text.split('.').flat_map(|label| {
        std::iter::once(u8::try_from(label.len()).unwrap()).chain(label.bytes()).collect::<Vec<_>>()
    });
    labels.chain([0]).collect()
}

/// The data of the records of this kind: A is 1, SRV 33, NAPTR 35.
fn zone(of: &str, kind: u16) -> Vec<Vec<u8>> {
    let srv = |priority: u8, port: u16, target: &str| {
        [&[0, priority, 0, 0][..], &port.to_be_bytes(), &name(target)].concat()
    };
    match (of, kind) {
        ("p.example", 35) => {
            let head = [&[0, 10, 0, 10, 1, b's', 7][..], b"SIP+D2U", &[0]].concat();
            vec![[head, name("_sip._udp.p.example")].concat()]
        }
        ("_sip._udp.p.example", 33) => vec![srv(20, 5062, "b.p.example"), srv(10, 5061, "a.p.example")],
        ("a.p.example", 1) => vec![vec![192, 0, 2, 1]],
        ("b.p.example", 1) => vec![vec![192, 0, 2, 2]],
        _ => vec![],
    }
}

#[test]
fn a_real_name_server_is_asked_step_by_step() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let server = socket.local_addr().unwrap();
    std::thread::spawn(move || serve(&socket));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |host: &str| {
        runtime.block_on(async {
            let listen = &[IpAddr::from([127, 0, 0, 1])];
            let resolver = Resolver::new(Some(server), listen, Entropy::from_number(1)).unwrap();
            resolver.locate(&Wanted { host: host.into(), port: None, transport: None }).await
        })
    };
    let located = ask("p.example").unwrap();
    assert_eq!(places(&located), ["udp 192.0.2.1:5061", "udp 192.0.2.2:5062"]);
    assert!((20..=30).contains(&located.ttl.as_secs()), "{:?}", located.ttl);
    let error = ask("nobody.example").unwrap_err();
    assert!(error.starts_with("the name service knows no address of nobody.example"), "{error}");
}
