//! Records in the store: where they stand, and how they change.
//!
//! A record changes by compare-and-set: it is read, what shall become of it is decided, and it is
//! replaced if it is still the one that was read. [`Records::change`] does that for everything that
//! the adapter keeps. Each record is bound to its key ([`bound`]) and sealed ([`seal`]).

mod attempt;
mod bound;
mod deleted;
mod orphans;
mod owned;
mod seal;
mod store;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;

use super::keys::Keys;
use super::{Error, Result};
use crate::keyed_locks::{Guard, KeyedLocks};
use crate::store::Store;
use attempt::Replacement;
pub(super) use attempt::{Attempt, Step};
pub(super) use deleted::{VACATED_TTL, check_not_vacated, vacated};
pub(super) use owned::{Kind, Owned, OwnedRecords, Stored, text};
pub(super) use seal::Seal;

/// How often a record is read again because somebody else changed it before it could be replaced.
/// Each time somebody else got on; a store that never lets anybody must not be asked without end.
const CAS_ATTEMPTS: u32 = 100;

/// For how long that goes on.
const CAS_TIMEOUT: Duration = Duration::from_millis(8_000);

/// How long to wait for those who are changing the same record through this adapter. Waiting only
/// saves work, so after this time the change goes on without the lock.
const LOCK_TIMEOUT: Duration = Duration::from_millis(1_000);

/// The records of an adapter.
pub(super) struct Records {
    store: Arc<dyn Store>,
    pub(super) keys: Keys,
    seal: Seal,
    locks: KeyedLocks,
}

/// What most likely stands there, as [`Records::change_locked`] gave it back: reading it costs a round
/// trip.
pub(super) type Guess = Option<Option<String>>;

impl Records {
    pub(super) fn new(store: Arc<dyn Store>, prefix: &str, seal: Seal) -> Self {
        Self {
            store,
            keys: Keys::new(prefix),
            seal,
            locks: KeyedLocks::new(),
        }
    }

    /// Changes the record at `key` as `decide` says.
    pub(super) async fn change<T, F: Future<Output = Result<Step<T>>>>(
        &self,
        key: &str,
        guess: Guess,
        decide: impl Fn(Attempt) -> F,
    ) -> Result<T> {
        let changed = self.compare_and_set(key, false, || guess, decide).await;
        changed.map(|(outcome, _)| outcome)
    }

    /// Changes the record at `key` as [`Self::change`] does. Those who change it through this
    /// adapter go one after the other, instead of all reading the same record of which one can
    /// replace it. The lifetime is read, too, and the text that was written is given back.
    pub(super) async fn change_locked<T, F: Future<Output = Result<Step<T>>>>(
        &self,
        key: &str,
        guess: impl FnOnce() -> Guess,
        decide: impl Fn(Attempt) -> F,
    ) -> Result<(T, Option<String>)> {
        self.compare_and_set(key, true, guess, decide).await
    }

    async fn compare_and_set<T, F: Future<Output = Result<Step<T>>>>(
        &self,
        key: &str,
        is_locked: bool,
        guess: impl FnOnce() -> Guess,
        decide: impl Fn(Attempt) -> F,
    ) -> Result<(T, Option<String>)> {
        // What it takes to decide, a look-up at the API for one, is not the store's time.
        let mut lost_since: Option<Instant> = None;
        let mut guess = Some(guess);
        for _ in 0..CAS_ATTEMPTS {
            if lost_since.is_some_and(|since| since.elapsed() >= CAS_TIMEOUT) {
                break;
            }
            let lock = if is_locked {
                self.lock(key).await
            } else {
                None
            };
            let guess = guess.take().and_then(|guess| guess());
            let is_guess = guess.is_some();
            let (stored, ttl) = match guess {
                Some(guess) => (guess, None),
                None if is_locked => self.get_with_ttl(key).await?,
                None => (self.get(key).await?, None),
            };
            let found = self.look_at(key, stored.as_deref());
            match decide(Attempt::new(stored, found, ttl, is_guess, lock)).await? {
                Step::Done(outcome) => return Ok((outcome, None)),
                Step::Read => {}
                Step::Replace(replacement) => {
                    if let Some(done) = self.put_in_place(key, replacement).await? {
                        return Ok(done);
                    }
                    lost_since.get_or_insert_with(Instant::now);
                }
            }
        }
        Err(Error::contended(&*self.store))
    }

    /// Replaces the record, if it is still the one that was read. Gives back the text that was
    /// written, too.
    async fn put_in_place<T>(
        &self,
        key: &str,
        new: Replacement<T>,
    ) -> Result<Option<(T, Option<String>)>> {
        let text = match &new.text {
            Some(record) => Some(self.seal.close(key, record, &new.ownership)?),
            None => None,
        };
        let stored = new.stored.as_deref();
        let replace = self.replace(key, stored, text.as_deref(), new.ttl);
        let is_deleted = async {
            match &new.owner {
                Some(owner) => self.is_deleted(owner).await,
                None => Ok(false),
            }
        };
        let (replaced, is_deleted) = join(replace, is_deleted).await;
        if !replaced? {
            return Ok(None);
        }
        if is_deleted? {
            self.replace(key, text.as_deref(), None, None).await?;
            return Err(Error::no_such_user());
        }
        Ok(Some((new.outcome, text)))
    }

    async fn lock(&self, key: &str) -> Option<Guard> {
        let lock = tokio::time::timeout(LOCK_TIMEOUT, self.locks.lock(key));
        lock.await.ok()
    }
}
