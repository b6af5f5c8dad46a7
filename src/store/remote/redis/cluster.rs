//! A cluster: the nodes with their keys, and a connection to each that is needed.
//!
//! The driver has a connection for clusters (redis 1.8, `cluster_async`), which is not used: while
//! it looks for the nodes, all calls wait for the slowest of them, and a node that hangs is never
//! given up. Here a node is a node's trouble: its connection has its own failures and its own waits,
//! and the others go on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::{ServerError, ServerErrorKind, Value};
use tokio::net::lookup_host;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::{Instant, timeout_at};

use super::connection::{NodeConnection, parse_reply, server_failure};
use super::error::{NAME, failed, is_unknown_name, misconfigured};
use super::node::{Address, Node};
use super::opener::Opener;
use super::sentinel::places;
use super::slots::{SlotMap, redirection, slot};
use crate::store::remote::connection::{Connector, SharedConnection};
use crate::store::remote::retry::{Backoff, Failure, Retry};
use crate::store::remote::transport::Reply;

/// How often a command is redirected before it is tried again later.
const REDIRECTIONS: u32 = 5;

/// How long an answer about slots is taken for the latest: nodes that are well are not stormed because
/// of one that is not.
const INTERVAL: Duration = Duration::from_millis(100);

/// A node that failed has a successor soon, which is seen when the node is connected to again.
const NODE_BACKOFF: Backoff = Backoff {
    min_delay: Duration::from_millis(20),
    max_delay: Duration::from_millis(250),
};

const CLUSTER_SLOTS: [&str; 2] = ["CLUSTER", "SLOTS"];

/// A cluster that is known by some of its nodes.
pub(super) struct Cluster {
    pub(super) seeds: Vec<Node>,
    opener: Arc<Opener>,
    timeout: Duration,
    state: Mutex<State>,
    /// Held while the nodes are asked for their slots: callers wait for one answer together.
    asking: AsyncMutex<()>,
}

pub(super) struct State {
    pub(super) slots: SlotMap,
    /// When they were asked for.
    asked: Option<Instant>,
    nodes: HashMap<Address, Arc<SharedConnection<NodeConnector>>>,
}

/// Opens connections to one node.
pub(super) struct NodeConnector {
    node: Node,
    opener: Arc<Opener>,
    timeout: Duration,
    was_open: bool,
}

impl Connector for NodeConnector {
    type Connection = NodeConnection;
    const NAME: &'static str = NAME;
    const BACKOFF: Backoff = NODE_BACKOFF;

    fn place(&self) -> String {
        self.node.address.to_string()
    }

    fn open_timeout(&self) -> Duration {
        self.timeout
    }

    async fn open(&mut self) -> Result<NodeConnection, Failure> {
        // A name that was good once is gone for the moment, as while a container is replaced.
        if let Address::Tcp { host, port } = &self.node.address
            && !self.was_open
            && let Err(error) = lookup_host((host.as_str(), *port)).await
            && is_unknown_name(&error)
        {
            let problem = format!(
                "the cluster announces the node {}, whose name is not known here: {error}",
                self.node.address
            );
            return Err(misconfigured(&problem).into());
        }
        let connection = self.opener.open(&self.node).await?;
        self.was_open = true;
        Ok(connection)
    }
}

impl Cluster {
    /// A cluster whose nodes were asked for their slots.
    pub(super) async fn open(
        seeds: Vec<Node>,
        opener: Arc<Opener>,
        timeout: Duration,
    ) -> Result<Self, Failure> {
        let cluster = Self {
            seeds,
            opener,
            timeout,
            state: Mutex::new(State {
                slots: SlotMap::default(),
                asked: None,
                nodes: HashMap::new(),
            }),
            asking: AsyncMutex::new(()),
        };
        cluster.ask_for_slots(Instant::now() + timeout).await?;
        Ok(cluster)
    }

    /// Sends one command to the node that has its key.
    pub(super) async fn send(&self, command: &[&str], limit: Instant) -> Result<Reply, Failure> {
        let mut node = self.owner(slot(key(command)), limit).await?;
        let mut asking = false;
        for _ in 0..REDIRECTIONS {
            let connection = node.get(limit).await.map_err(of_a_node)?;
            let value = if asking {
                connection.request_after("ASKING", command, limit).await
            } else {
                connection.request(command, limit).await
            };
            let value = value.inspect_err(|_| node.discard(&connection));
            let value = value.map_err(of_a_node)?;
            let address = connection.address();
            let redirected = match &value {
                Value::ServerError(error) => redirected(error, address),
                _ => None,
            };
            let Some((target, is_asking)) = redirected else {
                let reply = parse_reply(address, command, value);
                match &reply {
                    Err(failure) if failure.retry == Retry::OnNewConnection => {
                        node.discard(&connection);
                    }
                    _ => node.succeeded(),
                }
                return reply.map_err(of_a_node);
            };
            node.succeeded();
            asking = is_asking;
            if !asking {
                // Where it leads is known even if nobody says the rest.
                self.ask_for_slots(limit).await.ok();
            }
            node = self.node(&target);
        }
        let failure = failed(places(&self.seeds), "redirected a command again and again");
        Err(of_the_cluster(failure))
    }

