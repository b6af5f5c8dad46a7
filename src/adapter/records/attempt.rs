//! One attempt to change a record: what was read, and what becomes of it.

use std::time::Duration;

use super::bound::{self, Ownership, Place};
use crate::call_metrics::{Notice, notice};
use crate::keyed_locks::Guard;

/// A record while it is decided what becomes of it.
pub(crate) struct Attempt {
    /// What stands at the key, be it a record or not.
    stored: Option<String>,
    /// Where the record is in it.
    place: Option<Place>,
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
        key: &str,
        stored: Option<String>,
        ttl: Option<Duration>,
        is_guess: bool,
        lock: Option<Guard>,
    ) -> Self {
        let place = stored.as_deref().and_then(|text| bound::find(key, text));
        if stored.is_some() && place.is_none() {
            notice(Notice::RecordUnreadable);
        }
        Self {
            stored,
            place,
            ttl,
            is_guess,
            lock,
        }
    }

    /// The record that stands there.
    pub(crate) fn record(&self) -> Option<&str> {
        self.stored
            .as_deref()?
            .get(self.place.as_ref()?.range.clone())
    }

    pub(super) fn ownership(&self) -> Ownership {
        let ownership = self.place.as_ref().map(|place| place.ownership.clone());
        ownership.unwrap_or_default()
    }

    /// Whether the record's owner was not there when it was last met, so that it ends.
    pub(crate) fn is_orphaned(&self) -> bool {
        self.ownership().is_orphaned
    }

    /// Whether nothing stands there.
    pub(crate) fn is_vacant(&self) -> bool {
        self.stored.is_none()
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
