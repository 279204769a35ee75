//! Each function over its seeds and over changes of them, always the same ones.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::entropy::Entropy;

/// Bytes that mean something to one of the parsers.
const TELLING: &[u8] = b"\r\n \t\"\\<>;,:=@%[]()/?&*#{}.-+0129aAZ\0\x7f\x80\xff";
/// Longest input, as far as changes make them longer.
const LONGEST: usize = 8_192;

/// Runs a target over its seeds and so many changes of them.
fn hold(target: fn(&[u8]), seeds: &[Vec<u8>], changes: usize) {
    assert!(!seeds.is_empty());
    seeds.iter().for_each(|seed| target(seed));
    let mut entropy = Entropy::from_number(4475);
    for _ in 0..changes {
        let mut bytes = one(seeds, &mut entropy).clone();
        for _ in 0..=entropy.u32() % 6 {
            change(&mut bytes, seeds, &mut entropy);
        }
        target(&bytes);
    }
}

fn one<'a>(seeds: &'a [Vec<u8>], entropy: &mut Entropy) -> &'a Vec<u8> {
    &seeds[below(seeds.len(), entropy)]
}

fn below(end: usize, entropy: &mut Entropy) -> usize {
    entropy.u32() as usize % end.max(1)
}

/// One byte, or a stretch of them, is changed, taken away, put in, doubled, or taken from elsewhere.
fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], entropy: &mut Entropy) {
    let at = below(bytes.len() + 1, entropy);
    let end = (at + 1 + below(16, entropy)).min(bytes.len());
    let byte = match entropy.u32() % 3 {
        0 => entropy.u32() as u8,
        _ => TELLING[below(TELLING.len(), entropy)],
    };
    match entropy.u32() % 7 {
        0 | 1 => bytes[at..end].iter_mut().take(1).for_each(|old| *old = byte),
        2 => bytes.insert(at, byte),
        3 => drop(bytes.drain(at.min(end)..end)),
        4 => bytes.extend_from_within(at.min(end)..end),
        5 => bytes.truncate(at),
        _ => {
            let other = one(seeds, entropy);
            let from = below(other.len() + 1, entropy);
            let length = below(200, entropy).min(other.len() - from);
            bytes.splice(at..at, other[from..from + length].iter().copied());
        }
    }
    bytes.truncate(LONGEST);
}

/// The files of a folder with one of these endings, and of the folders in it.
fn files(folder: &str, endings: &[&str]) -> Vec<Vec<u8>> {
    let mut paths = vec![];
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
    let ends = |path: &Path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths.iter().filter(|path| ends(path)).map(|path| fs::read(path).unwrap()).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

/// The seeds of this target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    files(&format!("fuzz/seeds/{target}"), &[""])
}

/// Random bytes, for targets to which bytes are decisions.
fn random(count: usize, length: usize) -> Vec<Vec<u8>> {
    let mut entropy = Entropy::from_number(11);
    let mut bytes = || {
        let mut bytes = vec![0; 1 + below(length, &mut entropy)];
        entropy.fill(&mut bytes);
        bytes
    };
    (0..count).map(|_| bytes()).collect()
}

#[test]
fn any_bytes_are_read_as_a_sip_message_or_refused() {
    let torture = torture().into_iter().map(|bytes| bytes.to_vec());
    hold(sip_message, &torture.chain(seeds("sip_message")).collect::<Vec<_>>(), 4_000);
}

#[test]
fn any_text_is_read_as_a_uri_or_refused() {
    hold(uri, &seeds("uri"), 20_000);
}

#[test]
fn a_sip_stream_gives_the_same_messages_in_any_pieces() {
    hold(sip_stream, &seeds("sip_stream"), 3_000);
}

#[test]
fn any_bytes_are_read_as_a_session_description_or_refused() {
    hold(sdp, &seeds("sdp"), 4_000);
}

#[test]
fn any_text_is_read_as_digest_challenge_and_credentials_or_refused() {
    hold(digest, &seeds("digest"), 4_000);
}

#[test]
fn any_datagrams_on_the_ports_of_a_call_do_no_harm() {
    hold(rtp, &seeds("rtp"), 300);
}

#[test]
fn any_bytes_are_read_as_reports_of_media_or_refused() {
    hold(rtcp, &seeds("rtcp"), 4_000);
}

#[test]
fn any_datagrams_at_the_port_of_browsers_prove_nothing_and_do_no_harm() {
    hold(stun, &seeds("stun"), 2_000);
}

#[test]
fn any_text_is_read_as_a_dialplan_and_its_faults_are_drawn() {
    let mut seeds = files("tests/check", &[".toml"]);
    seeds.extend(files("dialplans", &[".toml"]));
    hold(dialplan, &seeds, 300);
}

#[test]
fn any_sequence_of_messages_and_commands_is_survived_and_forgotten() {
    let mut seeds = seeds("endpoint");
    seeds.extend(random(100, 1_000));
    hold(endpoint, &seeds, 300);
}

#[test]
fn any_sequence_of_events_leaves_the_switch_in_order() {
    let mut seeds = seeds("switch");
    seeds.extend(random(50, 400));
    hold(switch, &seeds, 100);
}
