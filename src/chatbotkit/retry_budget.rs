//! A limit on retries, so that an outage is not made worse by everybody trying three times.
//!
//! Each retry takes a token, of which there are at most [`MAX_TOKENS`]. Each request that is asked
//! for deposits a tenth of a token, and each second half of one. While most requests succeed nobody
//! notices; when all fail, the API is sent about a tenth more than people ask for, instead of three
//! times as much.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many tokens the budget holds at most, which is what it begins with.
pub const MAX_TOKENS: f64 = 20.0;

/// What a request and a second deposit, in tokens.
const PER_REQUEST: f64 = 0.1;
const PER_SECOND: f64 = 0.5;

pub(super) struct RetryBudget {
    state: Mutex<(f64, Instant)>,
}

impl RetryBudget {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new((MAX_TOKENS, Instant::now())),
        }
    }

    /// Counts a request.
    pub(super) fn deposit(&self) {
        self.change(PER_REQUEST);
    }

    /// Takes the token of a retry, or says that there is none.
    pub(super) fn withdraw(&self) -> bool {
        self.change(-1.0)
    }

    fn change(&self, amount: f64) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (tokens, since) = *state;
        let tokens = tokens + now.duration_since(since).as_secs_f64() * PER_SECOND;
        let then = (tokens.min(MAX_TOKENS) + amount).min(MAX_TOKENS);
        *state = (
            if then < 0.0 {
                tokens.min(MAX_TOKENS)
            } else {
                then
            },
            now,
        );
        then >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_costs_the_saved_retries_and_a_tenth_of_the_requests() {
        let budget = RetryBudget::new();
        let mut retries = 0;
        for _ in 0..1_000 {
            budget.deposit();
            while budget.withdraw() {
                retries += 1;
            }
        }
        assert!((115..=125).contains(&retries), "{retries}");
    }
}
