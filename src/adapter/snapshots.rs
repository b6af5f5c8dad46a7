//! Users as they were a moment ago, kept in the store for all instances.
//!
//! Reading a session needs its user, and pages read sessions all the time. A snapshot spares the
//! API that. It is dropped when the user changes through any instance. Dropping leaves a mark for
//! a while: a reader that fetched the user before the change, and would store it after, then finds
//! that the place is not as it was, and leaves it.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Adapter, Result, Seal, User, random};

/// How long a mark stays. No snapshot is stored that took longer than [`PATIENCE`] to fetch.
const MARK_TTL: Duration = Duration::from_millis(10_000);
const PATIENCE: Duration = Duration::from_millis(3_000);

/// What stands in a snapshot's place.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Place {
    /// A sealed [`Snapshot`].
    Sealed(String),
    /// The user changed; something unique.
    Changed(String),
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    /// When it was taken, in epoch milliseconds.
    at: i64,
    user: User,
}

impl Adapter {
    /// The user `id`, at most `userCacheTtl` old.
    pub(super) async fn user_lately(&self, id: &str) -> Result<Option<User>> {
        let stored = self.stored_snapshot(id).await?;
        self.user_of(id, stored).await
    }

    /// What stands in the place of the snapshot of the user `id`.
    pub(super) async fn stored_snapshot(&self, id: &str) -> Result<Option<String>> {
        match self.snapshot_key(id) {
            Some(key) => Ok(self.store.get(&key).await?),
            None => Ok(None),
        }
    }

    /// Where the snapshot of the user `id` is, if this adapter takes any.
    pub(super) fn snapshot_key(&self, id: &str) -> Option<String> {
        self.snapshot_seal().map(|_| self.keys.user(id))
    }

    /// What seals snapshots, where they are taken.
    fn snapshot_seal(&self) -> Option<&Seal> {
        let seal = self.seal.as_ref();
        seal.filter(|_| !self.options.user_cache_ttl.is_zero())
    }

    /// [`Adapter::user_lately`] for those who have read what is stored.
    pub(super) async fn user_of(&self, id: &str, stored: Option<String>) -> Result<Option<User>> {
        let Some(seal) = self.snapshot_seal() else {
            return self.get_user(id).await;
        };
        let key = self.keys.user(id);
        let (ttl, began) = (self.options.user_cache_ttl, Instant::now());
        if let Some(Place::Sealed(sealed)) = stored.as_deref().and_then(read) {
            let snapshot: Option<Snapshot> = seal
                .open(&key, &sealed)
                .and_then(|text| serde_json::from_str(&text).ok());
            let age = |snapshot: &Snapshot| self.now().abs_diff(snapshot.at);
            // The age is checked as well, for stores that do not end lifetimes.
            let fresh = |snapshot: &Snapshot| u128::from(age(snapshot)) < ttl.as_millis();
            if let Some(snapshot) = snapshot.filter(fresh).filter(|it| it.user.id == id) {
                return Ok(Some(snapshot.user));
            }
        }
        let at = self.now();
        let Some(user) = self
            .fetch_user_as_of(id, stored.as_deref().unwrap_or_default())
            .await?
        else {
            return Ok(None);
        };
        let snapshot = Snapshot { at, user };
        let sealed = serde_json::to_string(&snapshot)
            .ok()
            .and_then(|text| seal.seal(&key, &text));
        let place = sealed
            .and_then(|sealed| write(&Place::Sealed(sealed)))
            .filter(|_| began.elapsed() < PATIENCE);
        if let Some(place) = place {
            self.store
                .compare_and_set(&key, stored.as_deref(), Some(&place), Some(ttl))
                .await?;
        }
        Ok(Some(snapshot.user))
    }

    /// Makes every instance ask for the user `id` anew.
    pub(super) async fn drop_snapshot(&self, id: &str) -> Result<()> {
        // Also where this adapter takes no snapshots: others may.
        if !crate::chatbotkit::is_user_id(id) {
            return Ok(());
        }
        let place = write(&Place::Changed(random::key()?)).unwrap_or_default();
        Ok(self
            .store
            .set(&self.keys.user(id), &place, Some(MARK_TTL))
            .await?)
    }
}

fn read(text: &str) -> Option<Place> {
    serde_json::from_str(text).ok()
}

fn write(place: &Place) -> Option<String> {
    serde_json::to_string(place).ok()
}
