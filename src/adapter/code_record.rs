//! The rules of sign-in codes, as a record that changes by itself and touches nothing.
//!
//! Each identifier has one record with its outstanding codes and its failed attempts. The store
//! replaces it atomically, so the counts below are exact however many servers take part:
//!
//! * a wrong code counts only while a code is outstanding;
//! * after `code_attempts` wrong codes all outstanding ones are void;
//! * the count of failures outlives new codes. Only a success or [`FAILURE_MEMORY`] without a
//!   failure ends it, and at `lock_after` the identifier is refused for `lock_for`;
//! * what was redeemed is remembered for [`SIGN_IN_MEMORY`], with the attempt that redeemed it. An
//!   attempt whose answer was lost finds its own work, whatever others did to the record since;
//!   nobody else's attempt succeeds with that code. And the code can be put back ([`put_back`]).
//!
//! Several servers write it, and their clocks differ. Where the store says for how long it still keeps
//! the record, it is known when that was written, and all times in it are put right by that
//! ([`clocks`]). Elsewhere each server compares them with its own clock.

mod clocks;
mod put_back;
mod rollback;

use serde::{Deserialize, Serialize};

use super::Options;
use super::cache::Remembered;
use crate::call_metrics::Notice;
use crate::chatbotkit::TIME_LIMIT;
pub(super) use put_back::SIGN_IN_MEMORY;
pub(super) use rollback::Counts;

/// How long failures are remembered after the latest one, in milliseconds.
pub const FAILURE_MEMORY: i64 = 24 * 60 * 60 * 1_000;

/// How many codes one identifier may have outstanding; a further one replaces the oldest. Each
/// outstanding code is one more that a guess could hit.
pub const OUTSTANDING_CODES: usize = 10;

/// What the store holds for one identifier. Times are epoch milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CodeRecord {
    /// The outstanding codes, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<Code>,
    /// What was redeemed lately, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redeemed: Vec<Redeemed>,
    /// Wrong codes since the outstanding ones were last made void.
    #[serde(skip_serializing_if = "is_zero")]
    misses: u32,
    /// Wrong codes since the latest success.
    #[serde(skip_serializing_if = "is_zero")]
    failures: u32,
    #[serde(skip_serializing_if = "is_zero")]
    last_miss: i64,
    #[serde(skip_serializing_if = "is_zero")]
    locked_until: i64,
    /// Who had the address when a code was asked for, as far as that was known. A guess.
    #[serde(skip_serializing_if = "Remembered::is_unread")]
    pub(super) known: Remembered,
    /// When this was written, by the clock of the server that wrote it. A new record has not been.
    at: i64,
    /// Unique to each write, so that a write which is repeated finds its own work and nobody
    /// else's; see [`crate::store::Store::compare_and_set`].
    nonce: String,
}

/// An outstanding code: its digest, its end, the attempt that added it, and the end that it was made
/// with. That one is by the clock of whoever made it, and no clock and no lifetime moves it: it bounds
/// for how long the code works where somebody puts an older record back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Code(String, i64, String, i64);

impl Code {
    fn is_live(&self, now: i64) -> bool {
        self.1 > now && self.3.saturating_add(ENDED_MEMORY) > now
    }
}

/// A code that was redeemed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Redeemed {
    code: Code,
    /// The attempt that redeemed it.
    by: String,
    /// Until when that is remembered.
    until: i64,
    /// The counts that it ended.
    #[serde(skip_serializing_if = "is_zero")]
    misses: u32,
    #[serde(skip_serializing_if = "is_zero")]
    failures: u32,
    #[serde(skip_serializing_if = "is_zero")]
    last_miss: i64,
}

/// How long a code stays in the record after it has ended, in milliseconds: a server whose clock is
/// ahead must not end it for the others.
const ENDED_MEMORY: i64 = 15 * 60 * 1_000;

/// How long a record is kept at least, in milliseconds: longer than a store goes on repeating the write.
const WRITE_MEMORY: i64 = 10_000;

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// What verifying a code came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is outstanding, until the time named. The record says that this attempt redeemed it.
    Match(i64),
    /// This attempt has redeemed it already, and it would end at the time named. The record is
    /// unchanged.
    Redeemed(i64),
    /// It is wrong. The record counts that, and says what followed from it.
    Miss(Option<Notice>),
    /// Nothing is outstanding. The record is unchanged.
    Ignored,
    /// The identifier is refused. The record is unchanged.
    Refused,
}

