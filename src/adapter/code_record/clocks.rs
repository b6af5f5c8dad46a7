//! Times of several clocks in one record.

use std::time::Duration;

use super::CodeRecord;

/// How far a clock may seem to be off before times are put right, in milliseconds. A slow network
/// looks like that, too.
const CLOCK_TOLERANCE: i64 = 5_000;

impl CodeRecord {
    /// Puts all times right: those in the record are by the clock of the server that wrote it, and
    /// become those of the clock that says `now`. `ttl` is how long the store still keeps the record.
    pub(in crate::adapter) fn adjust(&mut self, now: i64, ttl: Duration) {
        let ttl = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        let lifetime = i64::try_from(self.remaining(self.at)).unwrap_or(i64::MAX);
        let now_there = self.at.saturating_add(lifetime.saturating_sub(ttl).max(0));
        let ahead = now.saturating_sub(now_there);
        if self.at == 0 || ahead.abs() <= CLOCK_TOLERANCE {
            return;
        }
        let codes = self.codes.iter_mut().map(|it| &mut it.1);
        let redeemed = self.redeemed.iter_mut();
        let redeemed = redeemed.flat_map(|it| [&mut it.code.1, &mut it.until, &mut it.last_miss]);
        let own = [&mut self.last_miss, &mut self.locked_until, &mut self.at];
        for time in codes.chain(redeemed).chain(own).filter(|time| **time != 0) {
            *time = time.saturating_add(ahead);
        }
    }

    /// Whether the clock that says `now` has gone back since this was written by it.
    pub(in crate::adapter) fn is_from_later(&self, now: i64) -> bool {
        self.at > now.saturating_add(CLOCK_TOLERANCE)
    }
}
