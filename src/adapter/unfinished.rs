//! Users who were perhaps made, and whom nobody was given.
//!
//! Making a user can fail after the API has made it: the answer is lost, and the API cannot be asked.
//! Whoever proves the address with a code gets in all the same. Whoever comes from an OAuth provider
//! would not, ever: NextAuth finds a user with the address, to whom nothing is linked, and refuses
//! (`OAuthAccountNotLinked`), because linking would let anyone take an account who claims its address
//! at some provider.
//!
//! This user, however, is nobody's: the call that made it has failed, so it has no link, no passkey and
//! no session, and its address is not proven. It is as if there were none. The failed call therefore
//! leaves a note in the store that names the user by the key of its making. As long as the note is
//! there the user is not found by address, so NextAuth makes it again; the API refuses the address as
//! taken, and whoever then takes the note, which one can, is given the user. Without the note nobody
//! is given a user whose address they have not proven.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::directory::Directory;
use super::records::Records;
use super::{Clock, Result, User};

/// How long a note is kept: long enough for an outage to end and for the person to come back. It
/// also bounds for how long after their making the look-up of users with an unproven address costs a
/// look into the store.
const NOTE_TTL: Duration = Duration::from_millis(24 * 60 * 60 * 1_000);

/// A note.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    create_key: String,
}

/// The notes.
pub(super) struct Unfinished {
    pub(super) directory: Arc<dyn Directory>,
    pub(super) records: Arc<Records>,
    pub(super) clock: Clock,
}

impl Unfinished {
    /// Notes that a user with that normalised address may have been made under `create_key`, and was
    /// given to nobody.
    pub(super) async fn note(&self, address: &str, create_key: &str) -> Result<()> {
        let key = self.records.keys.unfinished(address);
        let create_key = create_key.to_owned();
        let note = serde_json::to_string(&Note { create_key }).unwrap_or_default();
        self.records.put(&key, &note, NOTE_TTL).await
    }

    /// Whether there may be a note of `user`.
    pub(super) fn is_candidate(&self, user: &User) -> bool {
        self.candidate(user).is_some()
    }

    /// `user`, who was found by that normalised address, unless it is noted as nobody's.
    pub(super) async fn unless_noted(&self, address: &str, user: User) -> Result<Option<User>> {
        let key = self.records.keys.unfinished(address);
        let stored = self.records.get(&key).await?;
        let note = self.records.open(&key, stored.as_deref());
        let is_noted = self.candidate(&user).is_some_and(|it| names(note, it));
        Ok(Some(user).filter(|_| !is_noted))
    }

    /// Takes the note of `user`, who has that normalised address, and says whether there was one.
    pub(super) async fn claim(&self, address: &str, user: &User) -> Result<bool> {
        let Some(create_key) = self.candidate(user) else {
            return Ok(false);
        };
        let key = self.records.keys.unfinished(address);
        let stored = self.records.take(&key).await?;
        let note = self.records.open(&key, stored.as_deref());
        Ok(names(note, create_key))
    }

    /// The key of the making of a user of whom there may be a note.
    fn candidate<'a>(&self, user: &'a User) -> Option<&'a str> {
        let age = Duration::from_millis(
            u64::try_from((self.clock)().saturating_sub(user.created_at)).unwrap_or(0),
        );
        if user.email_verified.is_some() || age > NOTE_TTL {
            return None;
        }
        self.directory.create_key(user)
    }
}

/// Whether a note is one of the user who was made under `create_key`.
fn names(note: Option<String>, create_key: &str) -> bool {
    let noted = note.and_then(|text| serde_json::from_str::<Note>(&text).ok());
    noted.is_some_and(|note| note.create_key == create_key)
}
