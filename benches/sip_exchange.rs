//! What an exchange of SIP messages costs beside reading and writing them: transactions, and who the sender is.
//!
//! `cargo bench --bench sip_exchange`

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use divan::{Bencher, black_box};
use hovor::entropy::Entropy;
use hovor::sip::digest::{Algorithm, Asker, Authenticator, Challenge, Credentials, Ha1, Login, Verdict};
use hovor::sip::transaction::{Arrival, GIVE_UP, Kind, RequestKey, Transactions};
use hovor::sip::{Destination, Method, Transport};
use hovor::time::Time;

fn main() {
    divan::main();
}

/// Calls begun a second. Their transactions live for 32 s, so there are always so many more.
const RATE: u32 = 1_000;

/// What stands on the wire; transactions do not read it.
static MESSAGE: Bytes = Bytes::from_static(&[b'x'; 600]);

/// Transactions of an endpoint that has answered, or made, so many calls a second for a while.
struct Busy {
    transactions: Transactions<u64>,
    now: Time,
    calls: u64,
}

impl Busy {
    /// Call after call until as many transactions end as begin.
    fn new(mut call: impl FnMut(&mut Self, u64)) -> Self {
        let mut busy = Self { transactions: Transactions::new(1_000_000), now: Time::ZERO, calls: 0 };
        let life = GIVE_UP + Duration::from_secs(1);
        while busy.now < Time::ZERO + life {
            let number = busy.next();
            call(&mut busy, number);
        }
        let live = GIVE_UP.as_secs() as usize * RATE as usize;
        assert!(busy.transactions.len() >= live, "{} transactions", busy.transactions.len());
        busy
    }

    /// Time passes until the next call.
    fn next(&mut self) -> u64 {
        self.now += Duration::from_secs(1) / RATE;
        self.transactions.handle_timeout(self.now);
        self.calls += 1;
        self.calls
    }

    fn to() -> Destination {
        let remote = SocketAddr::from(([192, 0, 2, 10], 5060));
        Destination::Address { transport: Transport::Udp, remote }
    }

    fn key(number: u64) -> RequestKey {
        RequestKey {
            hop: format!("INVITE z9hG4bK{number:016x} 192.0.2.10:5062"),
            origin: Some(format!("{number:016x}@192.0.2.10 1928301774 314159 INVITE")),
        }
    }

    /// An INVITE comes: found new, assigned, answered with 100 and 200.
    fn served(&mut self, number: u64) {
        let Arrival::New(id) = self.transactions.receive(
            Self::key(number),
            Kind::Invite { urgent: false },
            Self::to(),
            self.now,
        ) else {
            panic!("a new INVITE is new");
        };
        self.transactions.assign(id, number);
        for status in [100, 200] {
            self.transactions.answer(id, status, MESSAGE.clone(), self.now);
        }
        self.send();
    }

    /// An INVITE goes out, and 100 and 200 come back.
    fn called(&mut self, number: u64) {
        let branch = format!("z9hG4bK{number:016x}");
        self.transactions.send("INVITE", &branch, MESSAGE.clone(), Self::to(), number, self.now);
        for status in [100, 200] {
            let respond = ("INVITE", &*branch);
            let answered = self.transactions.respond(respond, status, |invite| invite.clone(), self.now);
            assert_eq!(answered.map(|(_, owner)| owner), Some(number));
        }
        self.send();
    }

    fn send(&mut self) {
        while let Some(output) = self.transactions.poll_output() {
            black_box(output);
        }
    }
}

/// The whole life of an INVITE that we answer, with its timers and its forgetting, among 32,000 others.
#[divan::bench]
fn invite_server_transaction(bencher: Bencher<'_, '_>) {
    let mut busy = Busy::new(Busy::served);
    bencher.bench_local(|| {
        let number = busy.next();
        busy.served(number);
    });
}

/// The whole life of an INVITE that we send, among 32,000 others.
#[divan::bench]
fn invite_client_transaction(bencher: Bencher<'_, '_>) {
    let mut busy = Busy::new(Busy::called);
    bencher.bench_local(|| {
        let number = busy.next();
        busy.called(number);
    });
}

const ALGORITHMS: [Algorithm; 2] = [Algorithm::Md5, Algorithm::Sha256];
const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));

/// The Authorization header of a REGISTER, read and found right.
#[divan::bench(args = ALGORITHMS)]
fn check_digest(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
    let mut server = Authenticator::new("hovor", vec![algorithm], Entropy::from_number(1));
    let challenge = server.challenges(false, PHONE, Time::ZERO).remove(0);
    let challenge = Challenge::parse(Asker::Server, &challenge).unwrap();
    let login = Login { username: "201".to_owned(), password: "secret".to_owned() };
    let (ha1, mut count) = (Ha1::of("201", "hovor", "secret"), 0);
    bencher
        .with_inputs(|| {
            count += 1;
            challenge.answer(&login, &Method::Register, "sip:hovor", "0a4f113b", count)
        })
        .bench_local_values(|header| {
            let credentials = Credentials::parse(black_box(&header)).unwrap();
            let verdict = server.verify(&credentials, &Method::Register, &ha1, PHONE, Time::ZERO);
            assert_eq!(verdict, Verdict::Accepted);
        });
}
