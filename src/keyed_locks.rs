//! Asynchronous locks by key: callers that lock the same key go one after the other.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

type LocksByKey = Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>;

/// Locks by key. A key that nobody holds or waits for takes no memory.
///
/// The locks belong to no runtime, so they may outlive the one that waits for them.
#[derive(Default)]
pub(crate) struct KeyedLocks {
    locks: Arc<LocksByKey>,
}

impl KeyedLocks {
    /// No locks held.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Waits for the lock of `key` and holds it until the guard is dropped.
    pub(crate) async fn lock(&self, key: &str) -> Guard {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(key.to_owned()).or_default())
        };
        // Made before waiting, so that a caller who gives up while waiting cleans up too.
        let mut guard = Guard {
            locks: Arc::clone(&self.locks),
            key: key.to_owned(),
            held: None,
        };
        guard.held = Some(lock.lock_owned().await);
        guard
    }

    /// How many keys are held or waited for.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Whether no key is held or waited for.
    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A lock that is held. Dropping it lets the next caller go on.
pub(crate) struct Guard {
    locks: Arc<LocksByKey>,
    key: String,
    held: Option<OwnedMutexGuard<()>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        self.held = None;
        // New owners appear only under `locks`, so a count of one means: the map alone.
        if locks
            .get(&self.key)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            locks.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn callers_with_one_key_take_locks_and_leave_nothing_behind() {
        let locks = Arc::new(KeyedLocks::new());
        let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let callers = (0..50).map(|_| {
            let (locks, inside) = (Arc::clone(&locks), Arc::clone(&inside));
            tokio::spawn(async move {
                let _lock = locks.lock("key").await;
                assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
        assert!(locks.is_empty());
    }

    #[tokio::test]
    async fn other_keys_do_not_wait() {
        let locks = KeyedLocks::new();
        let _one = locks.lock("one").await;
        let _two = locks.lock("two").await;
        assert_eq!(locks.len(), 2);
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_leaves_nothing_behind() {
        let locks = KeyedLocks::new();
        let held = locks.lock("key").await;
        let wait = tokio::time::timeout(std::time::Duration::from_millis(5), locks.lock("key"));
        assert!(wait.await.is_err());
        drop(held);
        assert!(locks.is_empty());
    }
}
