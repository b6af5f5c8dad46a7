//! Stores as objects that JavaScript can hold, and one async function for each of their methods.

use std::sync::Arc;
use std::time::Duration;

use napi::Env;
use napi_derive::napi;

use super::environment::Environment;
use super::handle::{Handle, Shared};
use super::javascript_store::{NodeStore, StoreFunction};
use super::outcome::outcome;
use super::store_options::{CopyOptions, KvOptions, PostgresOptions, RedisOptions, SqliteOptions};
use crate::store::{
    Copy, JavaScriptStore, MemoryStore, PostgresStore, RedisStore, RestStore, SqliteStore, Store,
    copy_some as copy_from,
};

/// A store, and for a memory store what only it can tell.
#[napi]
pub struct NativeStore {
    store: Arc<dyn Store>,
    memory: Option<Arc<MemoryStore>>,
}

#[napi]
impl NativeStore {
    /// A memory store: a new one, or the process's own of that name.
    #[napi(factory)]
    #[must_use]
    pub fn memory(name: Option<String>) -> Self {
        let memory = name.map_or_else(Arc::default, |name| MemoryStore::shared(&name));
        Self {
            store: Arc::clone(&memory) as Arc<dyn Store>,
            memory: Some(memory),
        }
    }

    /// A store in JavaScript that is reached through `call`; see `lib/stores/javascript-store.js`.
    #[napi(factory)]
    pub fn javascript(
        env: Env,
        #[napi(ts_arg_type = "(...args: unknown[]) => Promise<string>")] call: StoreFunction,
        has_compare_and_set: bool,
    ) -> napi::Result<Self> {
        let calls = NodeStore::new(call, has_compare_and_set, Environment::of(&env)?);
        Ok(Self::remote(JavaScriptStore::new(calls)))
    }

    /// A store in Redis or Valkey. Throws for options that contradict each other.
    #[napi(factory)]
    pub fn redis(options: RedisOptions) -> napi::Result<Self> {
        Ok(Self::remote(RedisStore::new(options.config()?)))
    }

    /// A store in Vercel KV or Upstash.
    #[napi(factory)]
    #[must_use]
    pub fn kv(options: KvOptions) -> Self {
        Self::remote(RestStore::new(options.config()))
    }

    /// A store in an SQLite database.
    #[napi(factory)]
    #[must_use]
    pub fn sqlite(options: SqliteOptions) -> Self {
        Self::remote(SqliteStore::new(options.config()))
    }

    /// A store in PostgreSQL. Throws for certificates that cannot be used.
    #[napi(factory)]
    pub fn postgres(options: PostgresOptions) -> napi::Result<Self> {
        Ok(Self::remote(PostgresStore::new(options.config()?)))
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
}

impl NativeStore {
    fn remote(store: impl Store + 'static) -> Self {
        Self {
            store: Arc::new(store),
            memory: None,
        }
    }
}

impl Shared for NativeStore {
    type Inner = Arc<dyn Store>;

    fn share(&self) -> Self::Inner {
        Arc::clone(&self.store)
    }
}

/// `store.get(key)`: a JSON text, or null.
#[napi(namespace = "store")]
pub async fn get(store: Handle<NativeStore>, key: String) -> String {
    outcome(async move { Ok(store.0.get(&key).await?) }).await
}

/// `store.set(key, value, { px })`: `value` is a JSON text, `px` are milliseconds.
#[napi(namespace = "store")]
pub async fn set(
    store: Handle<NativeStore>,
    key: String,
    value: String,
    px: Option<f64>,
) -> String {
    outcome(async move { Ok(store.0.set(&key, &value, px.map(millis)).await?) }).await
}

/// `store.del(key)`
#[napi(namespace = "store")]
pub async fn del(store: Handle<NativeStore>, key: String) -> String {
    outcome(async move { Ok(store.0.delete(&key).await?) }).await
}

/// `store.compareAndSet(key, expected, value, { px })`
#[napi(namespace = "store")]
pub async fn compare_and_set(
    store: Handle<NativeStore>,
    key: String,
    expected: Option<String>,
    value: Option<String>,
    px: Option<f64>,
) -> String {
    outcome(async move {
        let (expected, value, ttl) = (expected.as_deref(), value.as_deref(), px.map(millis));
        Ok(store.0.compare_and_set(&key, expected, value, ttl).await?)
    })
    .await
}

/// Copies some of what is in one store to another; see `bin/commands/copy-store.js`.
#[napi(namespace = "store")]
pub async fn copy_some(
    from: Handle<NativeStore>,
    to: Handle<NativeStore>,
    position: Option<String>,
    options: CopyOptions,
) -> String {
    outcome(async move {
        let CopyOptions {
            prefix,
            writes,
            overwrites,
        } = options;
        let copy = Copy {
            prefix: &prefix,
            writes,
            overwrites,
        };
        Ok(copy_from(&*from.0, &*to.0, position.as_deref(), copy).await?)
    })
    .await
}

/// `store.ping()`
#[napi(namespace = "store")]
pub async fn ping(store: Handle<NativeStore>) -> String {
    outcome(async move { Ok(store.0.ping().await?) }).await
}

/// `store.close()`
#[napi(namespace = "store")]
pub async fn close(store: Handle<NativeStore>) -> String {
    outcome(async move {
        store.0.close().await;
        Ok(())
    })
    .await
}

/// The longest lifetime that is told apart from none: about 285,000 years.
const LONGEST: f64 = 9e15;

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
fn millis(px: f64) -> Duration {
    Duration::from_millis(px.clamp(0.0, LONGEST) as u64)
}
