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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::adapter::Options;
    use crate::adapter::code_record::{ENDED_MEMORY, Verdict};
    use crate::call_metrics::Notice;

    const END: i64 = 600_000;

    fn with_code() -> CodeRecord {
        let mut record = CodeRecord::default();
        record.add("right", END, "made", 0);
        record
    }

    #[test]
    fn an_older_record_that_is_put_back_works_no_longer_than_clocks_may_differ() {
        let options = Options::default();
        let mut record = with_code();
        record.sign("nonce", 1);
        let older = record.clone();
        let lifetime = Duration::from_millis(older.remaining(1));
        // Put back with its whole lifetime, it looks as if a server had written it whose clock is behind.
        for (now, is_good) in [(END + ENDED_MEMORY - 1, true), (END + ENDED_MEMORY, false)] {
            let mut put_back = older.clone();
            put_back.adjust(now, lifetime);
            let verdict = put_back.verify("right", "attempt", now, &options);
            assert_eq!(matches!(verdict, Verdict::Match(_)), is_good, "{now}");
        }
    }

    #[test]
    fn an_older_record_counts_on_from_where_it_was() {
        let options = Options::default();
        let (mut older, mut record) = (with_code(), with_code());
        older.sign("older", 1);
        for guess in 0..99 {
            if guess % 5 == 0 {
                record.add("another", END, &guess.to_string(), 2);
            }
            record.verify("wrong", "attempt", 2, &options);
        }
        let counts = record.counts(2);
        older.count_on(&counts, 1);
        let locked = Verdict::Miss(Some(Notice::IdentifierLocked));
        assert_eq!(older.verify("wrong", "attempt", 3, &options), locked);
        assert_eq!(
            older.verify("right", "attempt", 3, &options),
            Verdict::Refused
        );
        // One that was written since tells what became of them.
        let mut newer = with_code();
        newer.sign("newer", 3);
        newer.count_on(&counts, 3);
        assert_eq!(
            newer.verify("right", "attempt", 4, &options),
            Verdict::Match(END)
        );
    }
}
