//! A store that the application wrote in JavaScript, or a client that looks like one.
//!
//! What such a store must have is little: `get`, `set` and `del`. When it also has
//! `compareAndSet`, that is used and the adapter is atomic wherever the store is. When it has
//! not, compare-and-set is made here from `get` and `set` under a lock of this process: atomic
//! among all adapters of the process, but not between processes.
//!
//! This module knows nothing of Node: [`JavaScriptCalls`] carries the calls over.

use std::time::Duration;

use async_trait::async_trait;
use once_cell::sync::Lazy;
use serde::Deserialize;
use serde_json::Value;

use super::clock::end_of;
use super::json_set::{Members, members_to_json, parse_members, set_key};
use super::{Error, ErrorKind, Result, Store};
use crate::keyed_locks::KeyedLocks;

/// How long an operation of a JavaScript store may take, with waiting for the lock of its key and with
/// all the calls that it is made of.
pub const TIMEOUT: Duration = Duration::from_millis(10_000);

/// One lock table for the process: two adapters, or two copies of one configuration module, may
/// hold different store objects that stand for one database. It holds no task and no socket.
static LOCKS: Lazy<KeyedLocks> = Lazy::new(KeyedLocks::new);

/// What a JavaScript store threw.
#[derive(Debug, Deserialize)]
pub struct JavaScriptFailure {
    /// The number under which the JavaScript side keeps the thrown value.
    pub cause: Option<u32>,
    /// What happened, without any key or value.
    pub detail: String,
    /// Whether the store answered, but with something that cannot be.
    #[serde(default)]
    pub malformed: bool,
}

/// Calls into JavaScript. Values are JSON texts.
#[async_trait]
pub trait JavaScriptCalls: Send + Sync {
    /// Whether the store has `compareAndSet`.
    fn has_compare_and_set(&self) -> bool;
    /// Calls `get`, `set`, `del` or `compareAndSet`, and gives what it returns.
    async fn call(
        &self,
        method: &'static str,
        key: &str,
        value: Option<&str>,
        expected: Option<&str>,
        ttl: Option<Duration>,
    ) -> std::result::Result<Option<String>, JavaScriptFailure>;
}

/// A [`Store`] made of [`JavaScriptCalls`].
pub struct JavaScriptStore<C> {
    calls: C,
    timeout: Duration,
}

const NAME: &str = "javascript";

const NO_BOOLEAN: &str = "answered with something other than true or false to compareAndSet";

/// How often a value is read again because it changed before it could be written.
const CONTENTION_LIMIT: u32 = 100;

impl<C: JavaScriptCalls> JavaScriptStore<C> {
    /// A store whose operations may each take [`TIMEOUT`].
    pub fn new(calls: C) -> Self {
        Self::with_timeout(calls, TIMEOUT)
    }

    /// A store whose operations may each take `timeout`.
    pub fn with_timeout(calls: C, timeout: Duration) -> Self {
        Self { calls, timeout }
    }

    /// `operation`, or an error when it takes too long.
    async fn bounded<T>(&self, operation: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let timed_out = |_| {
            let detail = format!("did not answer within {} ms", self.timeout.as_millis());
            Error::new(ErrorKind::TimedOut, NAME, detail)
        };
        tokio::time::timeout(self.timeout, operation)
            .await
            .map_err(timed_out)?
    }
}

fn to_error(failure: JavaScriptFailure) -> Error {
    let kind = if failure.malformed {
        ErrorKind::Malformed
    } else {
        ErrorKind::Failed
    };
    Error::new(kind, NAME, failure.detail).with_cause(failure.cause)
}

