//! The calls of a store: their deadline, and the end of all of them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{RwLock, oneshot};
use tokio::time::timeout;

use super::error::{closed, failure, no_thread, timed_out};
use super::thread::Thread;
use super::worker::{Access, Answer, Job};
use crate::store::Result;

pub(super) struct Calls {
    path: PathBuf,
    timeout: Duration,
    /// None once the store is closed. Each call holds the lock for reading, so that closing waits for
    /// the calls that began before it.
    thread: RwLock<Option<LazyThread>>,
}

/// The thread, once a call was made.
type LazyThread = Mutex<Option<Arc<Thread>>>;

impl Calls {
    pub(super) fn new(path: PathBuf, timeout: Duration) -> Self {
        Self {
            path,
            timeout,
            thread: RwLock::new(Some(LazyThread::default())),
        }
    }

    /// Runs `operation` on the thread. Should its time be over before its turn comes, it is not run.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        access: Access,
        operation: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        // Fails while closing waits for earlier calls, too.
        let thread = self.thread.try_read().map_err(|_| closed())?;
        let (answer, answered) = oneshot::channel();
        let path = self.path.clone();
        let run = move |connection: Result<&Connection>| {
            if answer.is_closed() {
                return Answer::to_nobody();
            }
            let outcome =
                connection.and_then(|it| operation(it).map_err(|error| failure(&path, &error)));
            Answer::new(outcome, answer)
        };
        let job = Job {
            access,
            deadline: Instant::now() + self.timeout,
            run: Box::new(run),
        };
        self.send(thread.as_ref().ok_or_else(closed)?, job)?;
        match timeout(self.timeout, answered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(no_thread(&self.path, "was given up: its thread failed")),
            Err(_) => Err(timed_out(&self.path, self.timeout)),
        }
    }

    fn send(&self, thread: &LazyThread, job: Job) -> Result<()> {
        let mut thread = thread.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = match thread.as_deref() {
            Some(thread) => thread.send(job),
            None => Err(job),
        };
        let Err(job) = sent else {
            return Ok(());
        };
        if thread.take().is_some() {
            Thread::forget(&self.path);
        }
        let started = Thread::of(&self.path).map_err(|error| {
            let problem = format!("could not be used: no thread could be started ({error})");
            no_thread(&self.path, &problem)
        })?;
        // Should it have failed as well, the caller is told that it did.
        started.send(job).ok();
        *thread = Some(started);
        Ok(())
    }

    /// Waits for the calls that began, and closes the file. Calls after it are refused.
    pub(super) async fn close(&self) {
        let thread = self.thread.write().await.take();
        let thread = thread.map(|it| it.into_inner().unwrap_or_else(PoisonError::into_inner));
        if let Some(thread) = thread.flatten() {
            thread.leave().await;
        }
    }
}
