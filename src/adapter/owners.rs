//! Whose the sessions are that were read lately.
//!
//! A session has to be read to know whose snapshot to read next: two round trips, one after the
//! other. Pages read the same sessions again and again, so this adapter remembers whose they were
//! and asks for both at once. What it remembers is a guess that the session itself confirms.

use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// How many sessions are remembered at most: one or two megabytes.
const LIMIT: usize = 8_192;

/// Ids of users by the keys of their sessions.
pub(super) struct Owners(Mutex<LruCache<String, String>>);

impl Owners {
    pub(super) fn new() -> Self {
        // With a capacity, it would take all of that memory at once.
        Self(Mutex::new(LruCache::unbounded()))
    }

    fn owners(&self) -> MutexGuard<'_, LruCache<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose the session at `key` was when it was last read.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        self.owners().get(key).cloned()
    }

    pub(super) fn remember(&self, key: &str, user_id: &str) {
        let mut owners = self.owners();
        owners.put(key.to_owned(), user_id.to_owned());
        if owners.len() > LIMIT {
            owners.pop_lru();
        }
    }

    pub(super) fn forget(&self, key: &str) {
        self.owners().pop(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_were_read_last_are_remembered() {
        let owners = Owners::new();
        for number in 0..=LIMIT {
            owners.remember(&number.to_string(), "ada");
            assert_eq!(owners.get("0").as_deref(), Some("ada"));
        }
        assert_eq!(owners.get("1"), None);
        assert_eq!(owners.get("2").as_deref(), Some("ada"));
        owners.forget("2");
        assert_eq!(owners.get("2"), None);
    }
}
