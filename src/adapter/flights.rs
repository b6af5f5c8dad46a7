//! Look-ups that are under way, so that callers who ask the same thing at the same time share one.
//!
//! A caller joins a look-up that is still under way, for the same thing as of the same state of
//! the store. For a snapshot that state changes with the user; for a redemption it is the record of
//! the code. What comes of a look-up, a failure too, is
//! for those who waited; whoever asks next starts anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::User;
use crate::chatbotkit;

pub(super) type Found = std::result::Result<Option<User>, chatbotkit::Error>;
type Flight = BoxFuture<'static, Found>;

/// For how long a look-up can be joined: less than the marks of changed users stay.
const JOINABLE: Duration = Duration::from_millis(2_000);

/// When a look-up began, and the look-up.
type Begun = (Instant, WeakShared<Flight>);

/// The look-ups that are under way, by what they look for.
#[derive(Default)]
pub(super) struct Flights {
    under_way: Mutex<HashMap<String, Begun>>,
}

impl Flights {
    /// The answer of the look-up for `key`: one that is under way, or the one that `start` makes.
    pub(super) async fn join(&self, key: String, start: impl FnOnce() -> Flight) -> Found {
        let flight = self.find_or_begin(&key, start);
        let found = flight.clone().await;
        drop(flight);
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if under_way
            .get(&key)
            .is_some_and(|begun| live(begun).is_none())
        {
            under_way.remove(&key);
        }
        found
    }

    fn find_or_begin(&self, key: &str, start: impl FnOnce() -> Flight) -> Shared<Flight> {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = under_way.get(key).and_then(live) {
            return flight;
        }
        let flight = start().shared();
        if let Some(weak) = flight.downgrade() {
            under_way.insert(key.to_owned(), (Instant::now(), weak));
        }
        flight
    }
}

/// The look-up, unless it has ended or began too long ago: the state of which it is may have come
/// and gone meanwhile.
fn live((began, weak): &Begun) -> Option<Shared<Flight>> {
    weak.upgrade()
        .filter(|flight| flight.peek().is_none() && began.elapsed() < JOINABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_thousand_callers_share_one_look_up_and_the_next_starts_anew() {
        let (flights, begun) = (Flights::default(), AtomicU32::new(0));
        let ask = || {
            flights.join("key".to_owned(), || {
                begun.fetch_add(1, Ordering::SeqCst);
                async {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    Ok(None)
                }
                .boxed()
            })
        };
        let answers = futures_util::future::join_all((0..1_000).map(|_| ask())).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        assert!(flights.under_way.lock().unwrap().is_empty());
        ask().await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    }
}
