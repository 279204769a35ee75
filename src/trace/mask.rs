//! What nobody is to read in a trace: proofs of secrets, keys of encrypted sound, and digits that were typed.

/// Put in the place of a secret.
const MASK: &str = "***";
/// Headers whose digest parameters prove a secret (RFC 7616), in lower case.
const CREDENTIALS: [&str; 4] =
    ["authorization", "proxy-authorization", "authentication-info", "proxy-authentication-info"];
/// Parameters by which a secret could be guessed at leisure.
const PROOFS: [&str; 4] = ["response=", "rspauth=", "cnonce=", "nextnonce="];

/// The message as text with its secrets masked. Bytes that are no UTF-8 show as `\u{fffd}`.
pub fn masked(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut shown = String::with_capacity(text.len());
    let mut hides = false;
    for line in head.split_inclusive("\r\n") {
        // A folded line belongs to the header before it (RFC 3261 section 7.3.1).
        if !line.starts_with([' ', '\t']) {
            let name = line.split_once(':').map(|(name, _)| name.trim().to_ascii_lowercase());
            hides = name.is_some_and(|name| CREDENTIALS.contains(&name.as_str()));
        }
        match hides {
            true => shown.push_str(&without_proofs(line)),
            false => shown.push_str(line),
        }
    }
    if head.len() < text.len() {
        shown.push_str("\r\n\r\n");
    }
    let typed = super::header(head, "Content-Type", "c").is_some_and(is_of_keys);
    for line in body.split_inclusive('\n') {
        shown.push_str(&without_keys(line, typed));
    }
    shown
}

/// Keys of a telephone, which may be a PIN (INFO with application/dtmf-relay or application/dtmf).
fn is_of_keys(kind: &str) -> bool {
    kind.to_ascii_lowercase().starts_with("application/dtmf")
}

fn without_proofs(line: &str) -> String {
    let mut shown = line.to_owned();
    let named = line.split_once(':').filter(|_| !line.starts_with([' ', '\t']));
    if let Some((name, value)) = named
        && name.trim_end().to_ascii_lowercase().ends_with("authorization")
        && !starts_with(value.trim_start(), "digest")
    {
        // Another scheme may carry the secret itself.
        return format!("{name}: {MASK}\r\n");
    }
    for proof in PROOFS {
        let mut from = 0;
        while let Some(at) = find(&shown[from..], proof).map(|at| from + at) {
            let start = at + proof.len();
            let before = shown[..at].chars().next_back();
            from = start;
            // `response=` within another word is another parameter.
            if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-') {
                continue;
            }
            let quoted = shown[start..].starts_with('"');
            let end = match quoted {
                true => shown[start + 1..].find('"').map(|end| start + 1 + end + 1),
                false => shown[start..].find([',', ' ', '\r', '\n']).map(|end| start + end),
            };
            shown.replace_range(start..end.unwrap_or(shown.trim_end().len()).max(start), MASK);
        }
    }
    shown
}

/// A line of a body: without the key of an SDES description (RFC 4568), a password of ICE (RFC 8839), or
/// a key that was pressed.
fn without_keys(line: &str, typed: bool) -> String {
    let end = &line[line.trim_end().len()..];
    if starts_with(line, "a=crypto:") {
        let suite: Vec<_> = line.split_whitespace().take(2).collect();
        return format!("{} inline:{MASK}{end}", suite.join(" "));
    }
    if starts_with(line, "k=") || starts_with(line, "a=ice-pwd:") {
        let name = line.find([':', '=']).map_or("", |at| &line[..=at]);
        let name = if starts_with(line, "a=") { "a=ice-pwd:" } else { name };
        return format!("{name}{MASK}{end}");
    }
    if typed && (starts_with(line, "signal") || !line.contains('=')) && !line.trim().is_empty() {
        let name = line.split_once('=').map_or(String::new(), |(name, _)| format!("{name}="));
        return format!("{name}{MASK}{end}");
    }
    line.to_owned()
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn find(text: &str, lower: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(lower)
}