impl CodeRecord {
    /// Adds a code that ends at `end`, and says whether it did. One that this attempt has added
    /// already, and that was redeemed since, must not come back.
    pub(super) fn add(&mut self, digest: &str, end: i64, attempt: &str, now: i64) -> bool {
        self.expire(now);
        if self.redeemed.iter().any(|it| it.code.2 == attempt) {
            return false;
        }
        self.codes.retain(|Code(other, ..)| other != digest);
        if self.codes.len() >= OUTSTANDING_CODES {
            let ended = self.codes.iter().position(|it| !it.is_live(now));
            self.codes.remove(ended.unwrap_or(0));
        }
        let code = Code(digest.to_owned(), end, attempt.to_owned(), end);
        self.codes.push(code);
        true
    }

    /// Verifies a code that `attempt` presents: a nonce, the same each time when it is repeated.
    pub(super) fn verify(
        &mut self,
        digest: &str,
        attempt: &str,
        now: i64,
        options: &Options,
    ) -> Verdict {
        self.expire(now);
        let is_own = |it: &&Redeemed| it.by == attempt && same(&it.code.0, digest);
        if let Some(it) = self.redeemed.iter().find(is_own) {
            return Verdict::Redeemed(it.code.1);
        }
        if self.locked_until > now {
            return Verdict::Refused;
        }
        if !self.has_codes(now) {
            return Verdict::Ignored;
        }
        let is_right = |it: &Code| it.is_live(now) && same(&it.0, digest);
        if let Some(index) = self.codes.iter().position(is_right) {
            let code = self.codes.remove(index);
            let end = code.1;
            let redeemed = Redeemed {
                code,
                by: attempt.to_owned(),
                until: now.saturating_add(SIGN_IN_MEMORY),
                misses: self.misses,
                failures: self.failures,
                last_miss: self.last_miss,
            };
            if self.redeemed.len() >= OUTSTANDING_CODES {
                self.redeemed.remove(0);
            }
            self.redeemed.push(redeemed);
            (self.misses, self.failures, self.last_miss) = (0, 0, 0);
            return Verdict::Match(end);
        }
        self.misses = self.misses.saturating_add(1);
        self.failures = self.failures.saturating_add(1);
        self.last_miss = now;
        Verdict::Miss(if self.failures >= options.lock_after {
            self.lock(now, options);
            Some(Notice::IdentifierLocked)
        } else if self.misses >= options.code_attempts {
            self.void();
            Some(Notice::CodesVoided)
        } else {
            None
        })
    }

    /// Ends all that is outstanding.
    fn void(&mut self) {
        self.codes.clear();
        self.misses = 0;
    }

    /// Refuses the identifier from now on.
    fn lock(&mut self, now: i64, options: &Options) {
        let duration = i64::try_from(options.lock_for.as_millis()).unwrap_or(i64::MAX);
        self.locked_until = now.saturating_add(duration);
        self.void();
    }

    /// Makes this a record that nobody else writes, as of `now`.
    pub(super) fn sign(&mut self, nonce: &str, now: i64) {
        nonce.clone_into(&mut self.nonce);
        self.at = now;
    }

    /// Whether any code is outstanding.
    pub(super) fn has_codes(&self, now: i64) -> bool {
        self.codes.iter().any(|it| it.is_live(now))
    }

    /// How long the store must keep this record, in milliseconds.
    pub(super) fn remaining(&self, now: i64) -> u64 {
        let codes = self.codes.iter().map(|code| code.1).max().unwrap_or(0);
        let failures = if self.failures > 0 {
            self.last_miss.saturating_add(FAILURE_MEMORY)
        } else {
            0
        };
        let redeemed = self.redeemed.iter().map(|it| it.until).max().unwrap_or(0);
        let end = codes.max(failures).max(redeemed).max(self.locked_until);
        // Whoever repeats a write has to find it.
        let remaining = end.saturating_sub(now).max(WRITE_MEMORY);
        remaining.unsigned_abs()
    }

    /// Whether nothing in it is of use any more.
    pub(super) fn has_ended(&self, now: i64) -> bool {
        let remaining = i64::try_from(self.remaining(self.at)).unwrap_or(i64::MAX);
        self.at.saturating_add(remaining) <= now
    }

    /// Drops what has ended.
    fn expire(&mut self, now: i64) {
        let oldest = now.saturating_sub(ENDED_MEMORY);
        // One that ends later than there are times was not written by this adapter.
        self.codes
            .retain(|Code(_, end, ..)| *end > oldest && *end <= TIME_LIMIT);
        self.redeemed.retain(|it| it.until > now);
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
mod tests;
