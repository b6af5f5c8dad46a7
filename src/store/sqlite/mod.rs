//! Values in a file of this machine, or in memory, kept by SQLite.
//!
//! A call passes these, in order:
//!
//! * [`SqliteStore`], and [`calls`]: an operation is handed to a thread, and waited for in time.
//! * [`thread`]: the thread of a file, which the first call starts, and which ends with the store.
//! * [`worker`]: what the thread does.
//! * [`database`]: the open file, its settings and its schema; [`contention`]: others who write to it.
//! * [`operations`]: what is read and written.
//!
//! [`error`] says what a failure means. Any number of processes of one machine can use a file at once:
//! whoever writes has it alone for that moment, the others wait.

mod calls;
mod contention;
mod database;
mod error;
mod operations;
mod thread;
mod worker;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::Connection;

use self::calls::Calls;
use self::error::misconfigured;
use self::worker::Access::{self, Read, Write};
use super::{Entry, Keys, Result, Store};

/// The backend's name, for messages.
const NAME: &str = "sqlite";

/// What stands for a database in memory, which nobody else sees and which ends with its store.
const IN_MEMORY: &str = ":memory:";

/// Where the values are.
#[derive(Clone, Debug)]
pub struct SqliteConfig {
    /// The file, or `:memory:`. `None` when it was not configured.
    pub path: Option<PathBuf>,
    /// How long a call may take, with waiting for other processes.
    pub timeout: Duration,
}

impl SqliteConfig {
    /// A file with the default time-out.
    #[must_use]
    pub fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            timeout: Duration::from_millis(5_000),
        }
    }
}

/// A [`Store`] in an SQLite database.
pub struct SqliteStore {
    /// None where no path is configured.
    calls: Option<Calls>,
}

impl SqliteStore {
    /// A store that has opened nothing and started nothing.
    #[must_use]
    pub fn new(config: SqliteConfig) -> Self {
        let SqliteConfig { path, timeout } = config;
        Self {
            calls: path.map(|path| Calls::new(path, timeout)),
        }
    }

    /// Runs `operation` on the store's thread.
    async fn run<T: Send + 'static>(
        &self,
        access: Access,
        operation: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let calls = self.calls.as_ref();
        let calls = calls.ok_or_else(|| misconfigured("no path is configured"))?;
        calls.run(access, operation).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        let key = key.to_owned();
        let entry = self.run(Read, move |it| operations::get(it, &key)).await?;
        Ok(entry.map(|(value, _)| value))
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(String, Option<Duration>)>> {
        let key = key.to_owned();
        self.run(Read, move |it| operations::get(it, &key)).await
    }

    async fn get_both(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        let (first, second) = (first.to_owned(), second.to_owned());
        let entries = self.run(Read, move |it| {
            Ok([operations::get(it, &first)?, operations::get(it, &second)?])
        });
        Ok(entries.await?.map(|entry| entry.map(|(value, _)| value)))
    }

    fn reads_both_at_once(&self) -> bool {
        true
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.run(Write, move |it| operations::set(it, &key, &value, ttl))
            .await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        let key = key.to_owned();
        self.run(Write, move |it| operations::delete(it, &key))
            .await
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        let key = key.to_owned();
        self.run(Write, move |it| operations::take(it, &key)).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        let key = key.to_owned();
        let (expected, value) = (expected.map(str::to_owned), value.map(str::to_owned));
        self.run(Write, move |it| {
            operations::compare_and_set(it, &key, expected.as_deref(), value.as_deref(), ttl)
        })
        .await
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        let (key, member) = (key.to_owned(), member.to_owned());
        self.run(Write, move |it| {
            operations::add_member(it, &key, &member, ttl)
        })
        .await
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        let (key, member) = (key.to_owned(), member.to_owned());
        self.run(Write, move |it| {
            operations::remove_member(it, &key, &member)
        })
        .await
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        let key = key.to_owned();
        self.run(Read, move |it| operations::members(it, &key))
            .await
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        let key = key.to_owned();
        self.run(Write, move |it| operations::delete_set(it, &key))
            .await
    }

    async fn keys(&self, prefix: &str, position: Option<&str>) -> Result<Keys> {
        let (prefix, after) = (prefix.to_owned(), position.map(str::to_owned));
        self.run(Read, move |it| {
            operations::keys(it, &prefix, after.as_deref())
        })
        .await
    }

    async fn entry(&self, key: &str) -> Result<Entry> {
        let key = key.to_owned();
        self.run(Read, move |it| operations::entry(it, &key)).await
    }

    async fn ping(&self) -> Result<()> {
        self.run(Read, operations::ping).await
    }

    /// Waits for the calls that began, and puts all that stands beside the file into it.
    async fn close(&self) {
        if let Some(calls) = &self.calls {
            calls.close().await;
        }
    }
}
