//! Records are sealed: a store need not be trusted.
//!
//! What is written is encrypted and authenticated with a key that is derived from the API secret, for
//! the place where it stands. A record that was copied to another key, altered or made up opens
//! nothing. What is left to whoever can write to the store is to delete records, and to put back an
//! older copy of one at its own key.
//!
//! Records that secrets from before have sealed are read as well, so that a new secret ends nothing.

use serde::Deserialize;

use super::Records;
use super::bound::{self, Ownership, Place};
use crate::adapter::cipher::Cipher;
use crate::adapter::{Error, ErrorKind, Options, Result, Sealing};
use crate::call_metrics::{Notice, notice};
use crate::chatbotkit;

/// The purpose of the key. Not the kind of users: records of both kinds look the same.
const PURPOSE: &str = "record 1";

/// What is stored. An object: stores that hold texts as they are could not tell a text from its JSON.
#[derive(Deserialize)]
struct Sealed<'a> {
    sealed: &'a str,
}

/// What seals and opens the records of an adapter.
pub(in crate::adapter) struct Seal {
    sealing: Sealing,
    /// Of the present secret. There is none where an application is built.
    present: Option<Cipher>,
    /// Of the secrets from before.
    previous: Vec<Cipher>,
}

/// What stands at a key.
pub(super) enum Found {
    Nothing,
    Record(Place),
    /// A record that is not sealed with the present secret, where one that is written would be.
    Outdated(Place),
    /// Something that is no record, or one that belongs to another key.
    Damaged,
    /// A record that cannot be opened, and why.
    Closed(&'static str),
}

impl Seal {
    pub(in crate::adapter) fn new(secret: Option<&str>, options: &Options) -> Self {
        let cipher = |secret: &str| Cipher::new(secret.trim(), &[PURPOSE]);
        Self {
            sealing: options.seal,
            present: secret.and_then(cipher),
            previous: options
                .previous_secrets
                .iter()
                .filter_map(|secret| cipher(secret))
                .collect(),
        }
    }

    /// `record` as it is stored at `key`.
    pub(super) fn close(&self, key: &str, record: &str, ownership: &Ownership) -> Result<String> {
        if self.sealing == Sealing::Off {
            return Ok(bound::bind(Some(key), record, ownership));
        }
        let Some(cipher) = &self.present else {
            let kind = ErrorKind::Partner(chatbotkit::ErrorKind::MissingSecret);
            let message =
                "what is kept in the store is sealed with the secret, and none is configured";
            return Err(Error::refused(kind, message));
        };
        let text = bound::bind(None, record, ownership);
        // Base64 takes a third more than the text with its nonce and tag.
        let mut sealed = String::with_capacity(text.len() * 4 / 3 + 64);
        sealed.push_str(r#"{"sealed":""#);
        cipher.encrypt(key, &text, &mut sealed)?;
        sealed.push_str(r#""}"#);
        Ok(sealed)
    }

    /// What is stored at `key`.
    fn open(&self, key: &str, stored: &str) -> Found {
        let Ok(Sealed { sealed }) = serde_json::from_str(stored) else {
            if self.sealing == Sealing::On {
                return Found::Closed(
                    "is not sealed: it was written with seal: false, or by somebody else. \
                     seal: \"migrate\" reads such records",
                );
            }
            let found = bound::find(Some(key), stored.to_owned());
            return found.map_or(Found::Damaged, |place| self.outdated(place));
        };
        let open = |cipher: &Cipher| cipher.decrypt(key, sealed);
        if let Some(text) = self.present.as_ref().and_then(open) {
            return bound::find(None, text).map_or(Found::Damaged, Found::Record);
        }
        if let Some(text) = self.previous.iter().find_map(open) {
            let found = bound::find(None, text);
            return found.map_or(Found::Damaged, |place| self.outdated(place));
        }
        Found::Closed(
            "was sealed with another secret, or was changed since. previousSecrets takes the secrets \
             from before",
        )
    }
}

impl Seal {
    fn outdated(&self, place: Place) -> Found {
        if self.sealing == Sealing::Off {
            Found::Record(place)
        } else {
            Found::Outdated(place)
        }
    }
}

impl Found {
    pub(super) fn record(&self) -> Option<&str> {
        match self {
            Self::Record(place) | Self::Outdated(place) => place.record(),
            _ => None,
        }
    }

    pub(super) fn ownership(&self) -> Option<&Ownership> {
        match self {
            Self::Record(place) | Self::Outdated(place) => Some(&place.ownership),
            _ => None,
        }
    }

    /// Refuses a record that cannot be opened.
    pub(super) fn check_opened(&self) -> Result<()> {
        match self {
            Self::Closed(why) => {
                let message = format!("a record in the store {why}");
                Err(Error::refused(ErrorKind::RecordSealed, message))
            }
            _ => Ok(()),
        }
    }
}

impl Records {
    /// What is stored at `key`.
    pub(super) fn look_at(&self, key: &str, stored: Option<&str>) -> Found {
        let found = stored.map_or(Found::Nothing, |stored| self.seal.open(key, stored));
        if matches!(found, Found::Damaged | Found::Closed(_)) {
            notice(Notice::RecordUnreadable);
        }
        found
    }

    /// The record in what is stored at `key`. One that belongs to another key, or cannot be opened, is
    /// none.
    pub(in crate::adapter) fn open(&self, key: &str, stored: Option<&str>) -> Option<String> {
        self.look_at(key, stored).record().map(str::to_owned)
    }
}
