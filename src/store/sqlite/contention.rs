//! Several who write to one file.
//!
//! SQLite has no queue for writers: each tries again and again, and whoever has just written is the
//! first to try. Its own waits grow to a tenth of a second, in which somebody with much to write is
//! done hundreds of times. So whoever met others tries often, and leaves them the file for a moment
//! after each write.

use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result, Transaction, TransactionBehavior};

use super::error::is_busy;

/// How long a statement waits for another process by SQLite's own means. Readers have to while the log
/// is put into the file and removed, or made.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_millis(1_000);

/// How often a file is tried that somebody else writes to.
const POLL_INTERVAL: Duration = Duration::from_micros(500);

/// For how long the file is left to others after a write: they look twice in that time.
pub(super) const PAUSE: Duration = Duration::from_millis(1);

/// How long others are expected to be there after they were met.
const MEMORY: Duration = Duration::from_millis(1_000);

/// What is known of others.
#[derive(Default)]
pub(super) struct Contention {
    /// When somebody else was last in the way.
    met: Option<Instant>,
    /// When this one wrote last.
    wrote: Option<Instant>,
}

impl Contention {
    /// A transaction that may write from its beginning on, as soon as nobody else does.
    pub(super) fn begin<'a>(
        &mut self,
        connection: &'a Connection,
        deadline: Instant,
    ) -> Result<Transaction<'a>> {
        connection.busy_timeout(Duration::ZERO)?;
        let begun = loop {
            match Transaction::new_unchecked(connection, TransactionBehavior::Immediate) {
                Err(error) if is_busy(&error) && Instant::now() < deadline => {
                    self.met = Some(Instant::now());
                    sleep(POLL_INTERVAL);
                }
                outcome => break outcome,
            }
        };
        connection.busy_timeout(BUSY_TIMEOUT)?;
        begun
    }

    /// Notes that a transaction has ended.
    pub(super) fn wrote(&mut self) {
        self.wrote = Some(Instant::now());
    }

    /// Leaves the file to others for a moment, where there are some.
    pub(super) fn pause(&self) {
        let has_others = self.met.is_some_and(|met| met.elapsed() < MEMORY);
        if let Some(wrote) = self.wrote.filter(|_| has_others) {
            sleep(PAUSE.saturating_sub(wrote.elapsed()));
        }
    }
}
