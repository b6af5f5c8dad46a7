//! What the store held a moment ago, as far as this adapter has seen.
//!
//! Some methods have to read one thing to know what to ask for next: two round trips, one after the
//! other. People read the same session again and again, and mostly redeem their codes where those
//! were made; so this adapter remembers what it saw and goes ahead with that. A hint decides
//! nothing: the store confirms it with what is asked for next, or the method starts again without it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// How many are remembered at most: some megabytes.
const LIMIT: usize = 8_192;

/// Hints, which most often are texts, by the keys that they belong to.
pub(super) struct HintCache<T = String>(Mutex<LruCache<String, T>>);

impl<T: Clone> HintCache<T> {
    pub(super) fn new() -> Self {
        // With a capacity, it would take all of that memory at once.
        Self(Mutex::new(LruCache::unbounded()))
    }

    fn hints(&self) -> MutexGuard<'_, LruCache<String, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &str) -> Option<T> {
        self.hints().get(key).cloned()
    }

    /// The hint, for one use.
    pub(super) fn take(&self, key: &str) -> Option<T> {
        self.hints().pop(key)
    }

    pub(super) fn remember(&self, key: String, hint: T) {
        let mut hints = self.hints();
        hints.put(key, hint);
        if hints.len() > LIMIT {
            hints.pop_lru();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_were_used_last_are_remembered() {
        let hints = HintCache::new();
        for number in 0..=LIMIT {
            hints.remember(number.to_string(), "ada".to_owned());
            assert_eq!(hints.get("0").as_deref(), Some("ada"));
        }
        assert_eq!(hints.get("1"), None);
        assert_eq!(hints.take("2").as_deref(), Some("ada"));
        assert_eq!(hints.get("2"), None);
    }
}
