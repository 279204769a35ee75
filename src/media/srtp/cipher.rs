//! Keys made of the master key, and what is done with them (RFC 3711 section 4, RFC 7714 sections 8 and 9).

use aes::cipher::{InnerIvInit, KeyInit, StreamCipher};
use aes::{Aes128Enc, Aes256Enc};
use aes_gcm::aead::AeadInPlace;
use aes_gcm::{Aes128Gcm, Aes256Gcm, Nonce, Tag};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;

use super::{ENCRYPTED, RTCP_HEADER, RTCP_INDEX, Refused, word};
use crate::sdp::{MasterKey, Suite};

type Ctr = ctr::Ctr128BE<Aes128Enc>;
type LongCtr = ctr::Ctr128BE<Aes256Enc>;
type HmacSha1 = Hmac<Sha1>;

/// Bytes of a tag of GCM.
const GCM_TAG: usize = 16;
/// Bytes of the tag of an RTCP packet with HMAC: never the short one (RFC 3711 section 5.2).
const RTCP_TAG: usize = 10;

/// The keys of one direction, made of its master key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "MasterKey", into = "MasterKey")]
pub struct Session {
    master: MasterKey,
    sound: Cipher,
    reports: Cipher,
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.master == other.master
    }
}

impl From<MasterKey> for Session {
    fn from(master: MasterKey) -> Self {
        Self::new(master)
    }
}

impl From<Session> for MasterKey {
    fn from(session: Session) -> Self {
        session.master
    }
}

#[derive(Clone)]
enum Cipher {
    /// AES in counter mode, and HMAC-SHA1 cut to so many bytes.
    Cm {
        keys: Box<CmKeys>,
        tag: usize,
    },
    Gcm {
        cipher: GcmKey,
        salt: [u8; 12],
    },
}

/// AES in Galois/counter mode, with a key of 128 or 256 bits.
#[derive(Clone)]
enum GcmKey {
    Short(Box<Aes128Gcm>),
    Long(Box<Aes256Gcm>),
}

#[derive(Clone)]
struct CmKeys {
    cipher: Aes128Enc,
    salt: [u8; 14],
    mac: HmacSha1,
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(…)")
    }
}

impl Session {
    /// Makes the keys.
    pub fn new(master: MasterKey) -> Self {
        let sound_tag = if master.suite() == Suite::Sha1_32 { 4 } else { 10 };
        Self { sound: Cipher::of(&master, 0, sound_tag), reports: Cipher::of(&master, 3, RTCP_TAG), master }
    }

