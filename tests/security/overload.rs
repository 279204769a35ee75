//! More calls than the program can take: new ones are refused early, those that stand do not notice.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::flood::{AFTERMATH, Offered, offer};
use crate::support::hovor::Hovor;
use crate::support::rtp::{self, Stream, ports_of};
use crate::support::sipp::Sipp;
use crate::support::{pause, wait_for};

/// How long the flood lasts.
const FLOOD: Duration = Duration::from_secs(6);
/// The flood is so many times what the program can take.
const TIMES: f64 = 3.0;
/// Calls a second that are offered first, and how much more each time, until the program refuses some.
const FIRST: f64 = 400.0;
const MORE: f64 = 1.6;
const MOST: f64 = 60_000.0;
/// Phones repeat what was not answered within that time (RFC 3261 section 17.1.1.1, T1).
const T1: Duration = Duration::from_millis(500);

/// Waits until it is over, which is no later than five seconds after the last call was offered.
fn all_are_let_in(hovor: &Hovor) {
    wait_for("all new calls to be let in again", Duration::from_secs(5) - AFTERMATH, || {
        (hovor.metric("hovor_calls_admitted_ratio") == Some(1.0)).then_some(())
    });
}

/// The most calls that the program took in a second, offered more and more until it was too much.
fn most_that_it_takes(hovor: &Hovor) -> f64 {
    let (mut rate, mut most) = (FIRST, 0.0_f64);
    while rate < MOST {
        let offered = offer(hovor.ports.one(), hovor.sip_port, rate, Duration::from_secs(1));
        most = most.max(offered.served_rate());
        let shed = hovor.metric("hovor_calls_shed_total").unwrap();
        all_are_let_in(hovor);
        if shed > 0.0 {
            return most;
        }
        rate *= MORE;
    }
    panic!("it takes {most} calls a second, and refuses none")
}

/// Measures what the program can take, offers [`TIMES`] as much, and sees it recover.
fn flood(hovor: &Hovor) -> (f64, Offered) {
    let most = most_that_it_takes(hovor);
    let offered = offer(hovor.ports.one(), hovor.sip_port, most * TIMES * 1.1, FLOOD);
    all_are_let_in(hovor);
    Sipp::new(&hovor.ports, "options", hovor.sip_port).run();
    (most, offered)
}

#[test]
fn too_many_calls_are_refused_early_and_live_ones_keep_their_sound() {
    let hovor = Hovor::start_alone();
    let first = hovor.ports.several(8);
    let mut streams: Vec<Stream> = (0..4).map(|n| Stream::new(first + 2 * n)).collect();
    let rows: Vec<String> = streams.iter().map(|stream| stream.port().to_string()).collect();
    let live = Sipp::new(&hovor.ports, "call_with_media_elsewhere", hovor.sip_port).calling("600");
    let mut live = live.users(&rows).calls(4, 4).option(&["-d", "45000", "-timeout", "80"]).start();
    let before = hovor.memory();
    let (most, offered) = std::thread::scope(|scope| {
        let flooding = scope.spawn(|| {
            pause(2.0);
            flood(&hovor)
        });
        rtp::run(&mut streams, |streams| {
            let notes = live.notes();
            let remotes: BTreeMap<u16, u16> = notes.lines().filter_map(ports_of).collect();
            for stream in streams.iter_mut() {
                remotes.get(&stream.port()).into_iter().for_each(|port| stream.send_to(*port));
            }
            !live.has_ended()
        });
        flooding.join().unwrap()
    });
    assert_eq!(live.finish().succeeded, 4, "live calls stand until they are hung up");
    for stream in &streams {
        assert!(stream.received * 100 > stream.sent * 95, "received {} of {}", stream.received, stream.sent);
    }
    let waited = offered.usual_wait();
    let Offered { calls, served, shed, ref wrong, .. } = offered;
    let figures = format!(
        "it takes {most:.0} calls a second; of {calls}, {:.0} a second, {served} were served and {shed} refused, \
         half of them within {waited:?}",
        offered.rate()
    );
    assert!(offered.rate() >= most * TIMES, "{figures}");
    assert!(wrong.is_empty(), "{figures}; other answers: {wrong:?}");
    assert!(shed > served && waited < T1, "{figures}");
    // Whoever got no answer at all would ask again.
    assert!((served + shed) * 2 > calls, "{figures}");
    assert!(offered.served_rate() * 10.0 > most, "{figures}");
    let log = hovor.log();
    assert!(log.contains("more comes than can be served"), "it is said when it begins");
    assert!(log.contains("all new calls are let in again"), "and when it is over");
    let grown = hovor.memory().saturating_sub(before);
    assert!(grown < 400, "{grown} MB more than before; {figures}");
    assert_eq!(hovor.metric("hovor_internal_ends_total"), Some(0.0));
    println!("{figures}; {grown} MB more than before");
}
