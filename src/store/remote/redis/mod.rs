//! Redis and Valkey over their own protocol: one server, a cluster, or whatever the sentinels say.
//!
//! A store has one multiplexed connection. Where the driver has a connection of its own that renews
//! itself, for clusters, that is used; its `ConnectionManager` for one server is not, see "One retry"
//! in docs/architecture.md.

mod client;
mod config;
mod error;

use std::time::Duration;

use redis::{Cmd, Value};

pub use config::{Deployment, RedisConfig, Tls};

use super::commands::{RemoteStore, Reply, Transport};
use super::connection::Connector;
use super::retry::{Backoff, Failure, Retry};
use client::{Client, Connection};
use error::{NAME, command_failure, connect_failure};

/// Opens connections to Redis.
pub struct RedisConnector {
    config: RedisConfig,
    /// Made by the first opening, which reports what is wrong with the configuration.
    client: Option<Client>,
}

/// A [`crate::store::Store`] in Redis or Valkey.
pub type RedisStore = RemoteStore<RedisConnector>;

impl RedisStore {
    /// A store that has not connected to anything.
    #[must_use]
    pub fn new(config: RedisConfig) -> Self {
        let (timeout, prefix) = (config.timeout, config.key_prefix.clone());
        // In a cluster, two keys can be with different servers.
        let uses_mget = !matches!(config.deployment, Deployment::Cluster(_));
        let connector = RedisConnector {
            config,
            client: None,
        };
        Self::over(connector, timeout, prefix, uses_mget)
    }
}

impl Connector for RedisConnector {
    type Connection = Connection;

    const NAME: &'static str = NAME;

    /// Redis is in use again within half a second after it is back.
    const BACKOFF: Backoff = Backoff {
        min_delay: Duration::from_millis(20),
        max_delay: Duration::from_millis(500),
    };

    const DISCARDS_AFTER_TIMEOUT: bool = true;

    fn open_timeout(&self) -> Duration {
        self.config.connect_timeout
    }

    async fn open(&mut self) -> Result<Connection, Failure> {
        let client = match &mut self.client {
            Some(client) => client,
            none => none.insert(self.config.client().map_err(|error| Failure {
                error,
                retry: Retry::Never,
            })?),
        };
        let opened = client.open(&self.config).await;
        opened.map_err(|error| connect_failure(&error))
    }
}

impl Transport for Connection {
    async fn send(&self, command: &[&str]) -> Result<Reply, Failure> {
        let mut words = Cmd::new();
        for word in command {
            words.arg(*word);
        }
        let value = self.request(&words).await;
        let value = value.map_err(|error| command_failure(&error))?;
        parse_reply(value).ok_or_else(|| Failure::unexpected_reply(NAME))
    }
}

fn parse_reply(value: Value) -> Option<Reply> {
    Some(match value {
        Value::Nil => Reply::Nil,
        Value::Int(number) => Reply::Number(number),
        Value::Okay => Reply::Text("OK".to_owned()),
        Value::SimpleString(text) => Reply::Text(text),
        Value::BulkString(bytes) => Reply::Text(String::from_utf8(bytes).ok()?),
        Value::Array(values) => {
            Reply::List(values.into_iter().map(parse_reply).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
