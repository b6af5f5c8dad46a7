//! A limit on retries, so that an outage is not made worse by everybody trying three times.
//!
//! Retries are paid from a purse that holds [`PURSE`] of them. A call puts a tenth of a retry in,
//! and each second half of one. While most calls succeed nobody notices; when all fail, the API is
//! sent about a tenth more than people ask for, instead of three times as much.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many retries can be saved up.
pub const PURSE: f64 = 20.0;

/// What a call and a second put in, in retries.
const PER_CALL: f64 = 0.1;
const PER_SECOND: f64 = 0.5;

pub(super) struct Budget {
    state: Mutex<(f64, Instant)>,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new((PURSE, Instant::now())),
        }
    }

    /// Counts a call.
    pub(super) fn earn(&self) {
        self.change(PER_CALL);
    }

    /// Pays for a retry, or says that there is nothing to pay it with.
    pub(super) fn spend(&self) -> bool {
        self.change(-1.0)
    }

    fn change(&self, amount: f64) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (saved, since) = *state;
        let saved = saved + now.duration_since(since).as_secs_f64() * PER_SECOND;
        let then = (saved.min(PURSE) + amount).min(PURSE);
        *state = (if then < 0.0 { saved.min(PURSE) } else { then }, now);
        then >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_costs_a_purse_of_retries_and_a_tenth_of_the_calls() {
        let budget = Budget::new();
        let mut retries = 0;
        for _ in 0..1_000 {
            budget.earn();
            while budget.spend() {
                retries += 1;
            }
        }
        assert!((115..=125).contains(&retries), "{retries}");
    }
}