    /// What the keys are made of.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Protects an RTP packet whose payload begins there.
    pub fn seal_rtp(
        &self,
        packet: &mut Vec<u8>,
        payload: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<(), Refused> {
        match &self.sound {
            Cipher::Cm { keys, tag } => {
                keys.stream(packet.get_mut(payload..).ok_or(Refused::Short)?, ssrc, index);
                let full = authenticate(&keys.mac, packet, &rollovers(index));
                packet.extend_from_slice(full.get(..*tag).unwrap_or_default());
            }
            Cipher::Gcm { cipher, salt } => {
                let nonce = gcm_nonce(salt, ssrc, (index >> 16) as u32, index as u16);
                let (head, body) = packet.split_at_mut_checked(payload).ok_or(Refused::Short)?;
                let tag = seal(cipher, &nonce, head, body)?;
                packet.extend_from_slice(&tag);
            }
        }
        Ok(())
    }

    /// Proves and decrypts an RTP packet. Gives its length in the clear.
    pub fn open_rtp(
        &self,
        packet: &mut [u8],
        payload: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<usize, Refused> {
        match &self.sound {
            Cipher::Cm { keys, tag } => {
                let end =
                    packet.len().checked_sub(*tag).filter(|end| *end >= payload).ok_or(Refused::Short)?;
                let (plain, proof) = packet.split_at_mut(end);
                check(&keys.mac, plain, &rollovers(index), proof)?;
                keys.stream(plain.get_mut(payload..).ok_or(Refused::Short)?, ssrc, index);
                Ok(end)
            }
            Cipher::Gcm { cipher, salt } => {
                let nonce = gcm_nonce(salt, ssrc, (index >> 16) as u32, index as u16);
                let end =
                    packet.len().checked_sub(GCM_TAG).filter(|end| *end >= payload).ok_or(Refused::Short)?;
                let (plain, proof) = packet.split_at_mut(end);
                let (head, body) = plain.split_at_mut(payload);
                open(cipher, &nonce, head, body, proof)?;
                Ok(end)
            }
        }
    }

    /// Protects an RTCP packet.
    pub fn seal_rtcp(&self, packet: &mut Vec<u8>, ssrc: u32, index: u32) -> Result<(), Refused> {
        let word = (index | ENCRYPTED).to_be_bytes();
        match &self.reports {
            Cipher::Cm { keys, tag } => {
                keys.stream(packet.get_mut(RTCP_HEADER..).ok_or(Refused::Short)?, ssrc, index.into());
                packet.extend_from_slice(&word);
                let full = authenticate(&keys.mac, packet, &[]);
                packet.extend_from_slice(full.get(..*tag).unwrap_or_default());
            }
            Cipher::Gcm { cipher, salt } => {
                let nonce = gcm_nonce(salt, ssrc, 0, 0).xor_last(index);
                let (head, body) = packet.split_at_mut_checked(RTCP_HEADER).ok_or(Refused::Short)?;
                let tag = seal(cipher, &nonce, &known(head, word)?, body)?;
                packet.extend_from_slice(&tag);
                packet.extend_from_slice(&word);
            }
        }
        Ok(())
    }

    /// The number of a protected RTCP packet, not yet proved.
    pub fn rtcp_index(&self, packet: &[u8]) -> Result<u32, Refused> {
        let at = packet.len().checked_sub(self.after_index() + RTCP_INDEX).ok_or(Refused::Short)?;
        Ok(word(packet, at).ok_or(Refused::Short)? & !ENCRYPTED)
    }

    /// Proves and decrypts an RTCP packet. Gives its length in the clear.
    pub fn open_rtcp(&self, packet: &mut [u8], ssrc: u32) -> Result<usize, Refused> {
        let at = packet.len().checked_sub(self.after_index() + RTCP_INDEX).ok_or(Refused::Short)?;
        let number = word(packet, at).ok_or(Refused::Short)?;
        let (index, is_encrypted) = (number & !ENCRYPTED, number & ENCRYPTED != 0);
        match &self.reports {
            Cipher::Cm { keys, .. } => {
                let end = Some(at).filter(|end| *end >= RTCP_HEADER).ok_or(Refused::Short)?;
                let (signed, proof) = packet.split_at_mut_checked(at + RTCP_INDEX).ok_or(Refused::Short)?;
                check(&keys.mac, signed, &[], proof)?;
                if is_encrypted {
                    let body = signed.get_mut(RTCP_HEADER..end).ok_or(Refused::Short)?;
                    keys.stream(body, ssrc, index.into());
                }
                Ok(end)
            }
            // A packet that is only signed has another form (RFC 7714 section 9.3); nobody sends it.
            Cipher::Gcm { .. } if !is_encrypted => Err(Refused::NotAuthentic),
            Cipher::Gcm { cipher, salt } => {
                let nonce = gcm_nonce(salt, ssrc, 0, 0).xor_last(index);
                let end = at.checked_sub(GCM_TAG).filter(|end| *end >= RTCP_HEADER).ok_or(Refused::Short)?;
                let (plain, rest) = packet.split_at_mut_checked(end).ok_or(Refused::Short)?;
                let (head, body) = plain.split_at_mut_checked(RTCP_HEADER).ok_or(Refused::Short)?;
                let proof = rest.get(..GCM_TAG).ok_or(Refused::Short)?;
                open(cipher, &nonce, &known(head, number.to_be_bytes())?, body, proof)?;
                Ok(end)
            }
        }
    }

    /// Bytes that follow the number of an RTCP packet.
    fn after_index(&self) -> usize {
        match &self.reports {
            Cipher::Cm { tag, .. } => *tag,
            Cipher::Gcm { .. } => 0,
        }
    }
}

impl Cipher {
    /// The keys for sound (labels from 0) or for reports (from 3), with tags of so many bytes.
    fn of(master: &MasterKey, labels: u8, tag: usize) -> Self {
        let (mut key, mut long, mut auth, mut salt) = ([0; 16], [0; 32], [0; 20], [0; 14]);
        derive(master, labels, &mut key);
        derive(master, labels + 2, &mut salt);
        match master.suite() {
            Suite::Gcm => {
                let cipher = GcmKey::Short(Box::new(Aes128Gcm::new(&key.into())));
                Cipher::Gcm { cipher, salt: shorter(&salt) }
            }
            Suite::Gcm256 => {
                derive(master, labels, &mut long);
                let cipher = GcmKey::Long(Box::new(Aes256Gcm::new(&long.into())));
                Cipher::Gcm { cipher, salt: shorter(&salt) }
            }
            Suite::Sha1_80 | Suite::Sha1_32 => {
                derive(master, labels + 1, &mut auth);
                let mac = <HmacSha1 as KeyInit>::new(&padded(&auth).into());
                let keys = CmKeys { cipher: Aes128Enc::new(&key.into()), salt, mac };
                Cipher::Cm { keys: Box::new(keys), tag }
            }
        }
    }
}

impl CmKeys {
    /// Encrypts or decrypts in counter mode (RFC 3711 section 4.1.1).
    fn stream(&self, bytes: &mut [u8], ssrc: u32, index: u64) {
        let mut counter = [0; 16];
        let number = (u128::from(ssrc) << 64) | (u128::from(index) << 16);
        for (at, byte) in number.to_be_bytes().into_iter().enumerate() {
            counter[at] = byte ^ self.salt.get(at).copied().unwrap_or(0);
        }
        keystream(self.cipher.clone(), counter, bytes);
    }
}

/// A key of a session (RFC 3711 section 4.3), by the label of its use.
fn derive(master: &MasterKey, label: u8, key: &mut [u8]) {
    let mut counter = [0; 16];
    counter[..14].copy_from_slice(&master.salt());
    counter[7] ^= label;
    match master.suite() {
        // The keys are made by the cipher that they are for (RFC 7714 section 11).
        Suite::Gcm256 => {
            let cipher = Aes256Enc::new(&master.key().into());
            LongCtr::from_core(InnerIvInit::inner_iv_init(cipher, &counter.into())).apply_keystream(key);
        }
        Suite::Gcm | Suite::Sha1_80 | Suite::Sha1_32 => {
            keystream(Aes128Enc::new(&master.key().into()), counter, key);
        }
    }
}

/// A salt of GCM.
fn shorter(salt: &[u8; 14]) -> [u8; 12] {
    std::array::from_fn(|at| salt.get(at).copied().unwrap_or(0))
}

/// Adds the keystream that begins with this counter.
fn keystream(cipher: Aes128Enc, counter: [u8; 16], bytes: &mut [u8]) {
    Ctr::from_core(InnerIvInit::inner_iv_init(cipher, &counter.into())).apply_keystream(bytes);
}

/// A key of HMAC as long as its block.
fn padded(key: &[u8; 20]) -> [u8; 64] {
    let mut block = [0; 64];
    block[..20].copy_from_slice(key);
    block
}

fn rollovers(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

fn authenticate(mac: &HmacSha1, packet: &[u8], more: &[u8]) -> [u8; 20] {
    let mut mac = mac.clone();
    mac.update(packet);
    mac.update(more);
    mac.finalize().into_bytes().into()
}

fn check(mac: &HmacSha1, packet: &[u8], more: &[u8], proof: &[u8]) -> Result<(), Refused> {
    let mut mac = mac.clone();
    mac.update(packet);
    mac.update(more);
    mac.verify_truncated_left(proof).map_err(|_| Refused::NotAuthentic)
}

/// What makes a packet of GCM unlike all others (RFC 7714 sections 8.1 and 9.1).
struct GcmNonce([u8; 12]);

fn gcm_nonce(salt: &[u8; 12], ssrc: u32, rollovers: u32, sequence: u16) -> GcmNonce {
    let mut nonce = [0; 12];
    nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
    nonce[6..10].copy_from_slice(&rollovers.to_be_bytes());
    nonce[10..].copy_from_slice(&sequence.to_be_bytes());
    nonce.iter_mut().zip(salt).for_each(|(byte, salt)| *byte ^= salt);
    GcmNonce(nonce)
}

impl GcmNonce {
    /// With a number in the last four bytes: that of a report.
    fn xor_last(mut self, number: u32) -> Self {
        self.0.iter_mut().skip(8).zip(number.to_be_bytes()).for_each(|(byte, other)| *byte ^= other);
        self
    }
}

/// What is signed of an RTCP packet besides what is encrypted.
fn known(head: &[u8], word: [u8; 4]) -> Result<[u8; RTCP_HEADER + RTCP_INDEX], Refused> {
    let mut known = [0; RTCP_HEADER + RTCP_INDEX];
    known[..RTCP_HEADER].copy_from_slice(head.get(..RTCP_HEADER).ok_or(Refused::Short)?);
    known[RTCP_HEADER..].copy_from_slice(&word);
    Ok(known)
}

fn seal(cipher: &GcmKey, nonce: &GcmNonce, head: &[u8], body: &mut [u8]) -> Result<Tag, Refused> {
    let nonce = Nonce::from_slice(&nonce.0);
    let sealed = match cipher {
        GcmKey::Short(cipher) => cipher.encrypt_in_place_detached(nonce, head, body),
        GcmKey::Long(cipher) => cipher.encrypt_in_place_detached(nonce, head, body),
    };
    // It fails for more bytes than any packet has.
    sealed.map_err(|_| Refused::Short)
}

fn open(
    cipher: &GcmKey,
    nonce: &GcmNonce,
    head: &[u8],
    body: &mut [u8],
    proof: &[u8],
) -> Result<(), Refused> {
    let (nonce, tag) = (Nonce::from_slice(&nonce.0), Tag::from_slice(proof));
    let opened = match cipher {
        GcmKey::Short(cipher) => cipher.decrypt_in_place_detached(nonce, head, body, tag),
        GcmKey::Long(cipher) => cipher.decrypt_in_place_detached(nonce, head, body, tag),
    };
    opened.map_err(|_| Refused::NotAuthentic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect()
    }

    /// RFC 3711 appendix B.3.
    #[test]
    fn session_keys_are_those_of_the_rfc() {
        let material = hex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
        let master = MasterKey::new(Suite::Sha1_80, &material).unwrap();
        let derived = |label, length| {
            let mut key = vec![0; length];
            derive(&master, label, &mut key);
            key
        };
        assert_eq!(derived(0, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derived(2, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(
            derived(1, 94),
            hex("CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE
                 E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25
                 6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2")
        );
    }

    /// RFC 3711 appendix B.2: the keystream of a counter that is all salt.
    #[test]
    fn the_keystream_is_that_of_the_rfc() {
        let key: [u8; 16] = hex("2B7E151628AED2A6ABF7158809CF4F3C").try_into().unwrap();
        let salt: [u8; 14] = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
        let mac = <HmacSha1 as KeyInit>::new(&[0; 64].into());
        let keys = CmKeys { cipher: Aes128Enc::new(&key.into()), salt, mac };
        let mut stream = [0; 48];
        keys.stream(&mut stream, 0, 0);
        assert_eq!(
            stream.to_vec(),
            hex(
                "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0"
            )
        );
    }

    /// RFC 7714 section 16.1.1, whose session key and salt are given as such.
    #[test]
    fn a_packet_under_gcm_is_that_of_the_rfc() {
        let key: [u8; 16] = hex("000102030405060708090a0b0c0d0e0f").try_into().unwrap();
        let salt: [u8; 12] = hex("517569642070726f2071756f").try_into().unwrap();
        let mut packet = hex("8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976
             69736120 696e2070 61727465 73207472 6573");
        let nonce = gcm_nonce(&salt, 0x5501_a0b2, 0, 0xf17b);
        assert_eq!(nonce.0.to_vec(), hex("51753c6580c2726f20718414"));
        let (head, body) = packet.split_at_mut(12);
        let cipher = GcmKey::Short(Box::new(Aes128Gcm::new(&key.into())));
        let tag = seal(&cipher, &nonce, head, body).unwrap();
        packet.extend_from_slice(&tag);
        assert_eq!(
            packet,
            hex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5
                 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce")
        );
    }
}
