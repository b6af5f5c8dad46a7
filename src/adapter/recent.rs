//! The users that were looked up while redeeming a code, for a moment.
//!
//! NextAuth asks for the same user two more times, and stamps it, right after a code was redeemed.
//! Those calls are answered from here. Nothing else is: a configuration module is evaluated more
//! than once in one server, and copies that remember users for longer would disagree.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::User;

/// How many users are remembered at most.
const LIMIT: usize = 1_024;

/// Users by normalised address, each for the same short time. `None` is remembered as well: that
/// there is no such user.
pub(super) struct Recent {
    ttl: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    users: HashMap<String, (Instant, Option<User>)>,
    changes: u64,
}

/// A moment, as a count of the changes made until then.
#[derive(Clone, Copy)]
pub(super) struct Moment(u64);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Recent {
    pub(super) fn new(ttl: Duration) -> Self {
        Self {
            ttl,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The moment from which on a change makes what was looked up doubtful.
    pub(super) fn moment(&self) -> Moment {
        Moment(self.state().changes)
    }

    /// Remembers what a look-up that began at `since` found, unless something changed meanwhile.
    pub(super) fn remember(&self, since: Moment, email: &str, user: Option<&User>) {
        let mut state = self.state();
        if self.ttl.is_zero() || state.changes != since.0 {
            return;
        }
        let now = Instant::now();
        if state.users.len() >= LIMIT {
            state.users.retain(|_, (end, _)| *end > now);
            if state.users.len() >= LIMIT {
                return;
            }
        }
        state
            .users
            .insert(email.to_owned(), (now + self.ttl, user.cloned()));
    }

    /// What is remembered of `email`: `Some(None)` is a user who does not exist.
    pub(super) fn by_email(&self, email: &str) -> Option<Option<User>> {
        let state = self.state();
        let (end, user) = state.users.get(email)?;
        (*end > Instant::now()).then(|| user.clone())
    }

    /// What is remembered of the user `id`.
    pub(super) fn by_id(&self, id: &str) -> Option<User> {
        let (state, now) = (self.state(), Instant::now());
        let mut alive = state.users.values().filter(|(end, _)| *end > now);
        alive
            .find_map(|(_, user)| user.as_ref().filter(|user| user.id == id))
            .cloned()
    }

    /// Forgets the user `id`, and that nobody has the address `email`, because of a change.
    pub(super) fn forget(&self, id: &str, email: Option<&str>) {
        let (mut state, now) = (self.state(), Instant::now());
        state.changes += 1;
        state.users.retain(|address, (end, user)| {
            *end > now && email != Some(address) && user.as_ref().is_none_or(|user| user.id != id)
        });
    }
}
