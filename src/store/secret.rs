//! Passwords, secrets and what is stored in their place.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rand_chacha::rand_core::{OsRng, TryRngCore};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::entropy::Entropy;
use crate::store::StoreError;

pub use crate::sip::digest::Ha1;

/// Length of a generated secret: 26 characters of five bits are 130 bits.
const SECRET_LENGTH: usize = 26;
/// Length of the secret of a login: 260 bits.
const LOGIN_LENGTH: usize = 52;
/// What every token's secret begins with, so that one that leaks is recognised.
const TOKEN_PREFIX: &str = "hovor_";

/// A generator seeded by the operating system.
///
/// # Errors
/// [`StoreError::Unavailable`] when the system has no randomness to give.
pub fn entropy() -> Result<Entropy, StoreError> {
    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(Entropy::from_seed(seed))
}

/// A new secret of a device.
pub fn device_secret(entropy: &mut Entropy) -> String {
    entropy.token(SECRET_LENGTH)
}

/// A new secret of a token.
pub fn token_secret(entropy: &mut Entropy) -> String {
    format!("{TOKEN_PREFIX}{}", entropy.token(SECRET_LENGTH))
}

/// A new secret of a login, for the browser's cookie.
pub fn login_secret(entropy: &mut Entropy) -> String {
    entropy.token(LOGIN_LENGTH)
}

/// What is stored of a token's secret, or a login's: its SHA-256 in hexadecimal. The secret is random and long,
/// so a fast hash is enough.
pub fn token_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

/// Whether two hashes are equal, without telling by the time it takes where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The argon2id hash of a login password in PHC form (RFC 9106; OWASP's 19 MiB, two passes).
/// Takes tens of milliseconds: call it where blocking is allowed.
///
/// # Errors
/// [`StoreError::Unavailable`] when there is not enough memory for it.
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<String, StoreError> {
    let unavailable = |error: argon2::password_hash::Error| StoreError::Unavailable(error.to_string());
    let salt = SaltString::encode_b64(&salt).map_err(unavailable)?;
    Ok(argon2id().hash_password(password.as_bytes(), &salt).map_err(unavailable)?.to_string())
}

/// Whether `password` is the one behind `hash`; with no hash, as slowly, it is not. Takes tens of
/// milliseconds: call it where blocking is allowed.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    /// Checked when there is no such user, so that time does not tell which users exist.
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password("", [0; 16]).unwrap_or_default());
    let known = hash.is_some();
    let matches = PasswordHash::new(hash.unwrap_or(&NOBODY))
        .is_ok_and(|hash| argon2id().verify_password(password.as_bytes(), &hash).is_ok());
    known && matches
}

fn argon2id() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let hash = hash_password("correct horse", [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("correct horse", Some(&hash)));
        assert!(!verify_password("correct house", Some(&hash)));
        assert!(!verify_password("", None));
    }

    #[test]
    fn secrets_are_long_and_differ() {
        let mut entropy = entropy().unwrap();
        let (one, other) = (device_secret(&mut entropy), device_secret(&mut entropy));
        assert_eq!(one.len(), SECRET_LENGTH);
        assert_ne!(one, other);
        assert!(token_secret(&mut entropy).starts_with("hovor_"));
    }

    #[test]
    fn hashes_are_compared_whole() {
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"));
    }
}
