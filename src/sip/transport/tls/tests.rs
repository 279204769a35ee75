//! Two ends over real sockets on loopback, with certificates made for the occasion.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::trouble::WrongName;
use super::*;
use crate::id::TrunkId;
use crate::sip::endpoint::{Command, Endpoint, EndpointConfig, Input, TrunkPeer};
use crate::sip::flow::{Destination, Transport};
use crate::sip::transport::{Config, Failed, Incoming, Limits, SendError, Transports};
use crate::time::Time;

const SOON: Duration = Duration::from_secs(10);
const MESSAGE: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nl: 3\r\n\r\nabc";
const TRUNK: TrunkId = TrunkId(uuid::Uuid::from_u128(1));

/// A folder with an authority of its own.
struct Authority {
    folder: PathBuf,
    params: CertificateParams,
    key: KeyPair,
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Authority {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hovor-tls-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        std::fs::write(folder.join("ca.crt"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { folder, params, key }
    }

    fn file(&self) -> Option<PathBuf> {
        Some(self.folder.join("ca.crt"))
    }

    /// A certificate for these names that it vouches for.
    fn signs(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Certificate {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let signed = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key)).unwrap();
        self.shown(&signed.pem(), &key.serialize_pem())
    }

    fn shown(&self, certificate: &str, key: &str) -> Certificate {
        let (at, of_key) = (self.folder.join("own.crt"), self.folder.join("own.key"));
        std::fs::write(&at, certificate).unwrap();
        std::fs::write(&of_key, key).unwrap();
        let shown = Certificate::default();
        shown.show(Ready::read(&at, &of_key).unwrap().0);
        shown
    }
}

struct Ends {
    transports: Transports,
    incoming: Receiver<Incoming>,
}

impl Ends {
    fn listening(certificate: Certificate, limits: Limits) -> Self {
        let tls = vec!["127.0.0.1:0".parse().unwrap()];
        let (transports, incoming) =
            Transports::bind(Config { tls, certificate, limits, ..Config::default() }).unwrap();
        Self { transports, incoming }
    }

    fn calling() -> Self {
        let (transports, incoming) = Transports::bind(Config::default()).unwrap();
        Self { transports, incoming }
    }

    async fn next(&mut self) -> Incoming {
        timeout(SOON, self.incoming.recv()).await.expect("something comes").expect("the transports are there")
    }

