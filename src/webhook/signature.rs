//! HMAC-SHA256 over id, time and body, as Standard Webhooks 1.0 has it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::entropy::Entropy;

/// Marks a secret in text.
const PREFIX: &str = "whsec_";

/// The secret that sender and receivers share.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A new secret of 32 bytes.
    pub fn draw(entropy: &mut Entropy) -> Self {
        let mut bytes = vec![0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads a secret: `whsec_` and Base64.
    ///
    /// # Errors
    /// What is wrong, in words for an administrator.
    pub fn read(text: &str) -> Result<Self, String> {
        let bytes = text.trim().strip_prefix(PREFIX).and_then(|rest| STANDARD.decode(rest).ok());
        match bytes {
            Some(bytes) if (24..=64).contains(&bytes.len()) => Ok(Self(bytes)),
            _ => Err(format!("a secret for webhooks is {PREFIX} and 24 to 64 bytes in Base64")),
        }
    }

    /// The secret in text, to be kept and told to receivers.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The value of the header `webhook-signature`. `at` is the one of `webhook-timestamp`, in seconds.
    pub fn sign(&self, id: &str, at: i64, body: &str) -> String {
        // HMAC takes keys of any length.
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        let signed = mac.map(|mac| mac.chain_update(format!("{id}.{at}.{body}")).finalize().into_bytes());
        format!("v1,{}", signed.map(|bytes| STANDARD.encode(bytes)).unwrap_or_default())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference implementation.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_read_as_it_was_written_and_never_shown() {
        let secret = Secret::draw(&mut Entropy::from_number(1));
        assert_eq!(Secret::read(&secret.text()).unwrap(), secret);
        assert!(!format!("{secret:?}").contains(&secret.text()[6..12]));
        for text in ["", "whsec_", "whsec_short", "secret", "whsec_!!!"] {
            assert!(Secret::read(text).unwrap_err().contains("whsec_"));
        }
    }
}
