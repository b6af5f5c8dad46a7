//! What the thread does: it answers calls, and between them removes what has ended.
//!
//! Calls that came while others were answered are answered together. Their writes are one
//! transaction, so that they wait once for the disk, and once for other processes.

use std::iter;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot::Sender;

use super::contention::{Contention, PAUSE};
use super::database::Database;
use super::error::failure;
use super::operations::{sweep, until_next_end};
use crate::store::{Error, Result};

/// How many calls are answered together at the most.
const BATCH_LIMIT: usize = 100;

/// How often what has ended is looked for, at the most.
const SWEEP_INTERVAL: Duration = Duration::from_millis(1_000);

/// How many values, and how many members, are removed in one go: other calls wait for it.
const SWEEP_LIMIT: u32 = 200;

/// The longest wait for what ends next. A clock can be set.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);

/// What a call does with the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// A call.
pub(super) struct Job {
    pub(super) access: Access,
    pub(super) deadline: Instant,
    pub(super) run: Run,
}

/// Does what the call is about, with the connection, or with why there is none.
type Run = Box<dyn FnOnce(Result<&Connection>) -> Answer + Send>;

/// What came of a call, before its caller hears of it: what was written counts once it is on the disk.
pub(super) struct Answer {
    failure: Option<Error>,
    give: Box<dyn FnOnce(Result<()>)>,
}

impl Answer {
    pub(super) fn new<T: 'static>(outcome: Result<T>, caller: Sender<Result<T>>) -> Self {
        Self {
            failure: outcome.as_ref().err().cloned(),
            give: Box::new(move |written| {
                caller.send(written.and(outcome)).ok();
            }),
        }
    }

    /// Of a call whose caller has given up.
    pub(super) fn to_nobody() -> Self {
        Self {
            failure: None,
            give: Box::new(|_| {}),
        }
    }
}

/// What the thread has.
pub(super) struct Worker {
    database: Database,
    contention: Contention,
    next_sweep: Option<Instant>,
}

impl Worker {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            database: Database::new(path),
            contention: Contention::default(),
            next_sweep: None,
        }
    }

    /// Answers calls until the store is closed or gone.
    pub(super) fn serve(mut self, queue: &Receiver<Job>) {
        loop {
            match self.next(queue) {
                Ok(job) => {
                    self.contention.pause();
                    let more = queue.try_iter().take(BATCH_LIMIT - 1);
                    self.answer(iter::once(job).chain(more).collect());
                    self.next_sweep
                        .get_or_insert_with(|| Instant::now() + SWEEP_INTERVAL);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.database.close(),
            }
            if self.next_sweep.is_some_and(|next| next <= Instant::now()) {
                self.sweep();
            }
        }
    }

    fn next(&self, queue: &Receiver<Job>) -> std::result::Result<Job, RecvTimeoutError> {
        match self.next_sweep {
            Some(next) => queue.recv_timeout(next.saturating_duration_since(Instant::now())),
            None => queue.recv().map_err(RecvTimeoutError::from),
        }
    }

    /// Reads come first: they do not wait for the disk.
    fn answer(&mut self, jobs: Vec<Job>) {
        let is_read = |job: &Job| job.access == Access::Read;
        let (reads, writes): (Vec<_>, Vec<_>) = jobs.into_iter().partition(is_read);
        for job in reads {
            let answer = (job.run)(self.database.connection(job.deadline));
            self.give(answer, Ok(()));
        }
        if !writes.is_empty() {
            let (answers, written) = self.write(writes);
            for answer in answers {
                self.give(answer, written.clone());
            }
        }
    }

    /// Runs all of `jobs` in one transaction, and says whether it is on the disk.
    fn write(&mut self, jobs: Vec<Job>) -> (Vec<Answer>, Result<()>) {
        let deadline = jobs.iter().map(|job| job.deadline).max();
        let deadline = deadline.unwrap_or_else(Instant::now);
        let path = self.database.path.clone();
        let begun = self.database.connection(deadline).and_then(|connection| {
            let begun = self.contention.begin(connection, deadline);
            begun.map_err(|error| failure(&path, &error))
        });
        let transaction = match begun {
            Ok(transaction) => transaction,
            Err(error) => {
                let answer = |job: Job| (job.run)(Err(error.clone()));
                return (jobs.into_iter().map(answer).collect(), Ok(()));
            }
        };
        let (mut answers, mut written) = (vec![], Ok(()));
        for job in jobs {
            let answer = (job.run)(written.clone().map(|()| &*transaction));
            // SQLite has ended the transaction by itself, and what came before is gone with it.
            if let Some(error) = &answer.failure
                && transaction.is_autocommit()
            {
                written = Err(error.clone());
            }
            answers.push(answer);
        }
        if written.is_ok() {
            written = transaction.commit().map_err(|error| failure(&path, &error));
        }
        self.contention.wrote();
        (answers, written)
    }

    /// Tells a caller. Where a call failed another connection may find the file as it should be.
    fn give(&mut self, answer: Answer, written: Result<()>) {
        if answer.failure.is_some() || written.is_err() {
            self.database.give_up();
        }
        (answer.give)(written);
    }

    /// Removes some of what has ended. Whoever is in the way of that does it, or it is done later.
    fn sweep(&mut self) {
        let wait = match self.swept() {
            Ok(None) => None,
            // There are more. Calls that wait come first, and other processes.
            Ok(Some(Duration::ZERO)) => Some(PAUSE),
            Ok(Some(wait)) => Some(wait.clamp(SWEEP_INTERVAL, LONGEST_SLEEP)),
            Err(_) => Some(SWEEP_INTERVAL),
        };
        self.next_sweep = wait.map(|wait| Instant::now() + wait);
    }

    /// How long it is until more ends.
    fn swept(&mut self) -> rusqlite::Result<Option<Duration>> {
        let Some(connection) = self.database.current() else {
            return Ok(None);
        };
        let next = until_next_end(connection)?;
        if next != Some(Duration::ZERO) {
            return Ok(next);
        }
        let transaction = self.contention.begin(connection, Instant::now())?;
        sweep(&transaction, SWEEP_LIMIT)?;
        transaction.commit()?;
        until_next_end(connection)
    }
}
