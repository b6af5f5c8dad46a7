//! One attempt to change a record: what was read, and what becomes of it.

use std::time::Duration;

use super::bound::Ownership;
use super::seal::Found;
use crate::adapter::Result;
use crate::keyed_locks::Guard;

/// A record while it is decided what becomes of it.
pub(crate) struct Attempt {
    /// What stands at the key, be it a record or not.
    stored: Option<String>,
    /// What that is.
    found: Found,
    /// For how long the store still keeps it, where that was read.
    pub(crate) ttl: Option<Duration>,
    /// Whether that is what the caller guessed, instead of what was read.
    pub(crate) is_guess: bool,
    lock: Option<Guard>,
}

/// What becomes of a record.
pub(crate) enum Step<T> {
    /// It stays as it is.
    Done(T),
    /// It is replaced. If it is not any more the one that was read, the next attempt begins.
    Replace(Replacement<T>),
    /// It has to be read: what was guessed does not decide this.
    Read,
}

/// What a record is replaced by.
pub(crate) struct Replacement<T> {
    /// What it replaces.
    pub(super) stored: Option<String>,
    /// Held until it is done.
    _lock: Option<Guard>,
    /// `None` removes it.
    pub(super) text: Option<String>,
    pub(super) ownership: Ownership,
    pub(super) ttl: Option<Duration>,
    /// A user who must not have been deleted meanwhile.
    pub(super) owner: Option<String>,
    pub(super) outcome: T,
}

impl Attempt {
    pub(super) fn new(
        stored: Option<String>,
        found: Found,
        ttl: Option<Duration>,
        is_guess: bool,
        lock: Option<Guard>,
    ) -> Self {
        Self {
            stored,
            found,
            ttl,
            is_guess,
            lock,
        }
    }

    /// The record that stands there. One that cannot be opened is none.
    pub(crate) fn record(&self) -> Option<&str> {
        self.found.record()
    }

    /// The record that stands there. One that cannot be opened is refused: what it stands for is
    /// somebody's.
    pub(crate) fn opened(&self) -> Result<Option<&str>> {
        self.found.check_opened()?;
        Ok(self.record())
    }

    pub(super) fn ownership(&self) -> Ownership {
        self.found.ownership().cloned().unwrap_or_default()
    }

    /// Whether the record's owner was not there when it was last met, so that it ends.
    pub(crate) fn is_orphaned(&self) -> bool {
        self.ownership().is_orphaned
    }

    /// Whether nothing stands there, or nothing that can be opened.
    pub(crate) fn is_vacant(&self) -> bool {
        self.stored.is_none() || self.found.check_opened().is_err()
    }

    /// Replaces the record. `ttl` is how long it then stays; `None` keeps it until it is deleted.
    pub(crate) fn replace<T>(self, record: String, ttl: Option<Duration>, outcome: T) -> Step<T> {
        let text = Some(record);
        Step::Replace(Replacement {
            text,
            ttl,
            ..Replacement::new(self, outcome)
        })
    }

    /// Replaces the record as [`Self::replace`] does by one of the user `owner`. Nothing is left of
    /// it when that user was deleted a moment ago; the change is then refused.
    pub(crate) fn replace_for<T>(
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

    /// Replaces the record as [`Self::replace_for`] does, and remembers whose it was before.
    pub(super) fn hand_over<T>(
        self,
        owner: &str,
        former: Option<String>,
        record: String,
        outcome: T,
    ) -> Step<T> {
        let (text, owner) = (Some(record), Some(owner.to_owned()));
        let ownership = Ownership {
            is_orphaned: false,
            former,
        };
        Step::Replace(Replacement {
            text,
            ownership,
            owner,
            ..Replacement::new(self, outcome)
        })
    }

    /// Gives the record another lifetime, which it has as an orphan or not.
    pub(super) fn end<T>(self, is_orphaned: bool, ttl: Option<Duration>, outcome: T) -> Step<T> {
        let text = self.record().map(str::to_owned);
        let ownership = Ownership {
            is_orphaned,
            ..self.ownership()
        };
        Step::Replace(Replacement {
            text,
            ownership,
            ttl,
            ..Replacement::new(self, outcome)
        })
    }

    /// Removes the record.
    pub(crate) fn remove<T>(self, outcome: T) -> Step<T> {
        Step::Replace(Replacement::new(self, outcome))
    }
}

impl<T> Replacement<T> {
    fn new(attempt: Attempt, outcome: T) -> Self {
        Self {
            stored: attempt.stored,
            _lock: attempt.lock,
            text: None,
            ownership: Ownership::default(),
            ttl: None,
            owner: None,
            outcome,
        }
    }
}
