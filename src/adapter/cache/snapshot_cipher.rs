//! The cipher of user snapshots.
//!
//! A snapshot of a user in the store names a person, and whoever could change it could make one
//! user pass for another. So it is encrypted and authenticated (AES-256-GCM) with a key derived
//! from the API secret (HKDF, RFC 5869), and bound to the key under which it is stored. After a
//! change of the secret the snapshots cannot be decrypted any more, which is as if there were none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

/// Tells keys of this kind apart from others that are derived from the same secret.
const SALT: &[u8] = b"@chatbotkit/nextauth";
const PURPOSE: &[u8] = b"user snapshot 1";

/// Encrypts and decrypts texts.
pub(super) struct SnapshotCipher {
    key: LessSafeKey,
}

impl SnapshotCipher {
    /// The cipher of those who have `secret`, for users of one kind: a store may serve adapters of both.
    pub(super) fn new(secret: &str, noun: &str) -> Option<Self> {
        let pseudorandom = Salt::new(HKDF_SHA256, SALT).extract(secret.as_bytes());
        let info = [PURPOSE, noun.as_bytes()];
        let material = pseudorandom.expand(&info, &AES_256_GCM).ok()?;
        Some(Self {
            key: LessSafeKey::new(UnboundKey::from(material)),
        })
    }

    /// `text`, encrypted for `place`. `None` when the system gives no random numbers.
    pub(super) fn encrypt(&self, place: &str, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        let mut data = text.as_bytes().to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(unique, Aad::from(place), &mut data)
            .ok()?;
        Some(STANDARD_NO_PAD.encode([&nonce[..], &data].concat()))
    }

    /// What was encrypted for `place`, or `None` when this is not it.
    pub(super) fn decrypt(&self, place: &str, encrypted: &str) -> Option<String> {
        let mut data = STANDARD_NO_PAD.decode(encrypted).ok()?;
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
    fn what_is_encrypted_for_a_place_is_decrypted_there_and_with_its_secret_only() {
        let cipher = SnapshotCipher::new("secret", "User").unwrap();
        let encrypted = cipher.encrypt("here", "somebody").unwrap();
        assert_eq!(
            cipher.decrypt("here", &encrypted).as_deref(),
            Some("somebody")
        );
        assert_eq!(cipher.decrypt("there", &encrypted), None);
        assert_eq!(
            SnapshotCipher::new("other", "User")
                .unwrap()
                .decrypt("here", &encrypted),
            None
        );
        assert_ne!(cipher.encrypt("here", "somebody").unwrap(), encrypted);
    }

    #[test]
    fn whatever_else_stands_there_is_not_decrypted() {
        let cipher = SnapshotCipher::new("secret", "User").unwrap();
        let encrypted = cipher.encrypt("here", "somebody").unwrap();
        for wrong in [
            "",
            "AAAA",
            "not base64!",
            &encrypted[..20],
            &encrypted.replace(&encrypted[20..22], "!!"),
        ] {
            assert_eq!(cipher.decrypt("here", wrong), None);
        }
    }
}
