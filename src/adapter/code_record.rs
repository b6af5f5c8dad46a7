//! The rules of sign-in codes, as a record that changes by itself and touches nothing.
//!
//! Each identifier has one record with its outstanding codes and its failed attempts. The store
//! replaces it atomically, so the counts below are exact however many servers take part:
//!
//! * a wrong code counts only while a code is outstanding, so guesses alone can lock nobody out;
//! * after `code_attempts` wrong codes all outstanding ones are void;
//! * the count of failures outlives new codes. Only a success or [`FAILURE_MEMORY`] without a
//!   failure ends it, and at `lock_after` the identifier is refused for `lock_for`.

use serde::{Deserialize, Serialize};

use super::Options;
use crate::call_metrics::Notice;
use crate::chatbotkit::TIME_LIMIT;

/// How long failures are remembered after the latest one, in milliseconds.
pub const FAILURE_MEMORY: i64 = 24 * 60 * 60 * 1_000;

/// How many codes one identifier may have outstanding; a further one replaces the oldest. Each
/// outstanding code is one more that a guess could hit.
pub const OUTSTANDING_CODES: usize = 10;

/// What the store holds for one identifier. Times are epoch milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CodeRecord {
    /// Digest and end of each outstanding code, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<(String, i64)>,
    /// Wrong codes since the outstanding ones were last made void.
    #[serde(skip_serializing_if = "is_zero")]
    misses: u32,
    /// Wrong codes since the latest success.
    #[serde(skip_serializing_if = "is_zero")]
    failures: u32,
    last_miss: i64,
    locked_until: i64,
    /// Unique to each write, so that a write which is repeated finds its own work and nobody
    /// else's; see [`crate::store::Store::compare_and_set`].
    #[serde(rename = "mark")]
    nonce: String,
}

/// How long the record of a redeemed code is kept, in milliseconds: longer than a store goes on
/// repeating the write that redeemed it.
const REDEEMED_MEMORY: u64 = 10_000;

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What verifying a code came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is outstanding, until the time named. The record is as if it had been redeemed.
    Match(i64),
    /// It is wrong. The record counts that, and says what followed from it.
    Miss(Option<Notice>),
    /// Nothing is outstanding. The record is unchanged.
    Ignored,
    /// The identifier is refused. The record is unchanged.
    Refused,
}

impl CodeRecord {
    /// Adds a code that ends at `end`.
    pub(super) fn add(&mut self, digest: String, end: i64, now: i64) {
        self.expire(now);
        self.codes.retain(|(other, _)| *other != digest);
        if self.codes.len() == OUTSTANDING_CODES {
            self.codes.remove(0);
        }
        self.codes.push((digest, end));
    }

    /// Verifies a code.
    pub(super) fn verify(&mut self, digest: &str, now: i64, options: &Options) -> Verdict {
        self.expire(now);
        if self.locked_until > now {
            return Verdict::Refused;
        }
        if self.codes.is_empty() {
            return Verdict::Ignored;
        }
        if let Some(index) = self.codes.iter().position(|(other, _)| same(other, digest)) {
            let (_, end) = self.codes.remove(index);
            (self.misses, self.failures, self.last_miss) = (0, 0, 0);
            return Verdict::Match(end);
        }
        self.misses = self.misses.saturating_add(1);
        self.failures = self.failures.saturating_add(1);
        self.last_miss = now;
        let locks = self.failures >= options.lock_after;
        if locks {
            let duration = i64::try_from(options.lock_for.as_millis()).unwrap_or(i64::MAX);
            self.locked_until = now.saturating_add(duration);
        }
        let voids = locks || self.misses >= options.code_attempts;
        if voids {
            self.codes.clear();
            self.misses = 0;
        }
        Verdict::Miss(match (locks, voids) {
            (true, _) => Some(Notice::IdentifierLocked),
            (false, true) => Some(Notice::CodesVoided),
            (false, false) => None,
        })
    }

    /// Makes this a record that nobody else writes.
    pub(super) fn set_nonce(&mut self, nonce: String) {
        self.nonce = nonce;
    }

    /// Whether any code is outstanding.
    pub(super) fn has_codes(&self) -> bool {
        !self.codes.is_empty()
    }

    /// How long the store must keep this record, in milliseconds.
    pub(super) fn remaining(&self, now: i64) -> u64 {
        let codes = self.codes.iter().map(|(_, end)| *end).max().unwrap_or(0);
        let failures = if self.failures > 0 {
            self.last_miss.saturating_add(FAILURE_MEMORY)
        } else {
            0
        };
        let end = codes.max(failures).max(self.locked_until);
        u64::try_from(end.saturating_sub(now))
            .unwrap_or(0)
            .max(REDEEMED_MEMORY)
    }

