//! By what a browser finds its chat again: the chat's leg, sealed so that nobody can name another's.

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::entropy::Entropy;
use crate::id::LegId;

/// The secret that seals.
#[derive(Clone, Serialize, Deserialize)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// Draws one.
    pub fn draw(entropy: &mut Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// The secret in hexadecimal digits, to be kept where nobody else reads it.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// Reads what [`text`](Self::text) gave; nothing if it is something else.
    pub fn read(text: &str) -> Option<Self> {
        unhex(text.trim())?.try_into().ok().map(Self)
    }

    /// The token of a chat.
    pub(super) fn seal(&self, leg: LegId) -> String {
        let seal = self.mac(leg).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
        format!("{leg}.{}", hex(&seal))
    }

    /// The chat of a token, if it is one of ours.
    pub(super) fn open(&self, token: &str) -> Option<LegId> {
        let (leg, seal) = token.split_once('.')?;
        let leg: LegId = leg.parse().ok()?;
        // It takes the same time whatever is wrong.
        self.mac(leg)?.verify_slice(&unhex(seal)?).ok().map(|()| leg)
    }

    fn mac(&self, leg: LegId) -> Option<Hmac<Sha256>> {
        // Keys of any length do.
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        Some(mac.chain_update(leg.0.as_bytes()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::UnixMs;

    #[test]
    fn a_key_that_was_kept_opens_what_it_sealed_before() {
        let mut entropy = Entropy::from_number(2);
        let key = Key::draw(&mut entropy);
        let leg = LegId::new(UnixMs(1), &mut entropy);
        let kept = Key::read(&format!("{}\n", key.text())).unwrap();
        assert_eq!(kept.open(&key.seal(leg)), Some(leg));
        assert!(Key::read("").is_none() && Key::read("zz").is_none() && Key::read("00").is_none());
    }

    #[test]
    fn a_token_names_its_chat_and_none_other() {
        let mut entropy = Entropy::from_number(1);
        let (key, other) = (Key::draw(&mut entropy), Key::draw(&mut entropy));
        let [leg, second] = [1, 2].map(|ms| LegId::new(UnixMs(ms), &mut entropy));
        let token = key.seal(leg);
        assert_eq!(key.open(&token), Some(leg));
        assert_eq!(other.open(&token), None);
        let forged = token.replace(&leg.to_string(), &second.to_string());
        for wrong in
            [forged.as_str(), "", ".", "x.y", &token[..token.len() - 2], &format!("{token}00"), "é.éé"]
        {
            assert_eq!(key.open(wrong), None, "{wrong}");
        }
    }
}
