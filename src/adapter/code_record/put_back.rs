//! A code that is put back, as if it had not been redeemed, because what must follow failed.

use super::{CodeRecord, OUTSTANDING_CODES, Redeemed, same};
use crate::adapter::Options;

/// How long it is remembered who redeemed a code, in milliseconds: longer than the look-up of the user
/// may take, and the change of the user that follows
/// ([`crate::chatbotkit::TOTAL_TIMEOUT`] each).
pub(in crate::adapter) const SIGN_IN_MEMORY: i64 = 150_000;

impl CodeRecord {
    /// Whether that code is outstanding.
    pub(in crate::adapter) fn is_outstanding(&self, digest: &str) -> bool {
        self.codes.iter().any(|it| same(&it.0, digest))
    }

    /// Puts a code back that `attempt` has redeemed, with its end and with the counts that redeeming
    /// it ended. Says whether the record says that this attempt redeemed it; if not, it is unchanged.
    pub(in crate::adapter) fn put_back(
        &mut self,
        digest: &str,
        attempt: &str,
        now: i64,
        options: &Options,
    ) -> bool {
        self.expire(now);
        let is_own = |it: &Redeemed| it.by == attempt && same(&it.code.0, digest);
        let Some(index) = self.redeemed.iter().position(is_own) else {
            return false;
        };
        let it = self.redeemed.remove(index);
        // The failures since then would have counted against this code, and with those before it.
        let (since, misses) = (self.failures, it.misses.saturating_add(self.failures));
        self.failures = since.saturating_add(it.failures);
        self.last_miss = self.last_miss.max(it.last_miss);
        if since > 0 && self.failures >= options.lock_after {
            self.lock(now, options);
        } else if misses >= options.code_attempts {
            self.void();
        } else {
            self.misses = self.misses.saturating_add(it.misses);
            let outstanding = self.codes.iter().filter(|it| it.is_live(now)).count();
            if it.code.is_live(now) && outstanding < OUTSTANDING_CODES {
                self.codes.insert(0, it.code);
            }
        }
        true
    }
}
