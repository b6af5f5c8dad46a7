//! The thread that has a file open. SQLite blocks whoever calls it, for as long as a disk or another
//! process takes, so neither Node's thread nor that of the runtime does.
//!
//! All stores of a process that name one file share a thread: a configuration module is evaluated
//! several times in one server, and worker threads have their own copies. They write together then,
//! instead of waiting for one another.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use once_cell::sync::Lazy;
use tokio::sync::oneshot;

use super::IN_MEMORY;
use super::worker::{Job, Worker};

/// The name of the thread. Linux shows 15 characters.
const NAME: &str = "chatbotkit-file";

/// The threads that run, by their files. They belong to the stores that use them.
static RUNNING: Lazy<Mutex<HashMap<PathBuf, Weak<Thread>>>> = Lazy::new(Mutex::default);

/// A thread. It ends with the last store that uses it.
pub(super) struct Thread {
    jobs: Sender<Job>,
    /// Resolves when the file is closed.
    ended: oneshot::Receiver<()>,
}

impl Thread {
    /// The thread for that file, which is started where there is none. One in memory is each store's own.
    pub(super) fn of(path: &Path) -> io::Result<Arc<Self>> {
        if path == Path::new(IN_MEMORY) {
            return Ok(Arc::new(Self::start(path)?));
        }
        let mut running = running();
        if let Some(thread) = running.get(path).and_then(Weak::upgrade) {
            return Ok(thread);
        }
        let thread = Arc::new(Self::start(path)?);
        running.retain(|_, thread| thread.strong_count() > 0);
        running.insert(path.to_owned(), Arc::downgrade(&thread));
        Ok(thread)
    }

    fn start(path: &Path) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let (end, ended) = oneshot::channel();
        let worker = Worker::new(path.to_owned());
        std::thread::Builder::new()
            .name(NAME.to_owned())
            .spawn(move || {
                worker.serve(&queue);
                end.send(()).ok();
            })?;
        Ok(Self { jobs, ended })
    }

    /// Hands over a call. Gives it back where the thread failed in an earlier one.
    pub(super) fn send(&self, job: Job) -> Result<(), Job> {
        self.jobs.send(job).map_err(|unsent| unsent.0)
    }

    /// Has another one started for that file.
    pub(super) fn forget(path: &Path) {
        running().remove(path);
    }

    /// Waits until the file is closed, unless another store uses it.
    pub(super) async fn leave(self: Arc<Self>) {
        if let Some(Self { jobs, ended }) = Arc::into_inner(self) {
            drop(jobs);
            ended.await.ok();
        }
    }
}

fn running() -> MutexGuard<'static, HashMap<PathBuf, Weak<Thread>>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
