//! One statement at a time over a connection, though the protocol could have several under way.
//!
//! PgBouncer (1.18, which Debian 12 has) takes a connection to the server back from a client that is
//! gone once one of its statements was answered. What the server still answers to the others goes to
//! whoever gets that connection next.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, MutexGuard};

use super::error::interrupted;
use crate::store::remote::retry::Failure;

/// The turns on a connection.
#[derive(Default)]
pub(super) struct Turns {
    lock: Mutex<()>,
    /// Whether the server has yet to answer. So it is after a turn that was given up.
    is_asked: AtomicBool,
}

/// That a statement is under way.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    _lock: MutexGuard<'a, ()>,
}

impl Turns {
    /// Waits for a turn. There is none any more after one that was given up.
    pub(super) async fn take(&self, place: &str) -> Result<Turn<'_>, Failure> {
        let lock = self.lock.lock().await;
        if self.is_asked.swap(true, Ordering::Relaxed) {
            return Err(interrupted(place));
        }
        Ok(Turn {
            turns: self,
            _lock: lock,
        })
    }
}

impl Turn<'_> {
    /// Notes that the server has answered.
    pub(super) fn end(self) {
        self.turns.is_asked.store(false, Ordering::Relaxed);
    }
}
