//! When to try again, and how long to wait before.

use std::time::Duration;

use super::Error;

/// The longest wait that a `Retry-After` header is obeyed for. Beyond it the request fails: somebody
/// is waiting for a page.
pub const RETRY_AFTER_LIMIT: Duration = Duration::from_millis(5_000);

/// The longest wait between two attempts when the API names none.
const BACKOFF_LIMIT: Duration = Duration::from_millis(5_000);

/// How long to wait before attempt number `attempt` (the first retry is 1), or `None` when the
/// API asks for a longer wait than [`RETRY_AFTER_LIMIT`].
///
/// Without a `Retry-After` the wait is anything from nothing up to `base × 2^(attempt − 1)`
/// ("full jitter"), so that many processes that failed together do not return together.
pub(super) fn wait(error: &Error, attempt: u32, base: Duration) -> Option<Duration> {
    if let Some(asked) = error.retry_after {
        return (asked <= RETRY_AFTER_LIMIT).then_some(asked);
    }
    let ceiling = base
        .saturating_mul(1 << (attempt - 1).min(16))
        .min(BACKOFF_LIMIT);
    Some(ceiling.mul_f64(fraction()))
}

/// A random number from 0 to 1. Where the system gives none, the full wait is taken.
fn fraction() -> f64 {
    getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::ErrorKind;
    use super::*;

    #[test]
    fn the_wait_doubles_at_most_and_is_bounded() {
        let error = Error::new(ErrorKind::Unavailable, "");
        let base = Duration::from_millis(100);
        for attempt in 1..40 {
            for _ in 0..20 {
                let wait = wait(&error, attempt, base).unwrap();
                assert!(wait <= base.saturating_mul(1 << (attempt - 1).min(10)));
                assert!(wait <= BACKOFF_LIMIT);
            }
        }
    }

    #[test]
    fn retry_after_is_obeyed_up_to_its_limit() {
        let mut error = Error::new(ErrorKind::RateLimited, "");
        error.retry_after = Some(Duration::from_secs(2));
        assert_eq!(wait(&error, 1, Duration::ZERO), error.retry_after);
        error.retry_after = Some(Duration::from_secs(3_600));
        assert_eq!(wait(&error, 1, Duration::ZERO), None);
    }
}
