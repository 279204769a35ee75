//! The bytes of the messages of RFC 4475.
//!
//! `torture.txt` holds them with their section, name and outcome. There, `{07}` is a byte, `{20 long}`
//! a word repeated, and `{sdp ADDRESS}` the session description that most of them carry.

use super::*;

/// Name, outcome and bytes of each.
pub(crate) fn cases() -> Vec<(&'static str, &'static str, Bytes)> {
    let cases = include_str!("torture.txt").split("=== ").skip(1).map(|case| {
        let (title, text) = case.split_once('\n').unwrap();
        let (name, outcome) = title.split_once(": ").unwrap();
        (name.split_once(' ').unwrap().1, outcome, expand(text))
    });
    cases.collect()
}

/// The bytes that a text of `torture.txt` stands for.
fn expand(text: &str) -> Bytes {
    let mut bytes = vec![];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        // A Call-ID with an open bracket of its own.
        if after.starts_with('\n') {
            bytes.extend(format!("{before}{{").replace('\n', "\r\n").into_bytes());
            rest = after;
            continue;
        }
        bytes.extend(before.replace('\n', "\r\n").into_bytes());
        let (code, after) = after.split_once('}').unwrap();
        bytes.extend(stands_for(code));
        rest = after;
        if code.starts_with("sdp") {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
    }
    bytes.extend(rest.replace('\n', "\r\n").into_bytes());
    bytes.into()
}

fn stands_for(code: &str) -> Vec<u8> {
    match code.split_once(' ') {
        None => vec![u8::from_str_radix(code, 16).unwrap()],
        Some(("sdp", address)) => format!(
            "v=0\r\no=mhandley 29739 7272939 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n\
             m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"
        )
        .into_bytes(),
        Some((count, word)) => word.repeat(count.parse().unwrap()).into_bytes(),
    }
}
