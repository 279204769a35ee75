//! `kill -9` in the middle of a recording.

use std::time::Duration;

use serde_json::Value;

use crate::support::audio::Sound;
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::{pause, wait_for};

#[test]
fn what_was_recorded_until_the_program_was_killed_is_listed_and_plays_after_the_next_start() {
    let mut hovor = Hovor::start();
    hovor.cli(&["number", "set", "100", "--record", "on", "--record-layout", "per_party"]);
    let tone = |hz| Sound::tone(hz, -12.0, 60.0);
    let anna = hovor.operator("201").says(&tone(700.0)).answers_at_once().baresip();
    let mut client = hovor.phone("client").says(&tone(400.0)).baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    anna.wait_for(Moment::Established);
    wait_for("the recording to begin", Duration::from_secs(5), || {
        (hovor.sessions()[0]["recording"] == "on").then_some(())
    });
    pause(3.0);
    hovor.kill();
    hovor.restart_after_a_crash();
    let session = hovor.sessions()[0]["id"].as_str().unwrap().to_owned();
    let token: Value = serde_json::from_str(&hovor.cli(&["token", "add", "listener", "--json"])).unwrap();
    let bearer = format!("Bearer {}", token["secret"].as_str().unwrap());
    let get = |path: &str| {
        let path = format!("/api/v1/sessions/{session}/recordings{path}");
        hovor.request("GET", &path, &[("authorization", &bearer)], "")
    };
    let all = get("").json();
    let [recording] = &all.as_array().unwrap()[..] else { panic!("one recording: {all}") };
    let length = recording["length_ms"].as_u64().unwrap();
    assert!(recording["complete"] == false && (2_000..6_000).contains(&length), "{recording}");
    let id = recording["id"].as_str().unwrap();
    assert_eq!(get(&format!("/{id}")).json()["ms"], length);
    let mut heard = vec![];
    for track in 1..=2 {
        let reply = get(&format!("/{id}/audio?track={track}"));
        assert_eq!(reply.status, 200, "{}", reply.head);
        let [sound] = &Sound::channels(&reply.bytes)[..] else { panic!("mono") };
        let said = sound.between(0.5, 1.5);
        heard.extend([400.0, 700.0].into_iter().filter(|hz| said.level_of(*hz) > -20.0));
    }
    heard.sort_by(f64::total_cmp);
    assert_eq!(heard, [400.0, 700.0], "each party has a file");
    assert_eq!(get(&format!("/{id}/audio?track=3")).status, 404);
    let live = std::fs::read_dir(hovor.data().join("recordings/live")).unwrap().count();
    assert_eq!(live, 0, "nothing is left where it was recorded");
}
