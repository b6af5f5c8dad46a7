//! Records in the store: where they stand, and how they change.
//!
//! A record changes by compare-and-set: it is read, what shall become of it is decided, and it is
//! replaced if it is still the one that was read. [`Records::change`] does that for everything that
//! the adapter keeps. Each record is bound to its key ([`bound`]).

mod bound;
mod deleted;
mod owned;
mod store;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;

use super::keys::Keys;
use super::{Error, Result};
use crate::call_metrics::{Notice, notice};
use crate::keyed_locks::{Guard, KeyedLocks};
use crate::store::Store;
use bound::Place;
pub(super) use deleted::{VACATED_TTL, check_not_vacated, vacated};
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
    /// What stands at the key, be it a record or not.
    stored: Option<String>,
    /// Where the record is in it.
    place: Option<Place>,
    /// Whether that is what the caller guessed, instead of what was read.
    pub(super) is_guess: bool,
    lock: Option<Guard>,
}

/// What becomes of a record.
pub(super) enum Step<T> {
    /// It stays as it is.
    Done(T),
    /// It is replaced. If it is not any more the one that was read, the next attempt begins.
    Replace(Replacement<T>),
    /// It has to be read: what was guessed does not decide this.
    Read,
}

/// What a record is replaced by.
pub(super) struct Replacement<T> {
    attempt: Attempt,
    /// `None` removes it.
    text: Option<String>,
    is_orphaned: bool,
    ttl: Option<Duration>,
    /// A user who must not have been deleted meanwhile.
    owner: Option<String>,
    outcome: T,
}

impl Attempt {
    fn new(key: &str, stored: Option<String>, is_guess: bool, lock: Option<Guard>) -> Self {
        let place = stored.as_deref().and_then(|text| bound::find(key, text));
        if stored.is_some() && place.is_none() {
            notice(Notice::RecordUnreadable);
        }
        Self {
            stored,
            place,
            is_guess,
            lock,
        }
    }

    /// The record that stands there.
    pub(super) fn record(&self) -> Option<&str> {
        self.stored
            .as_deref()?
            .get(self.place.as_ref()?.range.clone())
    }

    /// Whether the record's owner was not there when it was last met, so that it ends.
    pub(super) fn is_orphaned(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.is_orphaned)
    }

    /// Whether nothing stands there.
    pub(super) fn is_vacant(&self) -> bool {
        self.stored.is_none()
    }

    /// Lets others change the record before this attempt has ended.
    pub(super) fn unlock(&mut self) {
        self.lock = None;
    }

    /// Replaces the record. `ttl` is how long it then stays; `None` keeps it until it is deleted.
    pub(super) fn replace<T>(self, record: String, ttl: Option<Duration>, outcome: T) -> Step<T> {
        let text = Some(record);
        Step::Replace(Replacement {
            text,
            ttl,
            ..Replacement::new(self, outcome)
        })
    }

    /// Replaces the record as [`Self::replace`] does by one of the user `owner`. Nothing is left of
    /// it when that user was deleted a moment ago; the change is then refused.
    pub(super) fn replace_for<T>(
        self,
        owner: &str,
        record: String,
        ttl: Option<Duration>,
        outcome: T,
    ) -> Step<T> {
        let (text, owner) = (Some(record), Some(owner.to_owned()));
        Step::Replace(Replacement {
            text,
            ttl,
            owner,
            ..Replacement::new(self, outcome)
        })
    }

    /// Gives the record another lifetime, which it has as an orphan or not.
    fn end<T>(self, is_orphaned: bool, ttl: Option<Duration>, outcome: T) -> Step<T> {
        let text = self.record().map(str::to_owned);
        Step::Replace(Replacement {
            text,
            is_orphaned,
            ttl,
            ..Replacement::new(self, outcome)
        })
    }

    /// Removes the record.
    pub(super) fn remove<T>(self, outcome: T) -> Step<T> {
        Step::Replace(Replacement::new(self, outcome))
    }
}

impl<T> Replacement<T> {
    fn new(attempt: Attempt, outcome: T) -> Self {
        Self {
            attempt,
            text: None,
            is_orphaned: false,
            ttl: None,
            owner: None,
            outcome,
        }
    }
}

/// What most likely stands there, as [`Records::change_locked`] gave it back: reading it costs a round
/// trip.
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
    /// replace it. Gives back the text that was written, too.
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
            let stored = match guess {
                Some(guess) => guess,
                None => self.get(key).await?,
            };
            match decide(Attempt::new(key, stored, is_guess, lock)).await? {
                Step::Done(outcome) => return Ok((outcome, None)),
                Step::Read => {}
                Step::Replace(replacement) => {
                    if let Some(done) = self.put_in_place(key, replacement).await? {
                        return Ok(done);
                    }
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
        let text = new
            .text
            .map(|text| bound::bind(key, &text, new.is_orphaned));
        let stored = new.attempt.stored.as_deref();
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
