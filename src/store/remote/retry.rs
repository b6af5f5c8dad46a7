//! What may help a call that failed, and how long to wait before that is tried.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::store::{Error, ErrorKind};

/// What may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing.
    Never,
    /// The same again, a little later.
    AfterDelay,
    /// Another connection. The wait before it is opened is shared by all calls.
    OnNewConnection,
    /// The same again at once. The connection waits by itself where it has to.
    AtOnce,
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Why it failed.
    pub error: Error,
    /// What may help.
    pub retry: Retry,
}

impl Failure {
    /// A failure that nothing helps.
    pub(super) fn permanent(kind: ErrorKind, store: &'static str, detail: &str) -> Self {
        Self {
            error: Error::new(kind, store, detail),
            retry: Retry::Never,
        }
    }

    /// The failure of a command whose reply is none of those that it can have.
    pub(super) fn unexpected_reply(store: &'static str) -> Self {
        Self::permanent(
            ErrorKind::Malformed,
            store,
            "answered with something unexpected",
        )
    }
}

impl From<Error> for Failure {
    /// An error that nothing helps.
    fn from(error: Error) -> Self {
        Self {
            error,
            retry: Retry::Never,
        }
    }
}

/// Ends an attempt at `limit`. A connection that did not answer in time may lead to a host that is
/// gone, so another one may help.
pub(super) async fn within<T>(
    limit: Instant,
    store: &'static str,
    place: &str,
    attempt: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let began = Instant::now();
    timeout_at(limit, attempt).await.unwrap_or_else(|_| {
        let limit = limit.duration_since(began).as_millis();
        let detail = format!("at {place} did not answer within {limit} ms");
        Err(Failure {
            error: Error::new(ErrorKind::TimedOut, store, detail),
            retry: Retry::OnNewConnection,
        })
    })
}

/// Waits between attempts that double from the shortest to the longest.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The wait after the first failure.
    pub min_delay: Duration,
    /// The longest wait.
    pub max_delay: Duration,
}

impl Backoff {
    /// The wait after one more failure than `earlier`.
    pub(super) fn delay(self, earlier: u32) -> Duration {
        let factor = 2_u32.saturating_pow(earlier);
        self.min_delay.saturating_mul(factor).min(self.max_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let backoff = Backoff {
            min_delay: Duration::from_millis(20),
            max_delay: Duration::from_millis(500),
        };
        let delays = [0, 1, 2, 4, 5, 1_000].map(|earlier| backoff.delay(earlier).as_millis());
        assert_eq!(delays, [20, 40, 80, 320, 500, 500]);
    }
}
