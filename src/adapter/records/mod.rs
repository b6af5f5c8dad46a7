//! Records in the store: where they stand, and how they change.
//!
//! A record changes by compare-and-set: it is read, what shall become of it is decided, and it is
//! replaced if it is still the one that was read. [`Records::change`] does that for everything that
//! the adapter keeps.

mod owned;
mod store;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::keys::Keys;
use super::{Error, Result};
use crate::keyed_locks::{Guard, KeyedLocks};
use crate::store::Store;
pub(super) use owned::{Kind, Owned, OwnedRecords, text};

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
    locks: KeyedLocks,
}

/// A record while it is decided what becomes of it.
pub(super) struct Attempt {
    stored: Option<String>,
    /// For how long the store still keeps it, where that was read.
    pub(super) ttl: Option<Duration>,
    /// Whether that is what the caller guessed, instead of what was read.
    pub(super) is_guess: bool,
    lock: Option<Guard>,
}

/// What becomes of a record.
pub(super) enum Step<T> {
    /// It stays as it is.
    Done(T),
    /// It is replaced, or removed when `value` is `None`. If it is not any more the one that was
    /// read, the next attempt begins.
    Replace {
        attempt: Attempt,
        value: Option<String>,
        ttl: Option<Duration>,
        outcome: T,
    },
    /// It has to be read: what was guessed does not decide this.
    Read,
}

impl Attempt {
    /// What stands there.
    pub(super) fn stored(&self) -> Option<&str> {
        self.stored.as_deref()
    }

    /// Lets others change the record before this attempt has ended.
    pub(super) fn unlock(&mut self) {
        self.lock = None;
    }

    /// Replaces the record. `ttl` is how long it then stays; `None` keeps it until it is deleted.
    pub(super) fn replace<T>(self, value: String, ttl: Option<Duration>, outcome: T) -> Step<T> {
        Step::Replace {
            attempt: self,
            value: Some(value),
            ttl,
            outcome,
        }
    }

    /// Removes the record.
    pub(super) fn remove<T>(self, outcome: T) -> Step<T> {
        Step::Replace {
            attempt: self,
            value: None,
            ttl: None,
            outcome,
        }
    }
}

/// What most likely stands there: reading it costs a round trip.
pub(super) type Guess = Option<Option<String>>;

impl Records {
    pub(super) fn new(store: Arc<dyn Store>, prefix: &str) -> Self {
        Self {
            store,
            keys: Keys::new(prefix),
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
        let (began, mut guess) = (Instant::now(), Some(guess));
        for _ in 0..CAS_ATTEMPTS {
            if began.elapsed() >= CAS_TIMEOUT {
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
            match decide(Attempt {
                stored,
                ttl,
                is_guess,
                lock,
            })
            .await?
            {
                Step::Done(outcome) => return Ok((outcome, None)),
                Step::Read => {}
                Step::Replace {
                    attempt,
                    value,
                    ttl,
                    outcome,
                } => {
                    if self
                        .replace(key, attempt.stored(), value.as_deref(), ttl)
                        .await?
                    {
                        return Ok((outcome, value));
                    }
                }
            }
        }
        Err(Error::contended(&*self.store))
    }

    async fn lock(&self, key: &str) -> Option<Guard> {
        let lock = tokio::time::timeout(LOCK_TIMEOUT, self.locks.lock(key));
        lock.await.ok()
    }
}
