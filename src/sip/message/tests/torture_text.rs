//! The bytes of the messages of RFC 4475.
//!
//! `torture.txt` holds them with their section, name, what the parser makes of them, and what the endpoint answers.
//! There, `{07}` is a byte, `{hex 0730}` are several, `{20 long}` is a word repeated, and `{sdp ADDRESS}` the session
//! description that most of them carry; with two addresses the second is where sound goes.

use super::*;

/// One message.
pub(crate) struct Case {
    pub name: &'static str,
    /// What the parser makes of it: `accepted`, `dropped`, or how it is refused.
    pub read: &'static str,
    /// What the endpoint answers to a guest, if it answers.
    pub answer: Option<u16>,
    pub bytes: Bytes,
}

/// All of them, in the order of the RFC.
pub(crate) fn cases() -> Vec<Case> {
    let case = |case: &'static str| {
        let (title, text) = case.split_once('\n').unwrap();
        let (name, outcome) = title.split_once(": ").unwrap();
        let (read, answer) = outcome.split_once("; ").unwrap();
        let answer = match answer {
            "no answer" => None,
            answer => Some(answer.strip_prefix("answer ").unwrap().parse().unwrap()),
        };
        Case { name: name.split_once(' ').unwrap().1, read, answer, bytes: expand(text) }
    };
    include_str!("torture.txt").split("=== ").skip(1).map(case).collect()
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
        Some(("sdp", addresses)) => {
            let (ours, sound) = addresses.split_once(' ').unwrap_or((addresses, addresses));
            format!(
                "v=0\r\no=mhandley 29739 7272939 IN IP4 {ours}\r\ns=-\r\nc=IN IP4 {sound}\r\nt=0 0\r\n\
                 m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"
            )
            .into_bytes()
        }
        Some(("hex", digits)) => {
            let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
            (0..digits.len()).step_by(2).map(byte).collect()
        }
        Some((count, word)) => word.repeat(count.parse().unwrap()).into_bytes(),
    }
}
