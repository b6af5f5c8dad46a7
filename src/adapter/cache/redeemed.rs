//! The users that were looked up while redeeming a code, for a moment.
//!
//! NextAuth asks for the same user two more times, and stamps it, right after a code was redeemed.
//! These look-ups are answered from here. Nothing else is: a configuration module is evaluated more
//! than once in one server, and copies that remember users for longer would disagree.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use crate::adapter::{User, email};

/// How many users are remembered at most. Beyond it the oldest is forgotten, which is the one that
/// NextAuth has most likely finished with.
const LIMIT: usize = 1_024;

/// Users by normalised address, each for the same short time. `None` is remembered as well: that
/// there is no such user.
pub(super) struct RedeemedCache {
    ttl: Duration,
    state: Mutex<State>,
}

struct State {
    /// In the order in which they were remembered, which is also that in which they end: nothing
    /// here counts as a use.
    users: LruCache<String, Found>,
    /// The address under which each user is remembered, by id.
    addresses: HashMap<String, String>,
    changes: u64,
}

/// What a look-up found.
struct Found {
    end: Instant,
    /// The address as it was looked up.
    spelling: String,
    user: Option<User>,
}

/// A moment, as a count of the changes made until then.
#[derive(Clone, Copy)]
pub(crate) struct Moment(u64);

