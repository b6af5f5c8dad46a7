//! Whether a thread of Node still runs JavaScript.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use napi::Env;
use once_cell::sync::Lazy;
use tokio::sync::watch;

/// One sender for each environment (the main thread, each worker), by its address. It is dropped
/// when the environment ends.
static ENVIRONMENTS: Lazy<Mutex<HashMap<usize, watch::Sender<()>>>> = Lazy::new(Mutex::default);

/// An environment of Node. A worker can be terminated while its JavaScript is being called; what it
/// was asked is then never answered.
#[derive(Clone)]
pub(super) struct Environment(watch::Receiver<()>);

impl Environment {
    /// That of `env`.
    pub(super) fn of(env: &Env) -> napi::Result<Self> {
        let address = env.raw() as usize;
        let mut environments = ENVIRONMENTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = environments.get(&address) {
            return Ok(Self(sender.subscribe()));
        }
        env.add_env_cleanup_hook(address, |address| {
            let mut environments = ENVIRONMENTS.lock().unwrap_or_else(PoisonError::into_inner);
            environments.remove(&address);
        })?;
        let (sender, receiver) = watch::channel(());
        environments.insert(address, sender);
        Ok(Self(receiver))
    }

    /// Resolves when the environment has ended.
    pub(super) async fn ended(&self) {
        // Nothing is ever sent: the only change is that the sender is gone.
        while self.0.clone().changed().await.is_ok() {}
    }
}