    /// Drops what has ended.
    fn expire(&mut self, now: i64) {
        // One that ends later than there are times was not written by this adapter.
        self.codes
            .retain(|(_, end)| *end > now && *end <= TIME_LIMIT);
        if self.last_miss.saturating_add(FAILURE_MEMORY) <= now {
            (self.misses, self.failures, self.last_miss) = (0, 0, 0);
        }
        if self.locked_until <= now {
            self.locked_until = 0;
        }
    }
}

/// Compares without stopping at the first difference.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one
            .bytes()
            .zip(other.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: i64 = 600_000;

    fn with_code() -> CodeRecord {
        let mut record = CodeRecord::default();
        record.add("right".to_owned(), END, 0);
        record
    }

    #[test]
    fn a_code_can_be_redeemed_once() {
        let (mut record, options) = (with_code(), Options::default());
        assert_eq!(record.verify("right", 1, &options), Verdict::Match(END));
        assert_eq!(record.verify("right", 1, &options), Verdict::Ignored);
        assert_eq!(record.remaining(1), REDEEMED_MEMORY);
    }

    #[test]
    fn an_ended_code_is_as_good_as_none() {
        let (mut record, options) = (with_code(), Options::default());
        assert_eq!(record.verify("right", END, &options), Verdict::Ignored);
    }

    #[test]
    fn five_wrong_codes_void_the_right_one() {
        let (mut record, options) = (with_code(), Options::default());
        for _ in 0..4 {
            assert!(matches!(
                record.verify("wrong", 1, &options),
                Verdict::Miss(_)
            ));
        }
        assert_eq!(
            record.clone().verify("right", 1, &options),
            Verdict::Match(END)
        );
        let voided = Verdict::Miss(Some(Notice::CodesVoided));
        assert_eq!(record.verify("wrong", 1, &options), voided);
        assert_eq!(record.verify("right", 1, &options), Verdict::Ignored);
    }

    #[test]
    fn a_new_code_does_not_renew_the_attempts() {
        let (mut record, options) = (with_code(), Options::default());
        for _ in 0..4 {
            record.verify("wrong", 1, &options);
        }
        record.add("new".to_owned(), END, 1);
        assert!(matches!(
            record.verify("wrong", 1, &options),
            Verdict::Miss(_)
        ));
        assert_eq!(record.verify("new", 1, &options), Verdict::Ignored);
    }

    #[test]
    fn guesses_without_an_outstanding_code_count_for_nothing() {
        let (mut record, options) = (CodeRecord::default(), Options::default());
        for _ in 0..1_000 {
            assert_eq!(record.verify("wrong", 1, &options), Verdict::Ignored);
        }
        assert_eq!(record, CodeRecord::default());
    }

    #[test]
    fn a_hundred_failures_lock_for_an_hour_and_one_more_locks_again() {
        let (mut record, options) = (CodeRecord::default(), Options::default());
        let mut failures = 0;
        while record.locked_until == 0 {
            record.add("right".to_owned(), END, 1);
            assert!(matches!(
                record.verify("wrong", 1, &options),
                Verdict::Miss(_)
            ));
            failures += 1;
        }
        assert_eq!(failures, 100);
        record.add("right".to_owned(), TIME_LIMIT, 2);
        assert_eq!(
            record.verify("right", 3_600_000, &options),
            Verdict::Refused
        );
        let mut lucky = record.clone();
        assert_eq!(
            lucky.verify("right", 3_600_001, &options),
            Verdict::Match(TIME_LIMIT)
        );
        assert_eq!(lucky.failures, 0);
        assert!(matches!(
            record.verify("wrong", 3_600_001, &options),
            Verdict::Miss(_)
        ));
        record.add("right".to_owned(), TIME_LIMIT, 3_600_002);
        assert_eq!(
            record.verify("right", 3_600_002, &options),
            Verdict::Refused
        );
    }

    #[test]
    fn a_day_without_a_failure_forgets_them() {
        let (mut record, options) = (with_code(), Options::default());
        for _ in 0..4 {
            record.verify("wrong", 1, &options);
        }
        assert_eq!(record.remaining(1), 24 * 60 * 60 * 1_000);
        record.add("right".to_owned(), TIME_LIMIT, FAILURE_MEMORY + 1);
        assert_eq!(record.failures, 0);
        assert!(matches!(
            record.verify("wrong", FAILURE_MEMORY + 1, &options),
            Verdict::Miss(_)
        ));
        assert_eq!(record.failures, 1);
    }

    #[test]
    fn the_number_of_outstanding_codes_is_bounded() {
        let (mut record, options) = (CodeRecord::default(), Options::default());
        for number in 0..1_000 {
            record.add(format!("code {number}"), END, 0);
        }
        assert_eq!(record.codes.len(), OUTSTANDING_CODES);
        assert_eq!(record.verify("code 999", 1, &options), Verdict::Match(END));
    }
}