impl RedeemedCache {
    pub(super) fn new(ttl: Duration) -> Self {
        let state = State {
            users: LruCache::unbounded(),
            addresses: HashMap::new(),
            changes: 0,
        };
        Self {
            ttl,
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current moment: a change after it makes doubtful what was looked up before.
    pub(super) fn moment(&self) -> Moment {
        Moment(self.state().changes)
    }

    /// Remembers what a look-up that began at `since` found, unless something changed meanwhile.
    pub(super) fn remember(&self, since: Moment, spelling: &str, user: Option<&User>) {
        let mut state = self.state();
        if self.ttl.is_zero() || state.changes != since.0 {
            return;
        }
        let (now, email) = (Instant::now(), email::normalised(spelling));
        state.forget_old(now);
        state.forget_address(&email);
        if let Some(user) = user {
            state.forget_user(&user.id);
            state.addresses.insert(user.id.clone(), email.clone());
        }
        let found = Found {
            end: now + self.ttl,
            spelling: spelling.to_owned(),
            user: user.cloned(),
        };
        state.users.put(email, found);
    }

    /// What is remembered of an address: `Some(None)` is a user who does not exist.
    pub(super) fn by_email(&self, spelling: &str) -> Option<Option<User>> {
        let (state, email) = (self.state(), email::normalised(spelling));
        let found = state.alive(&email)?;
        // Who does not exist in lower case may exist as it is spelled.
        let is_known = found.user.is_some() || [&*email, &found.spelling].contains(&spelling);
        is_known.then(|| found.user.clone())
    }

    /// What is remembered of the user `id`.
    pub(super) fn by_id(&self, id: &str) -> Option<User> {
        let state = self.state();
        state.alive(state.addresses.get(id)?)?.user.clone()
    }

    /// Forgets the user `id`, and that nobody has the address `email`, because of a change.
    pub(super) fn forget(&self, id: &str, email: Option<&str>) {
        let mut state = self.state();
        state.changes += 1;
        state.forget_old(Instant::now());
        state.forget_user(id);
        if let Some(email) = email {
            state.forget_address(email);
        }
    }
}

impl State {
    fn alive(&self, email: &str) -> Option<&Found> {
        let found = self.users.peek(email)?;
        (found.end > Instant::now()).then_some(found)
    }

    /// Forgets what has ended by `now`, and what there is no room for beside one more.
    fn forget_old(&mut self, now: Instant) {
        while self
            .users
            .peek_lru()
            .is_some_and(|(_, found)| found.end <= now || self.users.len() >= LIMIT)
        {
            if let Some(user) = self.users.pop_lru().and_then(|(_, found)| found.user) {
                self.addresses.remove(&user.id);
            }
        }
    }

    fn forget_address(&mut self, email: &str) {
        if let Some(user) = self.users.pop(email).and_then(|found| found.user) {
            self.addresses.remove(&user.id);
        }
    }

    fn forget_user(&mut self, id: &str) {
        if let Some(email) = self.addresses.remove(id) {
            self.users.pop(&email);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: usize) -> User {
        let user = serde_json::json!({
            "id": format!("id{number}"), "email": address(number), "createdAt": 1, "updatedAt": 1,
        });
        serde_json::from_value(user).unwrap()
    }

    fn address(number: usize) -> String {
        format!("person{number}@example.com")
    }

    fn filled(ttl: Duration, count: usize) -> RedeemedCache {
        let cache = RedeemedCache::new(ttl);
        for number in 0..count {
            let user = user(number);
            cache.remember(cache.moment(), &user.email, Some(&user));
        }
        cache
    }

    fn sizes(cache: &RedeemedCache) -> (usize, usize) {
        let state = cache.state();
        (state.users.len(), state.addresses.len())
    }

    const LONG: Duration = Duration::from_secs(3_600);

    #[test]
    fn whoever_signed_in_last_is_remembered_however_many_there_are() {
        let cache = filled(LONG, LIMIT + 1);
        for number in [1, LIMIT] {
            let known = Some(user(number));
            assert_eq!(cache.by_id(&format!("id{number}")), known);
            assert_eq!(cache.by_email(&address(number)), Some(known));
        }
        assert_eq!(cache.by_id("id0"), None);
        assert_eq!(cache.by_email(&address(0)), None);
        assert_eq!(sizes(&cache), (LIMIT, LIMIT));
    }

    #[test]
    fn what_has_ended_takes_no_room() {
        let cache = filled(Duration::from_millis(1), 100);
        std::thread::sleep(Duration::from_millis(2));
        cache.remember(cache.moment(), "nobody@example.com", None);
        assert_eq!(sizes(&cache), (1, 0));
    }

    #[test]
    fn a_user_with_a_new_address_is_remembered_under_that_one_alone() {
        let cache = filled(LONG, 2);
        let moved = User {
            email: address(7),
            ..user(0)
        };
        cache.remember(cache.moment(), &moved.email, Some(&moved));
        assert_eq!(cache.by_email(&address(0)), None);
        assert_eq!(cache.by_id("id0"), Some(moved));
        cache.forget("id0", None);
        assert_eq!(cache.by_email(&address(7)), None);
        assert_eq!(sizes(&cache), (1, 1));
    }

    #[test]
    fn who_does_not_exist_is_known_for_the_spellings_that_were_looked_up() {
        let cache = RedeemedCache::new(LONG);
        cache.remember(cache.moment(), "Ada@example.com", None);
        for known in ["Ada@example.com", "ada@example.com"] {
            assert_eq!(cache.by_email(known), Some(None));
        }
        assert_eq!(cache.by_email("ADA@example.com"), None);
        cache.remember(cache.moment(), "Person1@example.com", Some(&user(1)));
        assert_eq!(cache.by_email("PERSON1@example.com"), Some(Some(user(1))));
        cache.forget("", Some("person1@example.com"));
        assert_eq!(cache.by_email("Person1@example.com"), None);
    }

    #[test]
    fn another_user_with_the_same_address_takes_its_place() {
        let cache = filled(LONG, 1);
        let other = User {
            email: address(0),
            ..user(1)
        };
        cache.remember(cache.moment(), &other.email, Some(&other));
        assert_eq!(cache.by_id("id0"), None);
        assert_eq!(cache.by_id("id1"), Some(other));
        cache.forget("", Some(&address(0)));
        assert_eq!(cache.by_id("id1"), None);
        assert_eq!(sizes(&cache), (0, 0));
    }
}
