//! Keys, JSON values and lifetimes: where everything lives that is not a sub-account.
//!
//! A backend implements [`Store`]. Reading and writing whole values is simple; what keeps
//! sign-in safe is the one atomic operation, [`Store::compare_and_set`]: a value is replaced
//! only while it is still the one that was read. With it, any number of server processes can
//! redeem the same code at the same moment and exactly one of them wins.
//!
//! ```
//! use chatbotkit_nextauth::store::{MemoryStore, Store};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let store = MemoryStore::new();
//! store.set("greeting", r#""hello""#, None).await?;
//! assert_eq!(store.get("greeting").await?.as_deref(), Some(r#""hello""#));
//! # Ok::<(), chatbotkit_nextauth::store::Error>(())
//! # }).unwrap();
//! ```

#![forbid(unsafe_code)]

mod clock;
mod copy;
mod error;
mod javascript;
mod json_set;
mod memory;
mod remote;
mod sqlite;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::try_join;

pub use copy::{Copied, Copy, copy_some};
pub use error::{Error, ErrorKind};
pub use javascript::{
    JavaScriptCalls, JavaScriptFailure, JavaScriptStore, TIMEOUT as JAVASCRIPT_TIMEOUT,
};
pub use memory::MemoryStore;
pub use remote::{
    Credentials, Deployment, PostgresConfig, PostgresStore, RedisConfig, RedisStore, RestConfig,
    RestStore, Tls,
};
pub use sqlite::{SqliteConfig, SqliteStore};

/// The result of a store operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Some of the keys of a store.
#[derive(Debug, Default)]
pub struct Keys {
    /// The keys, in whatever order. One may be among them that has ended.
    pub keys: Vec<String>,
    /// Where the next ones are, if there are any.
    pub next: Option<String>,
}

impl Keys {
    /// Of `found`, the at most `limit` first of those keys that begin with `prefix` or come behind
    /// it, in their order. A position is the key before those that are next.
    fn in_order(mut found: Vec<String>, prefix: &str, limit: u32) -> Self {
        let count = found.iter().take_while(|it| it.starts_with(prefix));
        let count = count.count();
        let is_more = count == limit as usize;
        found.truncate(count);
        let next = found.last().filter(|_| is_more).cloned();
        Self { keys: found, next }
    }
}

/// All that stands at a key, each part with what remains of its lifetime, if it has an end.
#[derive(Debug, Default, PartialEq)]
pub struct Entry {
    /// The value.
    pub value: Option<(String, Option<Duration>)>,
    /// The members of the set.
    pub members: Vec<(String, Option<Duration>)>,
}

/// A key-value store with lifetimes, one atomic operation, and sets of members.
///
/// Keys and members are ASCII. Values are JSON texts. A key holds a value or a set, not both: Redis
/// has one place for them. A `ttl` of `None` keeps what it is given
/// for until that is deleted.
///
/// A backend that lost an answer repeats the operation. Every operation here can be repeated;
/// for compare-and-set that takes the caller's help, see there.
#[async_trait]
pub trait Store: Send + Sync {
    /// The backend's name, for messages: `memory`, `redis`, `sqlite`.
    fn name(&self) -> &'static str;

    /// The value of `key`, or `None` when there is none or its lifetime has ended.
    async fn get(&self, key: &str) -> Result<Option<String>>;

    /// The value of `key`, and for how long the store still keeps it, where it can tell. That is by the
    /// store's own clock, the only one that all servers share.
    async fn get_with_ttl(&self, key: &str) -> Result<Option<(String, Option<Duration>)>> {
        Ok(self.get(key).await?.map(|value| (value, None)))
    }

    /// The values of two keys, read at the same time.
    async fn get_both(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        let (first, second) = try_join(self.get(first), self.get(second)).await?;
        Ok([first, second])
    }

    /// Whether what has ended is not given out. Where that is not sure, times are compared, for which
    /// the clocks of all servers have to agree.
    fn ends_lifetimes(&self) -> bool {
        true
    }

    /// Whether [`Store::get_both`] is one call, rather than two beside one another.
    fn reads_both_at_once(&self) -> bool {
        false
    }

    /// Sets `key`, whatever it held before.
    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()>;

    /// Removes `key`. Removing what is not there is no error.
    async fn delete(&self, key: &str) -> Result<()>;

    /// Removes `key` and returns the value that it had. Of several callers one gets it.
    async fn take(&self, key: &str) -> Result<Option<String>>;

    /// Replaces the value of `key` with `value` (`None`: removes it) if it is still `expected`
    /// (`None`: there is no value), or if it is `value` already. Says whether it then is.
    ///
    /// The second condition makes repeating safe: a backend whose answer was lost may try again
    /// and find its own work. A caller who must know whether it was *its* value that got there
    /// puts something unique into it.
    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool>;

    /// Adds `member` to the set at `key`, or gives it another lifetime. The set itself lives as long
    /// as its longest-lived member.
    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()>;

    /// Removes `member` from the set at `key`.
    async fn remove_member(&self, key: &str, member: &str) -> Result<()>;

    /// The members of the set at `key` whose lifetime has not ended, in no order.
    async fn members(&self, key: &str) -> Result<Vec<String>>;

    /// Removes the set at `key`.
    async fn delete_set(&self, key: &str) -> Result<()>;

    /// Some of the keys that begin with `prefix`: the first, or those at the position where an earlier
    /// call said that the next ones are. What is there all the while is named at least once; after the
    /// server began anew, or gave keys to another, that takes asking from the start again.
    async fn keys(&self, _prefix: &str, _position: Option<&str>) -> Result<Keys> {
        let detail = "cannot tell its keys";
        Err(Error::new(ErrorKind::Refused, self.name(), detail))
    }

    /// All that stands at `key`.
    async fn entry(&self, key: &str) -> Result<Entry> {
        let value = self.get_with_ttl(key).await?;
        let members = self.members(key).await?;
        let members = members.into_iter().map(|it| (it, None)).collect();
        Ok(Entry { value, members })
    }

    /// Whether the store answers.
    async fn ping(&self) -> Result<()>;

    /// Ends the connections. Calls after it fail with [`ErrorKind::Closed`].
    async fn close(&self);
}
