//! The primary of a service that sentinels watch.
//!
//! After <https://redis.io/docs/latest/develop/reference/sentinel-clients/>, with two differences.
//! All sentinels are asked at once, and the server that most of them name is the primary: neither a
//! silent sentinel nor one that was away for a while decides. And whoever was idle asks again before
//! a write: the old primary may have woken up meanwhile, and takes writes until it is told better.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::Value;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::{Instant, timeout_at};

use super::connection::{NodeConnection, parse_reply};
use super::error::{NAME, failed, misconfigured};
use super::node::{Address, Node};
use super::opener::Opener;
use crate::store::remote::retry::{Failure, Retry};
use crate::store::remote::transport::Reply;

/// A connection that had no answer for longer is no longer known to lead to the primary.
const UNCONFIRMED: Duration = Duration::from_secs(1);

/// What does not change anything, and needs no primary that is confirmed.
const READS: [&str; 2] = ["GET", "MGET"];

/// The sentinels of a service.
pub(super) struct Sentinels {
    pub(super) nodes: Vec<Node>,
    pub(super) service: String,
    /// How the service is reached, wherever it is.
    pub(super) primary: Node,
    pub(super) opener: Arc<Opener>,
    /// How long the sentinels may take together.
    pub(super) timeout: Duration,
}

/// A connection to the primary.
pub(super) struct Primary {
    connection: NodeConnection,
    sentinels: Arc<Sentinels>,
    confirming: AsyncMutex<()>,
}

impl Sentinels {
    /// Opens a connection to the primary.
    pub(super) async fn open(self: &Arc<Self>) -> Result<Primary, Failure> {
        let limit = Instant::now() + self.timeout;
        let address = self.primary_address(limit).await?;
        let connection = self.opener.open(&self.primary.at(address)).await?;
        let limit = Instant::now() + self.timeout;
        check_role(&connection, limit).await?;
        Ok(Primary {
            connection,
            sentinels: Arc::clone(self),
            confirming: AsyncMutex::new(()),
        })
    }

    /// The server that most of the sentinels name which answer in time.
    async fn primary_address(&self, limit: Instant) -> Result<Address, Failure> {
        let limit = limit.min(Instant::now() + self.timeout);
        let mut answers: FuturesUnordered<_> = self
            .nodes
            .iter()
            .map(|node| self.ask(node, limit))
            .collect();
        let mut votes: Vec<(Address, usize)> = vec![];
        let mut failure = None;
        while let Ok(Some(answer)) = timeout_at(limit, answers.next()).await {
            match answer {
                Ok(address) => {
                    let known = votes.iter().position(|(named, _)| *named == address);
                    let index = known.unwrap_or_else(|| {
                        votes.push((address, 0));
                        votes.len() - 1
                    });
                    votes[index].1 += 1;
                    if votes[index].1 * 2 > self.nodes.len() {
                        break;
                    }
                }
                // Of several failures, the one that waiting does not mend says why.
                Err(next) if next.retry == Retry::Never => failure = Some(next),
                Err(next) => failure = failure.or(Some(next)),
            }
        }
        votes.sort_by_key(|(_, count)| *count);
        let named = votes.pop().map(|(address, _)| address);
        named.ok_or_else(|| failure.unwrap_or_else(|| failed(self.place(), "did not answer")))
    }

    async fn ask(&self, sentinel: &Node, limit: Instant) -> Result<Address, Failure> {
        let connection = self.opener.open(sentinel).await?;
        let command = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", &self.service];
        let value = connection.request(&command, limit).await?;
        match parse_reply(&sentinel.address, &command, value)? {
            Reply::Nil => {
                let service = &self.service;
                let problem = format!(
                    "the sentinel at {} knows no service {service:?}. Check the option service",
                    sentinel.address
                );
                Err(misconfigured(&problem).into())
            }
            Reply::List(words) => match &words[..] {
                [Reply::Text(host), Reply::Text(port)] => {
                    let port = port.parse().map_err(|_| Failure::unexpected_reply(NAME))?;
                    let host = host.clone();
                    Ok(Address::Tcp { host, port })
                }
                _ => Err(Failure::unexpected_reply(NAME)),
            },
            _ => Err(Failure::unexpected_reply(NAME)),
        }
    }

    pub(super) fn place(&self) -> String {
        places(&self.nodes)
    }
}

impl Primary {
    pub(super) async fn send(&self, command: &[&str], limit: Instant) -> Result<Reply, Failure> {
        if !READS.contains(&command[0]) {
            self.confirm(limit).await?;
        }
        let value = self.connection.request(command, limit).await?;
        parse_reply(self.connection.address(), command, value)
    }

    /// Makes sure that the connection leads to the primary, if it had no answer for a while. Where no
    /// sentinel answers, the server's own word counts.
    async fn confirm(&self, limit: Instant) -> Result<(), Failure> {
        if self.connection.gap() < UNCONFIRMED {
            return Ok(());
        }
        let turn = timeout_at(limit, self.confirming.lock()).await;
        let address = self.connection.address();
        let _turn = turn.map_err(|_| failed(address, "is not known to be the primary"))?;
        // Another caller may have asked meanwhile.
        while self.connection.gap() >= UNCONFIRMED {
            let named = self.sentinels.primary_address(limit).await;
            if named.is_ok_and(|named| named != *address) {
                return Err(failed(address, "is the primary no longer"));
            }
            // Last, so that it shows whether time stood still since the sentinels were asked.
            check_role(&self.connection, limit).await?;
            self.connection.close_gap();
        }
        Ok(())
    }
}

async fn check_role(connection: &NodeConnection, limit: Instant) -> Result<(), Failure> {
    let command = ["ROLE"];
    let address = connection.address();
    let is_primary = match connection.ask(&command, limit).await? {
        Value::Array(parts) => {
            matches!(&parts[..], [Value::BulkString(role), ..] if role == b"master")
        }
        Value::ServerError(error) => {
            return Err(super::connection::server_failure(address, &command, &error));
        }
        _ => false,
    };
    is_primary
        .then_some(())
        .ok_or_else(|| failed(address, "is not the primary"))
}

/// Where several servers are, for messages.
pub(super) fn places(nodes: &[Node]) -> String {
    let places: Vec<_> = nodes.iter().map(|node| node.address.to_string()).collect();
    places.join(", ")
}
