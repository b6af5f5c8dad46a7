//! Stores as objects that JavaScript can hold.

use std::sync::Arc;
use std::time::Duration;

use napi::Env;
use napi_derive::napi;
use serde::Serialize;

use super::javascript_store::{Call, NodeCalls};
use super::life::Life;
use super::outcomes::{NativeOutcomes, Outcomes};
use super::store_options::{KvOptions, RedisOptions};
use crate::adapter::Result;
use crate::store::{JavaScriptStore, MemoryStore, RedisStore, RestStore, Store};

/// A store, and for a memory store what only it can tell.
#[napi]
pub struct NativeStore {
    store: Arc<dyn Store>,
    memory: Option<Arc<MemoryStore>>,
    outcomes: Arc<Outcomes>,
}

#[napi]
impl NativeStore {
    /// A memory store: a new one, or the process's own of that name.
    #[napi(factory)]
    #[must_use]
    pub fn memory(outcomes: &NativeOutcomes, name: Option<String>) -> Self {
        let memory = name.map_or_else(Arc::default, |name| MemoryStore::shared(&name));
        Self {
            store: Arc::clone(&memory) as Arc<dyn Store>,
            memory: Some(memory),
            outcomes: outcomes.outcomes(),
        }
    }

    /// A store in JavaScript that is reached through `call`; see `lib/javascript-store.js`.
    #[napi(factory)]
    pub fn javascript(
        env: Env,
        outcomes: &NativeOutcomes,
        call: Call,
        has_compare_and_set: bool,
    ) -> napi::Result<Self> {
        let calls = NodeCalls::new(call, has_compare_and_set, Life::of(&env)?);
        Ok(Self {
            store: Arc::new(JavaScriptStore::new(calls)),
            memory: None,
            outcomes: outcomes.outcomes(),
        })
    }

    /// A store in Redis or Valkey. Throws for options that contradict each other.
    #[napi(factory)]
    pub fn redis(outcomes: &NativeOutcomes, options: RedisOptions) -> napi::Result<Self> {
        Ok(Self {
            store: Arc::new(RedisStore::new(options.config()?)),
            memory: None,
            outcomes: outcomes.outcomes(),
        })
    }

    /// A store in Vercel KV or Upstash.
    #[napi(factory)]
    #[must_use]
    pub fn kv(outcomes: &NativeOutcomes, options: KvOptions) -> Self {
        Self {
            store: Arc::new(RestStore::new(options.config())),
            memory: None,
            outcomes: outcomes.outcomes(),
        }
    }

    /// How many entries a memory store holds.
    #[napi(getter)]
    #[must_use]
    pub fn size(&self) -> Option<u32> {
        self.memory
            .as_ref()
            .map(|memory| u32::try_from(memory.len()).unwrap_or(u32::MAX))
    }

    /// Removes every entry of a memory store.
    #[napi]
    pub fn clear(&self) {
        if let Some(memory) = &self.memory {
            memory.clear();
        }
    }

    /// `store.get(key)`: a JSON text, or null.
    #[napi]
    pub fn get(&self, ticket: u32, key: String) {
        self.run(ticket, |store| async move { Ok(store.get(&key).await?) });
    }

    /// `store.set(key, value, { px })`: `value` is a JSON text, `px` are milliseconds.
    #[napi]
    pub fn set(&self, ticket: u32, key: String, value: String, px: Option<f64>) {
        self.run(ticket, move |store| async move {
            Ok(store.set(&key, &value, px.map(millis)).await?)
        });
    }

    /// `store.del(key)`
    #[napi]
    pub fn del(&self, ticket: u32, key: String) {
        self.run(ticket, |store| async move { Ok(store.delete(&key).await?) });
    }

    /// `store.compareAndSet(key, expected, value, { px })`
    #[napi]
    pub fn compare_and_set(
        &self,
        ticket: u32,
        key: String,
        expected: Option<String>,
        value: Option<String>,
        px: Option<f64>,
    ) {
        self.run(ticket, move |store| async move {
            let (expected, value) = (expected.as_deref(), value.as_deref());
            Ok(store
                .compare_and_set(&key, expected, value, px.map(millis))
                .await?)
        });
    }

    /// `store.ping()`
    #[napi]
    pub fn ping(&self, ticket: u32) {
        self.run(ticket, |store| async move { Ok(store.ping().await?) });
    }

    /// `store.close()`
    #[napi]
    pub fn close(&self, ticket: u32) {
        self.run(ticket, move |store| async move {
            store.close().await;
            Ok(())
        });
    }
}

impl NativeStore {
    pub(super) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Runs `method` and hands its outcome over.
    fn run<T, F>(&self, ticket: u32, method: impl FnOnce(Arc<dyn Store>) -> F + Send + 'static)
    where
        T: Serialize + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let store = Arc::new(self.store());
        self.outcomes
            .run(ticket, store, "", |store, _| method(Arc::clone(&*store)));
    }
}

/// The longest lifetime that is told apart from for ever: about 285,000 years.
const LONGEST: f64 = 9e15;

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
fn millis(px: f64) -> Duration {
    Duration::from_millis(px.clamp(0.0, LONGEST) as u64)
}
