//! The thread on which everything runs that is not Node's.
//!
//! There is one, of this addon's own. It has work left to do when Node's thread has none: what waits
//! for networks is cheap, and a second thread would cost each call more than it brings, in waking
//! each other and in memory that one of them takes and the other gives back (`npm run bench` counts
//! the processor time of all).
//!
//! The first call starts it, so that loading the package starts nothing. It never ends: every
//! environment of Node that the process has, or will have, uses the same one, and no call can be
//! caught between two.

use std::future::pending;
use std::io;
use std::thread;

use napi::bindgen_prelude::retain_current_module_for_unload_safety;
use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle};

static RUNTIME: OnceCell<Handle> = OnceCell::new();

/// The name of the thread. Linux shows 15 characters.
const NAME: &str = "chatbotkit-auth";

/// Where tasks are spawned. Fails when the system gives no thread; the next call tries again.
pub(super) fn handle() -> io::Result<&'static Handle> {
    RUNTIME.get_or_try_init(|| {
        // Node unloads an addon with the last environment that loaded it, and this stays.
        retain_current_module_for_unload_safety();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        thread::Builder::new()
            .name(NAME.to_owned())
            .spawn(move || runtime.block_on(pending::<()>()))?;
        Ok(handle)
    })
}