    fn at(&self) -> std::net::SocketAddr {
        self.transports.tls_addresses()[0]
    }
}

/// An endpoint that knows whom to expect at its provider.
fn endpoint(host: &str, ca: Option<PathBuf>, tls_name: Option<&str>) -> Endpoint {
    let mut endpoint = Endpoint::new(EndpointConfig::default(), crate::entropy::Entropy::from_number(1));
    let peer = TrunkPeer { ca, tls_name: tls_name.map(str::to_owned), ..TrunkPeer::new(TRUNK, host) };
    endpoint.handle(Input::Command(Command::SetTrunk(peer)), Time::ZERO);
    endpoint
}

/// What comes of calling a server that shows this certificate.
async fn called(certificate: Certificate, endpoint: &Endpoint) -> Result<(), Trouble> {
    let mut server = Ends::listening(certificate, Limits::default());
    let mut client = Ends::calling();
    let to = Destination::Provider { trunk: TRUNK, remote: server.at() };
    client.transports.carry(to, Bytes::from_static(MESSAGE), endpoint).unwrap();
    tokio::select! {
        Incoming::SendFailed { to: failed, why: Failed::Tls(why) } = client.next() => {
            assert_eq!(failed, to);
            Err(why)
        }
        Incoming::Received { flow, bytes } = server.next() => {
            assert_eq!((&*bytes, flow.transport), (MESSAGE, Transport::Tls));
            server.transports.send(Destination::Flow(flow), Bytes::from_static(MESSAGE)).unwrap();
            let Incoming::Received { flow, .. } = client.next().await else { panic!("no answer") };
            assert_eq!((flow.transport, flow.remote), (Transport::Tls, to.remote()));
            // What follows takes the same connection.
            client.transports.carry(to, Bytes::from_static(MESSAGE), endpoint).unwrap();
            assert!(matches!(server.next().await, Incoming::Received { .. }));
            assert_eq!(client.transports.connections(), 1);
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_server_that_proves_its_name_is_spoken_to_and_answers() {
    let authority = Authority::new("good");
    let certificate = authority.signs(&["sip.example", "127.0.0.1"], |_| {});
    let by_name = endpoint("SIP.example", authority.file(), None);
    assert_eq!(called(certificate.clone(), &by_name).await, Ok(()));
    let by_address = endpoint("127.0.0.1", authority.file(), None);
    assert_eq!(called(certificate, &by_address).await, Ok(()));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_and_both_names_said() {
    let authority = Authority::new("wrong-name");
    let certificate = authority.signs(&["*.example", "other.example"], |_| {});
    let wrong = called(certificate.clone(), &endpoint("sip.example", authority.file(), None)).await;
    let shown = vec!["*.example".to_owned(), "other.example".to_owned()];
    let wanted = "sip.example".to_owned();
    assert_eq!(wrong, Err(Trouble::WrongName(WrongName { wanted, shown })));
    let told = endpoint("sip.example", authority.file(), Some("*.example"));
    assert_eq!(called(certificate, &told).await, Ok(()), "the administrator says that it is right");
}

#[tokio::test]
async fn a_domain_in_a_sip_address_is_all_that_the_certificate_is_for() {
    let authority = Authority::new("sip-address");
    let certificate = authority.signs(&["sip.example"], |params| {
        params.subject_alt_names.push(SanType::URI("sip:example".try_into().unwrap()));
    });
    assert_eq!(called(certificate.clone(), &endpoint("example", authority.file(), None)).await, Ok(()));
    let machine = called(certificate, &endpoint("sip.example", authority.file(), None)).await;
    assert!(matches!(machine, Err(Trouble::WrongName(_))), "{machine:?}");
}

#[tokio::test]
async fn what_nobody_trusted_vouches_for_is_refused() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let certificate = theirs.signs(&["sip.example"], |_| {});
    let unknown = called(certificate.clone(), &endpoint("sip.example", ours.file(), None)).await;
    assert_eq!(unknown, Err(Trouble::UnknownIssuer));
    let by_system = called(certificate, &endpoint("sip.example", None, None)).await;
    assert!(matches!(by_system, Err(Trouble::UnknownIssuer | Trouble::NoTrust(_))), "{by_system:?}");
}

#[tokio::test]
async fn one_that_is_over_or_has_not_begun_is_refused() {
    let authority = Authority::new("time");
    let endpoint = endpoint("sip.example", authority.file(), None);
    let over = authority.signs(&["sip.example"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let expired = called(over, &endpoint).await;
    assert!(matches!(expired, Err(Trouble::Expired(Some(at))) if at == 1_577_836_800), "{expired:?}");
    let later = authority.signs(&["sip.example"], |params| params.not_before = date_time_ymd(2090, 1, 1));
    assert_eq!(called(later, &endpoint).await, Err(Trouble::NotYetValid));
}

#[tokio::test]
async fn one_signed_by_itself_is_trusted_if_it_is_the_very_one_that_was_named() {
    let authority = Authority::new("itself");
    let make = |is_ca: IsCa, not_after: i32| {
        let mut params = CertificateParams::new(vec!["sip.example".to_owned()]).unwrap();
        (params.is_ca, params.not_after) = (is_ca, date_time_ymd(not_after, 1, 1));
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        (made.pem(), authority.shown(&made.pem(), &key.serialize_pem()))
    };
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let (pem, certificate) = make(is_ca, 2090);
        let named = authority.folder.join("named.crt");
        std::fs::write(&named, pem).unwrap();
        assert_eq!(called(certificate, &endpoint("sip.example", Some(named.clone()), None)).await, Ok(()));
        let (_, another) = make(is_ca, 2090);
        let refused = called(another, &endpoint("sip.example", Some(named), None)).await;
        assert!(refused.is_err(), "of the same name, with another key");
        let (pem, over) = make(is_ca, 2020);
        let named = authority.folder.join("over.crt");
        std::fs::write(&named, pem).unwrap();
        let expired = called(over, &endpoint("sip.example", Some(named), None)).await;
        assert!(matches!(expired, Err(Trouble::Expired(_))), "{expired:?}");
    }
}

#[tokio::test]
async fn a_file_without_certificates_to_trust_is_said() {
    let authority = Authority::new("no-trust");
    let certificate = authority.signs(&["sip.example"], |_| {});
    for file in ["missing.crt", "own.key"] {
        let endpoint = endpoint("sip.example", Some(authority.folder.join(file)), None);
        let refused = called(certificate.clone(), &endpoint).await;
        assert!(matches!(&refused, Err(Trouble::NoTrust(why)) if why.contains(file)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_connection_proved_for_one_provider_is_not_used_for_another() {
    let authority = Authority::new("two-providers");
    let mut server = Ends::listening(authority.signs(&["one.example"], |_| {}), Limits::default());
    let mut client = Ends::calling();
    let mut endpoint = endpoint("one.example", authority.file(), None);
    let other = TrunkId(uuid::Uuid::from_u128(2));
    let peer = TrunkPeer { ca: authority.file(), ..TrunkPeer::new(other, "two.example") };
    endpoint.handle(Input::Command(Command::SetTrunk(peer)), Time::ZERO);
    let to = |trunk| Destination::Provider { trunk, remote: server.at() };
    let (one, two) = (to(TRUNK), to(other));
    client.transports.carry(one, Bytes::from_static(MESSAGE), &endpoint).unwrap();
    assert!(matches!(server.next().await, Incoming::Received { .. }));
    client.transports.carry(two, Bytes::from_static(MESSAGE), &endpoint).unwrap();
    let failed = client.next().await;
    let wrong = |why: &Failed| matches!(why, Failed::Tls(Trouble::WrongName(_)));
    assert!(matches!(&failed, Incoming::SendFailed { to, why } if *to == two && wrong(why)), "{failed:?}");
    let nobody = Destination::Provider { trunk: TrunkId(uuid::Uuid::from_u128(3)), remote: server.at() };
    let sent = client.transports.carry(nobody, Bytes::from_static(MESSAGE), &endpoint);
    assert_eq!(sent, Err(SendError::NoName));
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_apart_from_who_does() {
    let authority = Authority::new("no-tls");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let remote = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"SIP/2.0 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 1000]).await;
    });
    let mut client = Ends::calling();
    let endpoint = endpoint("sip.example", authority.file(), None);
    let to = Destination::Provider { trunk: TRUNK, remote };
    client.transports.carry(to, Bytes::from_static(MESSAGE), &endpoint).unwrap();
    assert_eq!(client.next().await, Incoming::SendFailed { to, why: Failed::Tls(Trouble::NotTls) });
    let mut server = Ends::listening(authority.signs(&["sip.example"], |_| {}), Limits::default());
    let mut plain = tokio::net::TcpStream::connect(server.at()).await.unwrap();
    plain.write_all(MESSAGE).await.unwrap();
    let Incoming::Unsafe { remote, why } = server.next().await else { panic!("it is served") };
    assert_eq!((remote, why), (plain.local_addr().unwrap(), Trouble::NotTls));
    assert_eq!(server.transports.connections(), 0);
}

#[tokio::test]
async fn a_handshake_is_bounded_in_time_and_in_number() {
    let authority = Authority::new("bounded");
    let quick = Duration::from_millis(300);
    let limits = Limits { handshake: quick, handshakes_per_source: 1, ..Limits::default() };
    let mut server = Ends::listening(authority.signs(&["sip.example"], |_| {}), limits);
    let mute = tokio::net::TcpStream::connect(server.at()).await.unwrap();
    // The first one has its turn before the second one asks.
    while server.transports.connections() == 0 {
        tokio::task::yield_now().await;
    }
    let second = tokio::net::TcpStream::connect(server.at()).await.unwrap();
    let (one, two) = (server.next().await, server.next().await);
    let troubled =
        |stream: &tokio::net::TcpStream, why| Incoming::Unsafe { remote: stream.local_addr().unwrap(), why };
    assert_eq!(one, troubled(&second, Trouble::TooMany));
    assert_eq!(two, troubled(&mute, Trouble::TooSlow));
}

#[tokio::test]
async fn a_new_certificate_counts_from_the_next_handshake_on_and_connections_stand() {
    let authority = Authority::new("renewed");
    let shown = authority.signs(&["one.example"], |_| {});
    let mut server = Ends::listening(shown.clone(), Limits::default());
    let mut client = Ends::calling();
    let (one, two) =
        (endpoint("one.example", authority.file(), None), endpoint("two.example", authority.file(), None));
    let to = Destination::Provider { trunk: TRUNK, remote: server.at() };
    client.transports.carry(to, Bytes::from_static(MESSAGE), &one).unwrap();
    let Incoming::Received { flow: before, .. } = server.next().await else { panic!("nothing comes") };
    authority.signs(&["two.example"], |_| {});
    let file = |name: &str| -> PathBuf { Path::new(&authority.folder).join(name) };
    shown.show(Ready::read(&file("own.crt"), &file("own.key")).unwrap().0);
    client.transports.carry(to, Bytes::from_static(MESSAGE), &two).unwrap();
    let Incoming::Received { flow: after, .. } = server.next().await else { panic!("nothing comes") };
    assert_ne!(before.connection, after.connection);
    server.transports.send(Destination::Flow(before), Bytes::from_static(MESSAGE)).unwrap();
    assert!(matches!(client.next().await, Incoming::Received { .. }));
}

#[test]
fn a_key_that_is_another_ones_is_refused() {
    let authority = Authority::new("other-key");
    authority.signs(&["sip.example"], |_| {});
    let key = authority.folder.join("other.key");
    std::fs::write(&key, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let refused = Ready::read(&authority.folder.join("own.crt"), &key).err().unwrap();
    assert!(refused.contains("is not that of"), "{refused}");
}
