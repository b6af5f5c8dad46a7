//! What may help a call that failed, and how long to wait before that is tried.

use std::time::Duration;

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
}

/// A failed attempt.
#[derive(Debug)]
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
