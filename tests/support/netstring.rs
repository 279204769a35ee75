//! Netstrings (`5:hello,`), in which baresip's control port speaks.

pub fn encode(text: &str) -> Vec<u8> {
    format!("{}:{text},", text.len()).into_bytes()
}

/// Takes the first whole netstring from the front of `buffer`.
pub fn take(buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let colon = buffer.iter().position(|b| *b == b':')?;
    let length: usize = std::str::from_utf8(&buffer[..colon]).ok()?.parse().ok()?;
    let end = colon + 1 + length;
    if buffer.len() <= end {
        return None;
    }
    let text = buffer[colon + 1..end].to_vec();
    buffer.drain(..=end);
    Some(text)
}
