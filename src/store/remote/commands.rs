//! The store's operations as Redis commands, over whatever carries them.
//!
//! Each operation is one command on one key, so it costs one round trip and works in a cluster. Two
//! keys are read with one command where that works.
//! What has to be atomic is a script; scripts are sent whole (`EVAL`), because a server that was
//! restarted or promoted has forgotten the cached ones. Redis 6.0 and Valkey have all of it, and
//! managed services allow all of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::try_join;
use tokio::time::Instant;

use super::calls::Calls;
use super::connection::Connector;
use super::retry::Failure;
use super::transport::{Reply, Transport};
use crate::store::json_set::{parse_members, set_key};
use crate::store::{Entry, Error, ErrorKind, Keys, Result, Store};

/// A [`Store`] made of Redis commands.
pub struct RemoteStore<C: Connector<Connection: Transport>> {
    pub(super) calls: Calls<C>,
    prefix: String,
    /// Whether two keys are read with one command. Not in a cluster, nor where the server refused
    /// one: behind one address there may be several servers with a part of the keys each, or a list
    /// of commands that does not have it.
    uses_mget: AtomicBool,
}

/// How soon a server refuses a command that it does not allow. A later refusal leaves too little of
/// the call's time for other commands.
const REFUSAL_LIMIT: Duration = Duration::from_millis(500);

/// The longest lifetime that a server is told. It and the end of it are numbers that scripts hold
/// exactly.
const LONGEST_LIFETIME: Duration = Duration::from_millis(9_000_000_000_000_000);

/// KEYS[1]; ARGV: 1 or 0 and the expected value, 1 or 0 and the new value, its lifetime in ms or
/// nothing. An empty text could be a value, so presence is told apart from it.
const COMPARE_AND_SET: &str = include_str!("scripts/compare_and_set.lua");

/// KEYS[1]; ARGV: the member, its lifetime in ms or nothing. A member's score is the time of its
/// end. By the server's clock: those of its clients differ.
const ADD_MEMBER: &str = include_str!("scripts/add_member.lua");

/// KEYS[1]. The value and its lifetime in ms, which is negative when it has no end; nothing, when there
/// is none.
const GET_WITH_TTL: &str = include_str!("scripts/get_with_ttl.lua");

/// KEYS[1]. Each member comes behind [`MEMBER_MARK`].
const MEMBERS: &str = include_str!("scripts/members.lua");

/// What the script puts before each member. With it, every text that a store reads is told apart from
/// its base64: a value is JSON, and this is no character of base64. See `rest/encoding.rs`.
pub(super) const MEMBER_MARK: char = ':';

/// KEYS[1]. `GETDEL` came with Redis 6.2 only.
const TAKE: &str = include_str!("scripts/take.lua");

/// What every server answers whose rights do for this store, whatever the keys are that they are for.
pub(super) const PING: [&str; 3] = ["EVAL", "return 1", "0"];

impl<C: Connector<Connection: Transport>> RemoteStore<C> {
    /// The store behind `connector`, whose calls may each take `timeout` and whose keys begin with
    /// `prefix`.
    pub(super) fn over(connector: C, timeout: Duration, prefix: String, uses_mget: bool) -> Self {
        Self {
            calls: Calls::new(connector, timeout),
            prefix,
            uses_mget: AtomicBool::new(uses_mget),
        }
    }

    pub(super) fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    pub(super) async fn send(&self, command: &[&str]) -> Result<Reply> {
        let send = |connection: Arc<C::Connection>, time| async move {
            connection.send(command, time).await
        };
        self.calls.run(send).await
    }

    async fn mget(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        let command = ["MGET", &self.key(first), &self.key(second)];
        let values = list::<C>(self.send(&command).await?)?;
        let values = values.into_iter().map(optional_text::<C>);
        let values: Vec<_> = values.collect::<Result<_>>()?;
        values.try_into().map_err(|_| unexpected::<C>())
    }

    async fn get_one_by_one(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        let (first, second) = try_join(self.get(first), self.get(second)).await?;
        Ok([first, second])
    }
}

/// A lifetime in whole milliseconds, at least one: servers refuse zero.
fn milliseconds(ttl: Option<Duration>) -> String {
    ttl.map_or_else(String::new, |ttl| {
        ttl.min(LONGEST_LIFETIME).as_millis().max(1).to_string()
    })
}

#[async_trait]
impl<C: Connector<Connection: Transport>> Store for RemoteStore<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        optional_text::<C>(self.send(&["GET", &self.key(key)]).await?)
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(String, Option<Duration>)>> {
        let command = ["EVAL", GET_WITH_TTL, "1", &self.key(key)];
        match self.send(&command).await? {
            Reply::Nil => Ok(None),
            Reply::List(replies) => match <[Reply; 2]>::try_from(replies) {
                Ok([Reply::Text(value), Reply::Number(ttl)]) => Ok(Some((
                    value,
                    u64::try_from(ttl).ok().map(Duration::from_millis),
                ))),
                _ => Err(unexpected::<C>()),
            },
            _ => Err(unexpected::<C>()),
        }
    }

    async fn get_both(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        if !self.reads_both_at_once() {
            return self.get_one_by_one(first, second).await;
        }
        let began = Instant::now();
        match self.mget(first, second).await {
            Err(error) if error.kind() == ErrorKind::Refused && began.elapsed() < REFUSAL_LIMIT => {
                let values = self.get_one_by_one(first, second).await?;
                // The server refused the command, then, and not everything for the moment.
                self.uses_mget.store(false, Ordering::Relaxed);
                Ok(values)
            }
            outcome => outcome,
        }
    }

    fn reads_both_at_once(&self) -> bool {
        self.uses_mget.load(Ordering::Relaxed)
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
        optional_text::<C>(self.send(&["EVAL", TAKE, "1", &self.key(key)]).await?)
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
            _ => Err(unexpected::<C>()),
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
        let members = list::<C>(self.send(&["EVAL", MEMBERS, "1", &self.key(key)]).await?)?;
        let earlier = self.get(&set_key(key)).await?;
        let mut all: BTreeSet<_> = parse_members(earlier.as_deref()).into_keys().collect();
        for member in members {
            let member = optional_text::<C>(member)?.ok_or_else(unexpected::<C>)?;
            let member = member.strip_prefix(MEMBER_MARK);
            all.insert(member.ok_or_else(unexpected::<C>)?.to_owned());
        }
        Ok(all.into_iter().collect())
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.delete(&set_key(key)).await?;
        self.delete(key).await
    }

    async fn keys(&self, prefix: &str, position: Option<&str>) -> Result<Keys> {
        self.some_keys(prefix, position).await
    }

    async fn entry(&self, key: &str) -> Result<Entry> {
        self.read_entry(key).await
    }

    async fn ping(&self) -> Result<()> {
        self.send(&PING).await.map(drop)
    }

    /// Waits for the calls that began; each is bounded in time.
    async fn close(&self) {
        self.calls.close().await;
    }
}

fn optional_text<C: Connector>(reply: Reply) -> Result<Option<String>> {
    match reply {
        Reply::Nil => Ok(None),
        Reply::Text(text) => Ok(Some(text)),
        _ => Err(unexpected::<C>()),
    }
}

pub(super) fn list<C: Connector>(reply: Reply) -> Result<Vec<Reply>> {
    match reply {
        Reply::List(replies) => Ok(replies),
        _ => Err(unexpected::<C>()),
    }
}

pub(super) fn unexpected<C: Connector>() -> Error {
    Failure::unexpected_reply(C::NAME).error
}
