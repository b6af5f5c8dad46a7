//! Seals what may be read by nobody but the adapters of one partner.
//!
//! A snapshot of a user in the store names a person, and whoever could change it could make one
//! user pass for another. So it is encrypted and authenticated (AES-256-GCM) with a key derived
//! from the Partner secret (HKDF, RFC 5869), and bound to the key under which it is stored. After
//! a change of the secret the snapshots cannot be opened any more, which is as if there were none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

/// Tells keys of this kind apart from others that are derived from the same secret.
const SALT: &[u8] = b"@chatbotkit/nextauth";
const PURPOSE: &[u8] = b"user snapshot 1";

/// Seals and opens texts.
pub(super) struct Seal {
    key: LessSafeKey,
}

impl Seal {
    /// The seal of a partner.
    pub(super) fn new(secret: &str) -> Option<Self> {
        let pseudorandom = Salt::new(HKDF_SHA256, SALT).extract(secret.as_bytes());
        let material = pseudorandom.expand(&[PURPOSE], &AES_256_GCM).ok()?;
        Some(Self {
            key: LessSafeKey::new(UnboundKey::from(material)),
        })
    }

    /// `text`, sealed for `place`. `None` when the system gives no random numbers.
    pub(super) fn seal(&self, place: &str, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        let mut data = text.as_bytes().to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(unique, Aad::from(place), &mut data)
            .ok()?;
        Some(STANDARD_NO_PAD.encode([&nonce[..], &data].concat()))
    }

    /// What was sealed for `place`, or `None` when this is not it.
    pub(super) fn open(&self, place: &str, sealed: &str) -> Option<String> {
        let mut data = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, body) = data.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.key.open_in_place(nonce, Aad::from(place), body).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_and_with_its_secret_only() {
        let seal = Seal::new("secret").unwrap();
        let sealed = seal.seal("here", "somebody").unwrap();
        assert_eq!(seal.open("here", &sealed).as_deref(), Some("somebody"));
        assert_eq!(seal.open("there", &sealed), None);
        assert_eq!(Seal::new("other").unwrap().open("here", &sealed), None);
        assert_ne!(seal.seal("here", "somebody").unwrap(), sealed);
    }

    #[test]
    fn whatever_else_stands_there_does_not_open() {
        let seal = Seal::new("secret").unwrap();
        let sealed = seal.seal("here", "somebody").unwrap();
        for wrong in [
            "",
            "AAAA",
            "not base64!",
            &sealed[..20],
            &sealed.replace(&sealed[20..22], "!!"),
        ] {
            assert_eq!(seal.open("here", wrong), None);
        }
    }
}
