//! A record that somebody has put back, so that it knows less of wrong codes than it did.
//!
//! Who can write to the store can put an older copy of a record at its key, and guess anew. So an
//! adapter remembers how far a record had counted when it wrote it last, and does not believe one from
//! before that which has counted less.

use super::CodeRecord;

/// How far a record has counted, and when, by the clock of who wrote it.
#[derive(Clone, Debug)]
pub(in crate::adapter) struct Counts {
    at: i64,
    failures: u32,
    last_miss: i64,
    locked_until: i64,
}

impl CodeRecord {
    /// How far it has counted, as it is written at `now`.
    pub(in crate::adapter) fn counts(&self, now: i64) -> Counts {
        Counts {
            at: now,
            failures: self.failures,
            last_miss: self.last_miss,
            locked_until: self.locked_until,
        }
    }

    /// When it was written, by the clock of who wrote it, unless times were put right since.
    pub(in crate::adapter) fn written_at(&self) -> i64 {
        self.at
    }

    /// Counts as far as it had when it was written last, if it was written before that. Where a server
    /// whose clock is behind has written it since, the counts of both are believed.
    pub(in crate::adapter) fn count_on(&mut self, counts: &Counts, written_at: i64) {
        if written_at > counts.at {
            return;
        }
        self.failures = self.failures.max(counts.failures);
        self.last_miss = self.last_miss.max(counts.last_miss);
        self.locked_until = self.locked_until.max(counts.locked_until);
    }
}
