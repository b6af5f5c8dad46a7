//! The store's operations as Redis commands, over whatever carries them.
//!
//! Each operation is one command on one key, so it costs one round trip and works in a cluster. Two
//! keys are read with one command where that works.
//! What has to be atomic is a script; scripts are sent whole (`EVAL`), because a server that was
//! restarted or promoted has forgotten the cached ones. Redis 6.2 and Valkey have all of it, and
//! managed services allow all of it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::try_join;
use tokio::sync::RwLock;

use super::json_set::{live, set_key};
use super::{Error, ErrorKind, Result, Store};

/// What a server answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// No value.
    Nil,
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// Several replies.
    List(Vec<Reply>),
}

/// Carries a command to a server, again where its answer was lost.
#[async_trait]
pub trait Transport: Send + Sync {
    /// The backend's name, for messages.
    fn name(&self) -> &'static str;
    /// Whether a command may have several keys. In a cluster they can be with different servers.
    fn takes_several_keys(&self) -> bool;
    /// Sends one command, whose second or, for `EVAL`, fourth word is its only key; those of `MGET`
    /// are all words after the first.
    async fn send(&self, command: &[&str]) -> Result<Reply>;
    /// Ends the connections.
    async fn close(&self);
}

/// A [`Store`] made of Redis commands.
pub struct Commands<T> {
    transport: T,
    prefix: String,
    closed: AtomicBool,
    /// Whether the server refused a command with two keys: behind one address there may be several
    /// servers with a part of the keys each, or a list of commands that does not have it.
    one_key_each: AtomicBool,
    /// Held for reading by each call that is under way.
    under_way: RwLock<()>,
}

/// How soon a server refuses a command that it does not allow. After a longer time there is none left
/// to ask in another way.
const AT_ONCE: Duration = Duration::from_millis(500);

/// KEYS[1]; ARGV: 1 or 0 and the expected value, 1 or 0 and the new value, its lifetime in ms or
/// nothing. An empty text could be a value, so presence is told apart from it.
const COMPARE_AND_SET: &str = "\
local current = redis.call('GET', KEYS[1])
if ARGV[3] == '1' and current == ARGV[4] then return 1 end
if ARGV[1] == '1' and current ~= ARGV[2] or ARGV[1] == '0' and current then return 0 end
if ARGV[3] == '0' then redis.call('DEL', KEYS[1])
elseif ARGV[5] == '' then redis.call('SET', KEYS[1], ARGV[4])
else redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) end
return 1";

/// KEYS[1]; ARGV: the member, its lifetime in ms or nothing. A member's score is the time of its
/// end. By the server's clock: those of its clients differ.
const ADD_MEMBER: &str = "\
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], ARGV[2] == '' and '+inf' or string.format('%.0f', now + ARGV[2]), ARGV[1])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if last == 'inf' then redis.call('PERSIST', KEYS[1])
else redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last)) end
return 1";

/// KEYS[1].
const MEMBERS: &str = "\
local time = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), '+inf')";

