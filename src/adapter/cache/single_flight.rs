//! Single flight: callers who look the same thing up at the same time share one look-up.
//!
//! A caller joins a look-up that is still under way, for the same thing as of the same state. What
//! comes of it, a failure too, is for those who waited; the next caller starts a new one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::adapter::{Result, User};

/// What is looked up, as of which state.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// How many changes of users were made before.
    pub(super) changes: u64,
    /// What stands in the store for the one who is looked up.
    pub(super) state: String,
    /// An id, or an address.
    pub(super) user: Arc<str>,
}

/// A look-up that is under way: the first of those who wait for it makes it.
struct LookUp {
    began: Instant,
    outcome: OnceCell<Result<Option<User>>>,
}

type UnderWay = HashMap<Key, Weak<LookUp>>;

/// Look-ups that callers share.
#[derive(Default)]
pub(super) struct SingleFlight {
    under_way: Mutex<UnderWay>,
}

/// A caller who waits for the look-up for `key`.
struct Waiter<'a> {
    single_flight: &'a SingleFlight,
    key: Key,
}

impl SingleFlight {
    /// The outcome of the look-up for `key`: one that is under way and began less than `joinable`
    /// ago, or the one that `start` makes.
    pub(super) async fn join<F: Future<Output = Result<Option<User>>>>(
        &self,
        key: Key,
        joinable: Duration,
        start: impl FnOnce() -> F,
    ) -> Result<Option<User>> {
        let single_flight = self;
        let waiter = Waiter { single_flight, key };
        let look_up = self.find_or_begin(&waiter.key, joinable);
        look_up.outcome.get_or_init(start).await;
        // Who waited alone gets the user itself instead of a copy.
        let outcome = match Arc::try_unwrap(look_up) {
            Ok(look_up) => look_up.outcome.into_inner(),
            Err(shared) => shared.outcome.get().cloned(),
        };
        outcome.expect("the look-up has an outcome")
    }

    fn find_or_begin(&self, key: &Key, joinable: Duration) -> Arc<LookUp> {
        let mut under_way = self.under_way();
        let look_up = under_way.get(key).and_then(Weak::upgrade);
        let look_up = look_up.filter(|it| !it.outcome.initialized());
        if let Some(look_up) = look_up.filter(|it| it.began.elapsed() < joinable) {
            return look_up;
        }
        let look_up = Arc::new(LookUp {
            began: Instant::now(),
            outcome: OnceCell::new(),
        });
        under_way.insert(key.clone(), Arc::downgrade(&look_up));
        look_up
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last one who stops waiting, also by giving up, leaves nothing behind.
impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut under_way = self.single_flight.under_way();
        let look_up = under_way.get(&self.key);
        if look_up.is_some_and(|look_up| look_up.strong_count() == 0) {
            under_way.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const SECOND: Duration = Duration::from_secs(1);

    fn key() -> Key {
        Key {
            changes: 0,
            state: String::new(),
            user: "ada".into(),
        }
    }

    /// Looks something up that takes 5 ms.
    async fn ask(single_flight: &SingleFlight, joinable: Duration, begun: &AtomicU32) {
        let start = || {
            begun.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Ok(None)
            }
        };
        single_flight.join(key(), joinable, start).await.unwrap();
    }

    #[tokio::test]
    async fn a_thousand_callers_share_one_look_up_and_the_next_starts_another() {
        let (single_flight, begun) = (SingleFlight::default(), AtomicU32::new(0));
        let callers = (0..1_000).map(|_| ask(&single_flight, SECOND, &begun));
        futures_util::future::join_all(callers).await;
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        assert!(single_flight.under_way().is_empty());
        ask(&single_flight, SECOND, &begun).await;
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_look_up_that_began_too_long_ago_is_not_joined() {
        let (single_flight, begun) = (SingleFlight::default(), AtomicU32::new(0));
        let callers = (0..3).map(|_| ask(&single_flight, Duration::ZERO, &begun));
        futures_util::future::join_all(callers).await;
        assert_eq!(begun.load(Ordering::SeqCst), 3);
        assert!(single_flight.under_way().is_empty());
    }

    #[tokio::test]
    async fn a_caller_who_gives_up_leaves_nothing_behind() {
        let single_flight = SingleFlight::default();
        let asked = single_flight.join(key(), SECOND, std::future::pending);
        assert!(tokio::time::timeout(Duration::ZERO, asked).await.is_err());
        assert!(single_flight.under_way().is_empty());
    }
}
