//! The cipher of what the store holds: records, and the snapshots of users.
//!
//! Whoever could change these could make one person pass for another. So they are encrypted and
//! authenticated (AES-256-GCM) with a key derived from the API secret (HKDF, RFC 5869), and bound to
//! the key under which they are stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use super::{Error, Result, random};

/// Tells keys of this package apart from others that are derived from the same secret.
const SALT: &[u8] = b"@chatbotkit/nextauth";

/// Encrypts and decrypts texts.
pub(super) struct Cipher {
    key: LessSafeKey,
}

impl Cipher {
    /// The cipher of those who have `secret`, for one `purpose`.
    pub(super) fn new(secret: &str, purpose: &[&str]) -> Option<Self> {
        let pseudorandom = Salt::new(HKDF_SHA256, SALT).extract(secret.as_bytes());
        let info: Vec<&[u8]> = purpose.iter().map(|part| part.as_bytes()).collect();
        let material = pseudorandom.expand(&info, &AES_256_GCM).ok()?;
        Some(Self {
            key: LessSafeKey::new(UnboundKey::from(material)),
        })
    }

    /// Appends `text`, encrypted for `place`, to `output`.
    pub(super) fn encrypt(&self, place: &str, text: &str, output: &mut String) -> Result<()> {
        let mut nonce = [0; NONCE_LEN];
        random::fill(&mut nonce)?;
        let mut data = Vec::with_capacity(NONCE_LEN + text.len() + AES_256_GCM.tag_len());
        data.extend_from_slice(&nonce);
        data.extend_from_slice(text.as_bytes());
        let unique = Nonce::assume_unique_for_key(nonce);
        let body = &mut data[NONCE_LEN..];
        let tag = self
            .key
            .seal_in_place_separate_tag(unique, Aad::from(place), body);
        // Fails for texts of gigabytes only.
        data.extend_from_slice(tag.map_err(|_| Error::invalid_argument())?.as_ref());
        STANDARD_NO_PAD.encode_string(data, output);
        Ok(())
    }

    /// What was encrypted for `place`, or `None` when this is not it.
    pub(super) fn decrypt(&self, place: &str, encrypted: &str) -> Option<String> {
        let mut data = STANDARD_NO_PAD.decode(encrypted).ok()?;
        let nonce = Nonce::try_assume_unique_for_key(data.get(..NONCE_LEN)?).ok()?;
        // The text takes the place of the nonce.
        let opened = self
            .key
            .open_within(nonce, Aad::from(place), &mut data, NONCE_LEN..);
        let length = opened.ok()?.len();
        data.truncate(length);
        String::from_utf8(data).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encrypt(cipher: &Cipher, place: &str, text: &str) -> String {
        let mut output = String::new();
        cipher.encrypt(place, text, &mut output).unwrap();
        output
    }

    #[test]
    fn what_is_encrypted_for_a_place_is_decrypted_there_and_with_its_secret_and_purpose_only() {
        let cipher = Cipher::new("secret", &["user"]).unwrap();
        let encrypted = encrypt(&cipher, "here", "somebody");
        assert_eq!(
            cipher.decrypt("here", &encrypted).as_deref(),
            Some("somebody")
        );
        assert_eq!(cipher.decrypt("there", &encrypted), None);
        for (secret, purpose) in [("other", "user"), ("secret", "record")] {
            let other = Cipher::new(secret, &[purpose]).unwrap();
            assert_eq!(other.decrypt("here", &encrypted), None);
        }
        assert_ne!(encrypt(&cipher, "here", "somebody"), encrypted);
    }

    #[test]
    fn whatever_else_stands_there_is_not_decrypted() {
        let cipher = Cipher::new("secret", &["user"]).unwrap();
        let encrypted = encrypt(&cipher, "here", "somebody");
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