#[async_trait]
impl<C: JavaScriptCalls> Store for JavaScriptStore<C> {
    fn name(&self) -> &'static str {
        NAME
    }

    /// An application's store may ignore lifetimes.
    fn ends_lifetimes(&self) -> bool {
        false
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        self.bounded(self.read(key)).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        // Under the lock of compare-and-set: a slow one that has seen the earlier value must not end
        // after this.
        self.bounded(async {
            let _lock = LOCKS.lock(key).await;
            self.write(key, Some(value), ttl).await
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.bounded(async {
            let _lock = LOCKS.lock(key).await;
            self.write(key, None, None).await
        })
        .await
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        self.bounded(async {
            for _ in 0..CONTENTION_LIMIT {
                let value = self.read(key).await?;
                if value.is_none() || self.replace(key, value.as_deref(), None, None).await? {
                    return Ok(value);
                }
            }
            Err(contended())
        })
        .await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        self.bounded(self.replace(key, expected, value, ttl)).await
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        let end = ttl.map(end_of);
        let add = |members: &mut Members| {
            members.insert(member.to_owned(), end);
        };
        self.bounded(self.change_members(key, add)).await
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        let remove = |members: &mut Members| {
            members.remove(member);
        };
        self.bounded(self.change_members(key, remove)).await
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        let stored = self.get(&set_key(key)).await?;
        Ok(parse_members(stored.as_deref()).into_keys().collect())
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.delete(&set_key(key)).await
    }

    async fn ping(&self) -> Result<()> {
        self.get("ping").await.map(drop)
    }

    /// The application made the store and closes it.
    async fn close(&self) {}
}

fn contended() -> Error {
    Error::new(
        ErrorKind::Failed,
        NAME,
        "changed a value again and again while it was being written",
    )
}

/// What operations are made of. Nothing here is bounded in time.
impl<C: JavaScriptCalls> JavaScriptStore<C> {
    async fn read(&self, key: &str) -> Result<Option<String>> {
        let value = self.calls.call("get", key, None, None, None).await;
        value.map_err(to_error)
    }

    /// Sets the value, or deletes it.
    async fn write(&self, key: &str, value: Option<&str>, ttl: Option<Duration>) -> Result<()> {
        let method = if value.is_some() { "set" } else { "del" };
        let written = self.calls.call(method, key, value, None, ttl).await;
        written.map(drop).map_err(to_error)
    }

    async fn replace(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        if self.calls.has_compare_and_set() {
            let calls = &self.calls;
            let replaced = calls.call("compareAndSet", key, value, expected, ttl).await;
            return match replaced.map_err(to_error)?.as_deref() {
                Some("true") => Ok(true),
                Some("false") => Ok(false),
                _ => Err(Error::new(ErrorKind::Malformed, NAME, NO_BOOLEAN)),
            };
        }
        let _lock = LOCKS.lock(key).await;
        let current = self.read(key).await?;
        if value.is_some() && same_value(current.as_deref(), value) {
            return Ok(true);
        }
        if !same_value(current.as_deref(), expected) {
            return Ok(false);
        }
        self.write(key, value, ttl).await?;
        Ok(true)
    }

    async fn change_members(
        &self,
        key: &str,
        change: impl Fn(&mut Members) + Send + Sync,
    ) -> Result<()> {
        let key = &set_key(key);
        // Without `compareAndSet`, all who change the set are in this process and take this lock.
        // With it, the lock spares those who change the set together attempts that would fail.
        let _lock = LOCKS.lock(key).await;
        for _ in 0..CONTENTION_LIMIT {
            let stored = self.read(key).await?;
            let before = parse_members(stored.as_deref());
            let mut members = before.clone();
            change(&mut members);
            if members == before {
                return Ok(());
            }
            let (text, ttl) = members_to_json(&members).unzip();
            let (text, ttl) = (text.as_deref(), ttl.flatten());
            if !self.calls.has_compare_and_set() {
                return self.write(key, text, ttl).await;
            }
            if self.replace(key, stored.as_deref(), text, ttl).await? {
                return Ok(());
            }
        }
        Err(contended())
    }
}

/// Whether two JSON texts are one value. A database may give an object back with its members in
/// another order, which is not a change.
fn same_value(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            one == other
                || matches!(
                    (serde_json::from_str::<Value>(one), serde_json::from_str::<Value>(other)),
                    (Ok(one), Ok(other)) if one == other
                )
        }
        _ => false,
    }
}