impl<T: Transport> Commands<T> {
    /// The store behind `transport`, whose keys begin with `prefix`.
    pub fn over(transport: T, prefix: &str) -> Self {
        Self {
            transport,
            prefix: prefix.to_owned(),
            closed: AtomicBool::new(false),
            one_key_each: AtomicBool::new(false),
            under_way: RwLock::new(()),
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Sends a command, unless the store is closed.
    async fn send(&self, command: &[&str]) -> Result<Reply> {
        let closed = || Error::new(ErrorKind::Closed, self.transport.name(), "is closed");
        if self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        let _under_way = self.under_way.read().await;
        if self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        self.transport.send(command).await
    }

    async fn mget(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        let command = ["MGET", &self.key(first), &self.key(second)];
        match self.send(&command).await? {
            Reply::List(values) => {
                let values = values.into_iter().map(|value| self.value(value));
                let values: Vec<_> = values.collect::<Result<_>>()?;
                values.try_into().map_err(|_| self.unexpected())
            }
            _ => Err(self.unexpected()),
        }
    }

    fn value(&self, reply: Reply) -> Result<Option<String>> {
        match reply {
            Reply::Nil => Ok(None),
            Reply::Text(value) => Ok(Some(value)),
            _ => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> Error {
        Error::new(
            ErrorKind::Malformed,
            self.transport.name(),
            "answered with something unexpected",
        )
    }
}

/// A lifetime in whole milliseconds, at least one: servers refuse zero.
fn milliseconds(ttl: Option<Duration>) -> String {
    ttl.map_or_else(String::new, |ttl| ttl.as_millis().max(1).to_string())
}

#[async_trait]
impl<T: Transport> Store for Commands<T> {
    fn name(&self) -> &'static str {
        self.transport.name()
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        self.value(self.send(&["GET", &self.key(key)]).await?)
    }

    async fn get_both(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        let began = Instant::now();
        let is_refused = if self.reads_both_at_once() {
            match self.mget(first, second).await {
                Err(error) if error.kind() == ErrorKind::Refused && began.elapsed() < AT_ONCE => {
                    true
                }
                outcome => return outcome,
            }
        } else {
            false
        };
        let (first, second) = try_join(self.get(first), self.get(second)).await?;
        if is_refused {
            // It refused the command, then, and not for the moment everything.
            self.one_key_each.store(true, Ordering::Relaxed);
        }
        Ok([first, second])
    }

    fn reads_both_at_once(&self) -> bool {
        self.transport.takes_several_keys() && !self.one_key_each.load(Ordering::Relaxed)
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        let (key, px) = (self.key(key), milliseconds(ttl));
        let command = ["SET", &key, value, "PX", &px];
        let words = if ttl.is_some() {
            &command[..]
        } else {
            &command[..3]
        };
        self.send(words).await.map(drop)
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.send(&["DEL", &self.key(key)]).await.map(drop)
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        self.value(self.send(&["GETDEL", &self.key(key)]).await?)
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        let (key, px) = (self.key(key), milliseconds(ttl));
        let is = |text: Option<&str>| if text.is_some() { "1" } else { "0" };
        let (old, new) = (expected.unwrap_or_default(), value.unwrap_or_default());
        let command = [
            "EVAL",
            COMPARE_AND_SET,
            "1",
            &key,
            is(expected),
            old,
            is(value),
            new,
            &px,
        ];
        match self.send(&command).await? {
            Reply::Number(done) => Ok(done == 1),
            _ => Err(self.unexpected()),
        }
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        let command = [
            "EVAL",
            ADD_MEMBER,
            "1",
            &self.key(key),
            member,
            &milliseconds(ttl),
        ];
        self.send(&command).await.map(drop)
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        self.send(&["ZREM", &self.key(key), member]).await.map(drop)
    }

    /// With the members of the set that a client of this Redis made, which was passed to an adapter
    /// as it is before this store took its place.
    async fn members(&self, key: &str) -> Result<Vec<String>> {
        let Reply::List(members) = self.send(&["EVAL", MEMBERS, "1", &self.key(key)]).await? else {
            return Err(self.unexpected());
        };
        let text = |member| match member {
            Reply::Text(member) => Ok(member),
            _ => Err(self.unexpected()),
        };
        let members = members
            .into_iter()
            .map(text)
            .collect::<Result<BTreeSet<_>>>()?;
        let earlier = live(self.get(&set_key(key)).await?.as_deref());
        Ok(members
            .into_iter()
            .chain(earlier.into_keys())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect())
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.delete(&set_key(key)).await?;
        self.delete(key).await
    }

    async fn ping(&self) -> Result<()> {
        // A command with a key, which a cluster can route; PING goes to any node.
        self.send(&["EXISTS", &self.key("ping")]).await.map(drop)
    }

    /// Waits for the calls that are under way; each is bounded in time.
    async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let _nobody = self.under_way.write().await;
        self.transport.close().await;
    }
}
