//! Ends of lifetimes by this machine's clock, in epoch milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Now.
pub(super) fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX / 2)
}

/// The end of a lifetime that begins now: at the most the largest number that JavaScript holds
/// exactly.
pub(super) fn end_of(ttl: Duration) -> u64 {
    const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
    let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
    now().saturating_add(ttl).min(MAX_SAFE_INTEGER)
}
