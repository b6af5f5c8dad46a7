//! Users as they were a moment ago, kept in the store for all instances.
//!
//! Reading a session needs its user, and pages read sessions all the time. A snapshot spares the
//! API that. It is dropped when the user changes through any instance. Dropping leaves a tombstone for
//! a while: a reader that fetched the user before the change, and would store it after, then finds
//! that the place is not as it was, and leaves it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::adapter::cipher::Cipher;
use crate::adapter::records::Records;
use crate::adapter::{CLOCK_SKEW, Clock, Result, User, random};
use crate::chatbotkit::is_user_id;

/// How long a tombstone stays.
const TOMBSTONE_TTL: Duration = Duration::from_millis(10_000);

/// No snapshot is stored that took longer to fetch: shorter than tombstones stay.
const FETCH_LIMIT: Duration = Duration::from_millis(3_000);

/// What is stored at a user's key.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Stored {
    /// An encrypted [`Snapshot`].
    Encrypted(String),
    /// A tombstone: the user changed. The text is unique.
    Changed(String),
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    /// When it was taken, in epoch milliseconds.
    at: i64,
    /// How long the store was told to keep it, in milliseconds.
    ttl: u64,
    user: User,
}

/// The snapshots of users.
pub(super) struct Snapshots {
    pub(super) records: Arc<Records>,
    /// `None` where this adapter takes no snapshots.
    pub(super) cipher: Option<Cipher>,
    pub(super) ttl: Duration,
    pub(super) clock: Clock,
}

/// When a user was asked for who becomes a snapshot.
pub(super) struct Taken {
    at: i64,
    began: Instant,
}

impl Snapshots {
    /// Where the snapshot of the user `id` is, if this adapter takes any.
    pub(super) fn key(&self, id: &str) -> Option<String> {
        self.cipher.as_ref().map(|_| self.records.keys.user(id))
    }

    /// The user in what is stored at `key`, if it is a snapshot that is not too old.
    pub(super) fn read(&self, key: &str, id: &str, stored: Option<&str>) -> Option<User> {
        let Stored::Encrypted(encrypted) = serde_json::from_str(stored?).ok()? else {
            return None;
        };
        let text = self.cipher.as_ref()?.decrypt(key, &encrypted)?;
        let snapshot: Snapshot = serde_json::from_str(&text).ok()?;
        (self.is_fresh(&snapshot) && snapshot.user.id == id).then_some(snapshot.user)
    }

    /// The store's clock is one for all servers, whose own may be minutes apart. The time of the
    /// snapshot decides where the store may not end lifetimes, and where another server has a longer
    /// one for it. It has to be near on both sides: clocks jump back, too. And it decides in any case
    /// whether a snapshot is one that somebody has put back.
    fn is_fresh(&self, snapshot: &Snapshot) -> bool {
        let ttl = Duration::from_millis(snapshot.ttl);
        let is_ended_by_store = self.records.ends_lifetimes() && ttl <= self.ttl;
        let skew = if is_ended_by_store {
            CLOCK_SKEW
        } else {
            Duration::ZERO
        };
        Duration::from_millis((self.clock)().abs_diff(snapshot.at)) < self.ttl + skew
    }

    /// The time of a snapshot whose user is asked for now.
    pub(super) fn begin(&self) -> Taken {
        let (at, began) = ((self.clock)(), Instant::now());
        Taken { at, began }
    }

    /// Keeps a snapshot of `user` and gives the user back.
    pub(super) async fn keep(
        &self,
        key: &str,
        stored: Option<&str>,
        user: User,
        Taken { at, began }: Taken,
    ) -> Result<User> {
        let ttl = u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX);
        let snapshot = Snapshot { at, ttl, user };
        let cipher = self
            .cipher
            .as_ref()
            .filter(|_| began.elapsed() < FETCH_LIMIT);
        let place = cipher.and_then(|cipher| {
            let text = serde_json::to_string(&snapshot).ok()?;
            let mut encrypted = String::new();
            cipher.encrypt(key, &text, &mut encrypted).ok()?;
            serde_json::to_string(&Stored::Encrypted(encrypted)).ok()
        });
        if let Some(place) = place {
            let (place, ttl) = (Some(&*place), Some(self.ttl));
            self.records.replace(key, stored, place, ttl).await?;
        }
        Ok(snapshot.user)
    }

    /// Makes every instance ask for the user `id` again.
    pub(super) async fn drop(&self, id: &str) -> Result<()> {
        // Also where this adapter takes no snapshots: others may.
        if !is_user_id(id) {
            return Ok(());
        }
        let place = Stored::Changed(random::key()?);
        let place = serde_json::to_string(&place).unwrap_or_default();
        let key = self.records.keys.user(id);
        self.records.set(&key, &place, TOMBSTONE_TTL).await
    }
}