    /// The node that has `slot`. After it failed, the others may know of a new one.
    async fn owner(
        &self,
        slot: u16,
        limit: Instant,
    ) -> Result<Arc<SharedConnection<NodeConnector>>, Failure> {
        let owner = || self.state().slots.owner(slot).cloned();
        let node = owner().map(|address| self.node(&address));
        if let Some(node) = &node
            && !node.has_failed()
        {
            return Ok(Arc::clone(node));
        }
        let asked = self.ask_for_slots(limit).await;
        match (owner(), node) {
            (Some(address), _) => Ok(self.node(&address)),
            (None, Some(node)) => Ok(node),
            (None, None) => {
                asked.map_err(of_the_cluster)?;
                let failure = failed(places(&self.seeds), "has no node for a key");
                Err(of_the_cluster(failure))
            }
        }
    }

    pub(super) fn node(&self, address: &Address) -> Arc<SharedConnection<NodeConnector>> {
        let mut state = self.state();
        let node = state.nodes.entry(address.clone()).or_insert_with(|| {
            Arc::new(SharedConnection::new(NodeConnector {
                node: self.seeds[0].at(address.clone()),
                opener: Arc::clone(&self.opener),
                timeout: self.timeout,
                was_open: false,
            }))
        });
        Arc::clone(node)
    }

    /// Asks all nodes that are connected, and all seeds, at once. The first answer counts.
    async fn ask_for_slots(&self, limit: Instant) -> Result<(), Failure> {
        let began = Instant::now();
        let limit = limit.min(began + self.timeout);
        let turn = timeout_at(limit, self.asking.lock()).await;
        let place = || places(&self.seeds);
        let _turn = turn.map_err(|_| failed(place(), "did not say in time who has which keys"))?;
        // Another caller may have asked meanwhile.
        let asked = self.state().asked;
        if asked.is_some_and(|asked| asked + INTERVAL > began) {
            return Ok(());
        }
        let connected: Vec<_> = self
            .state()
            .nodes
            .values()
            .filter_map(|it| it.current())
            .collect();
        let mut answers = FuturesUnordered::new();
        for connection in connected {
            answers.push(futures_util::future::Either::Left(async move {
                slots_of(&connection, limit).await
            }));
        }
        for seed in &self.seeds {
            answers.push(futures_util::future::Either::Right(async move {
                slots_of(&self.opener.open(seed).await?, limit).await
            }));
        }
        let mut failure = None;
        while let Ok(Some(answer)) = timeout_at(limit, answers.next()).await {
            match answer {
                Ok(slots) => {
                    let mut state = self.state();
                    let primaries = slots.primaries();
                    state.nodes.retain(|address, _| primaries.contains(address));
                    drop(primaries);
                    state.slots = slots;
                    state.asked = Some(Instant::now());
                    return Ok(());
                }
                // Of several failures, the one that waiting does not mend says why.
                Err(next) if next.retry == Retry::Never => failure = Some(next),
                Err(next) => failure = failure.or(Some(next)),
            }
        }
        Err(failure.unwrap_or_else(|| failed(place(), "did not say in time who has which keys")))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn slots_of(connection: &NodeConnection, limit: Instant) -> Result<SlotMap, Failure> {
    let value = connection.request(&CLUSTER_SLOTS, limit).await?;
    let address = connection.address();
    if let Value::ServerError(error) = &value {
        return Err(server_failure(address, &CLUSTER_SLOTS, error));
    }
    let slots = SlotMap::parse(&value, address);
    slots.ok_or_else(|| failed(address, "knows no node of its cluster with keys"))
}

/// A failure that is one node's: the cluster and its other nodes stay. Before the node is connected to
/// again, its own waits count.
pub(super) fn of_a_node(failure: Failure) -> Failure {
    retried(failure, Retry::AtOnce)
}

fn of_the_cluster(failure: Failure) -> Failure {
    retried(failure, Retry::AfterDelay)
}

fn retried(failure: Failure, on_another_connection: Retry) -> Failure {
    let retry = match failure.retry {
        Retry::OnNewConnection => on_another_connection,
        retry => retry,
    };
    Failure { retry, ..failure }
}

/// Where an error leads, and whether only for the moment.
fn redirected(error: &ServerError, from: &Address) -> Option<(Address, bool)> {
    let is_asking = match error.kind()? {
        ServerErrorKind::Moved => false,
        ServerErrorKind::Ask => true,
        _ => return None,
    };
    let target = redirection(error.details()?, from)?;
    Some((target, is_asking))
}

/// The key of a command. One without a key goes anywhere.
fn key<'a>(command: &[&'a str]) -> &'a str {
    let index = if command[0] == "EVAL" { 3 } else { 1 };
    command.get(index).copied().unwrap_or_default()
}
