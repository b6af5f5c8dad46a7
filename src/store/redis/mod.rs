//! Redis and Valkey over their own protocol: one server, a cluster, or whatever the sentinels say.
//!
//! A store has one multiplexed connection, which the first call opens. A connection that fails is
//! given up and the next attempt opens another, with growing waits between attempts; a call that
//! was under way is repeated on it, which every operation of [`super::Store`] allows. Whatever
//! happens, a call ends within the time-out: a caller waits for an answer, not for a server.

mod config;
mod connection;
mod opener;

use std::time::Duration;

use async_trait::async_trait;
use redis::{Cmd, RedisError, Value};
use tokio::time::{Instant, sleep, timeout_at};

pub use config::{Deployment, RedisConfig, Tls};
use connection::Connections;

use super::commands::{Commands, Reply, Transport};
use super::{Error, ErrorKind, Result};

const NAME: &str = "redis";

/// The wait before a command that the server could not take yet is sent again (`LOADING`,
/// `TRYAGAIN`, `CLUSTERDOWN`, `MASTERDOWN`).
const NOT_YET: Duration = Duration::from_millis(50);

/// Carries commands to Redis.
pub struct RedisTransport {
    connections: Connections,
    timeout: Duration,
    is_cluster: bool,
}

/// A [`super::Store`] in Redis or Valkey.
pub type RedisStore = Commands<RedisTransport>;

impl RedisStore {
    /// A store that has not connected to anything.
    #[must_use]
    pub fn new(config: RedisConfig) -> Self {
        let (timeout, prefix) = (config.timeout, config.key_prefix.clone());
        let is_cluster = matches!(config.deployment, Deployment::Cluster(_));
        let connections = Connections::new(config);
        Commands::over(
            RedisTransport {
                connections,
                timeout,
                is_cluster,
            },
            &prefix,
        )
    }
}

#[async_trait]
impl Transport for RedisTransport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn takes_several_keys(&self) -> bool {
        !self.is_cluster
    }

    async fn send(&self, command: &[&str]) -> Result<Reply> {
        let mut words = Cmd::new();
        for word in command {
            words.arg(*word);
        }
        let deadline = Instant::now() + self.timeout;
        let mut latest: Option<Error> = None;
        loop {
            let connection = match self.connections.get(deadline).await {
                Ok(connection) => connection,
                // Why the earlier attempts failed says more than that the time is over.
                Err(error) => return Err(latest.filter(|_| error.is_temporary()).unwrap_or(error)),
            };
            let Ok(answer) = timeout_at(deadline, connection.send(&words)).await else {
                // Alive connections answer. This one may lead to a host that is gone.
                self.connections.discard(&connection).await;
                return Err(self.timed_out());
            };
            let error = match answer {
                Ok(value) => {
                    self.connections.succeeded();
                    return reply(value).ok_or_else(unexpected);
                }
                Err(error) => error,
            };
            match remedy(&error) {
                Remedy::None => return Err(described(ErrorKind::Refused, &error)),
                Remedy::Reconnect => self.connections.discard(&connection).await,
                Remedy::Wait => sleep(NOT_YET).await,
            }
            if Instant::now() >= deadline {
                return Err(failed(&error));
            }
            latest = Some(failed(&error));
        }
    }

    async fn close(&self) {
        self.connections.close().await;
    }
}

impl RedisTransport {
    fn timed_out(&self) -> Error {
        let detail = format!("did not answer within {} ms", self.timeout.as_millis());
        Error::new(ErrorKind::TimedOut, NAME, detail)
    }
}

enum Remedy {
    None,
    Reconnect,
    Wait,
}

/// What may help a command that failed. Errors whose code the driver knows have a method of their
/// own; `READONLY` outside a cluster means that the primary became a replica.
fn remedy(error: &RedisError) -> Remedy {
    match error.code() {
        Some("READONLY" | "MASTERDOWN") => return Remedy::Reconnect,
        Some("LOADING" | "TRYAGAIN" | "CLUSTERDOWN") => return Remedy::Wait,
        Some(_) => return Remedy::None,
        None => {}
    }
    if error.is_io_error() || error.is_unrecoverable_error() || error.is_cluster_error() {
        Remedy::Reconnect
    } else {
        Remedy::None
    }
}

/// The error to show. A server's message can quote a command's arguments, so only its code is
/// passed on.
fn failed(error: &RedisError) -> Error {
    described(ErrorKind::Failed, error)
}

fn described(kind: ErrorKind, error: &RedisError) -> Error {
    let detail = match error.code() {
        Some(code) => format!("answered with the error {code}"),
        None if error.is_io_error() => format!("lost its connection: {error}"),
        None => format!("failed: {}", error.category()),
    };
    Error::new(kind, NAME, detail)
}

fn unexpected() -> Error {
    Error::new(
        ErrorKind::Malformed,
        NAME,
        "answered with something unexpected",
    )
}

fn reply(value: Value) -> Option<Reply> {
    Some(match value {
        Value::Nil => Reply::Nil,
        Value::Int(number) => Reply::Number(number),
        Value::Okay => Reply::Text("OK".to_owned()),
        Value::SimpleString(text) => Reply::Text(text),
        Value::BulkString(bytes) => Reply::Text(String::from_utf8(bytes).ok()?),
        Value::Array(values) => Reply::List(values.into_iter().map(reply).collect::<Option<_>>()?),
        _ => return None,
    })
}
