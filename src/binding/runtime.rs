//! The thread on which everything runs that is not Node's, plugged into napi-rs as its runtime.
//!
//! There is one, of this addon's own. It does tens of thousands of calls a second, and a process of
//! Node answers far fewer requests. A second thread would cost each call more than it brings, in
//! waking each other and in memory that one of them takes and the other gives back (`npm run bench`
//! counts the processor time of all).
//!
//! The first call starts it, so that loading the package starts nothing. It does not end: every
//! environment of Node that the process has, or will have, uses the same one, and no call can be
//! caught between two. napi-rs's own runtime starts with the package, has a thread for each
//! processor, and ends with the last environment.
//!
//! Should the thread fail all the same, because something else in the process closed what it waits
//! on, the calls that are under way end with an error, and the next one starts another.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use napi::bindgen_prelude::{
    AsyncRuntime, AsyncRuntimeRejection, AsyncRuntimeTask, register_async_runtime,
};
use napi::{Error, Result, Status};
use napi_derive::module_init;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

static RUNNING: Mutex<Option<Calls>> = Mutex::new(None);

/// Where calls are handed to the thread.
///
/// Not a handle of the runtime: spawning from another thread writes to the system for each task, to
/// wake a thread that most often is awake, and such a task runs only when all others have nothing to
/// do. This wakes once for all calls that arrive until the thread looks, and what those send to
/// Redis travels together.
type Calls = UnboundedSender<AsyncRuntimeTask>;

/// The name of the thread. Linux shows 15 characters.
const NAME: &str = "chatbotkit-auth";

/// How many threads there may be beside it, for a few seconds each, in which the system is asked for
/// what it does not give without waiting: the addresses of hosts, and certificates.
const BLOCKING_THREADS: usize = 16;

#[module_init]
fn register() {
    register_async_runtime(OwnThread);
}

/// What napi-rs runs `#[napi] async fn`s on.
struct OwnThread;

// SAFETY: the thread outlives every environment and may run code of the addon after `shutdown`.
// napi-rs keeps the library loaded from `register_async_runtime` on, for good.
unsafe impl AsyncRuntime for OwnThread {
    fn spawn(
        &self,
        task: AsyncRuntimeTask,
    ) -> std::result::Result<(), AsyncRuntimeRejection<AsyncRuntimeTask>> {
        match calls() {
            Ok(calls) => {
                // A thread that has just failed drops the task, which ends its call with an error.
                let _ = calls.send(task);
                Ok(())
            }
            // `lib/native/call.js` tells this status from all others.
            Err(error) => Err(AsyncRuntimeRejection::new(
                task,
                Error::new(Status::QueueFull, error.to_string()),
            )),
        }
    }

    fn block_on(&self, _: Pin<&mut dyn Future<Output = ()>>) -> Result<()> {
        // Nothing here blocks Node's thread.
        Err(Error::new(Status::GenericFailure, "not supported"))
    }

    fn shutdown(&self) -> Result<()> {
        Ok(())
    }
}

/// Where calls go. Fails when the system does not give what that takes; the next call tries again.
fn calls() -> io::Result<Calls> {
    let mut running = running();
    if let Some(calls) = &*running {
        return Ok(calls.clone());
    }
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()?;
    let (calls, arriving) = unbounded_channel();
    thread::Builder::new()
        .name(NAME.to_owned())
        .spawn(move || run(runtime, arriving))?;
    Ok(running.insert(calls).clone())
}

fn running() -> MutexGuard<'static, Option<Calls>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs calls until the runtime itself fails.
fn run(runtime: Runtime, mut arriving: UnboundedReceiver<AsyncRuntimeTask>) {
    // Dropped in reverse: the next one is not started before the tasks of this one are gone.
    let _ended = Ended;
    let runtime = runtime;
    runtime.block_on(async move {
        while let Some(call) = arriving.recv().await {
            tokio::spawn(call);
        }
    });
}

/// Makes room for another thread when this one ends.
struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        running().take();
    }
}
