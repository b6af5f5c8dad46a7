//! Redis and Valkey over their own protocol: one server, a cluster, or whatever the sentinels say.
//!
//! The driver speaks the protocol, and gives many commands one connection ([`connection`]). What is
//! around that is here, because it has to keep the time of a call and to tell what fails for the
//! moment from what fails for good: who a server is ([`node`]), how it is connected to ([`opener`]),
//! who the primary is ([`sentinel`]) and which node has which keys ([`cluster`]).

mod cluster;
mod config;
mod connection;
mod error;
mod node;
mod opener;
mod parts;
mod sentinel;
mod slots;

use std::sync::Arc;
use std::time::Duration;

pub use config::{Credentials, Deployment, RedisConfig};

use self::connection::{NodeConnection, parse_reply};
use super::commands::RemoteStore;
use super::connection::Connector;
use super::retry::{AttemptTime, Backoff, Failure};
use super::transport::{PartReply, Reply, Transport};
use cluster::Cluster;
use error::{NAME, misconfigured};
use node::Node;
use opener::Opener;
use sentinel::{Primary, Sentinels, places};

/// Opens connections to Redis.
pub struct RedisConnector {
    /// Or what is wrong with the configuration, which the first call says.
    target: Result<Target, &'static str>,
    opener: Arc<Opener>,
    connect_timeout: Duration,
}

/// What the configuration says to connect to.
enum Target {
    Single(Node),
    Cluster(Vec<Node>),
    Sentinels(Arc<Sentinels>),
}

/// An open connection.
pub struct Connection(Open);

enum Open {
    Single(NodeConnection),
    Cluster(Cluster),
    Primary(Primary),
}

/// A [`crate::store::Store`] in Redis or Valkey.
pub type RedisStore = RemoteStore<RedisConnector>;

impl RedisStore {
    /// A store that has not connected to anything.
    #[must_use]
    pub fn new(config: RedisConfig) -> Self {
        // In a cluster, two keys can be with different servers.
        let uses_mget = !matches!(config.deployment, Deployment::Cluster(_));
        let RedisConfig {
            deployment,
            credentials,
            tls,
            key_prefix,
            connect_timeout,
            timeout,
        } = config;
        let opener = Arc::new(Opener::new(tls));
        let connector = RedisConnector {
            target: target(&deployment, &credentials, &opener, connect_timeout),
            opener,
            connect_timeout,
        };
        Self::over(connector, timeout, key_prefix, uses_mget)
    }
}

fn target(
    deployment: &Deployment,
    credentials: &Credentials,
    opener: &Arc<Opener>,
    connect_timeout: Duration,
) -> Result<Target, &'static str> {
    let nodes = |urls: &[String], credentials: &Credentials| {
        let nodes = urls.iter().map(|url| Node::parse(url, credentials));
        let nodes: Vec<_> = nodes.collect::<Result<_, _>>()?;
        (!nodes.is_empty())
            .then_some(nodes)
            .ok_or("no address is configured")
    };
    Ok(match deployment {
        Deployment::Single(None) => return Err("no url is configured"),
        Deployment::Single(Some(url)) => Target::Single(Node::parse(url, credentials)?),
        Deployment::Cluster(urls) => Target::Cluster(nodes(urls, credentials)?),
        Deployment::Sentinel {
            sentinels,
            service,
            tls,
        } => {
            let scheme = if *tls { "rediss" } else { "redis" };
            Target::Sentinels(Arc::new(Sentinels {
                nodes: nodes(sentinels, &Credentials::default())?,
                service: service.clone(),
                primary: Node::parse(&format!("{scheme}://primary"), credentials)?,
                opener: Arc::clone(opener),
                // The other half is the primary's.
                timeout: connect_timeout / 2,
            }))
        }
    })
}

impl Connector for RedisConnector {
    type Connection = Connection;

    const NAME: &'static str = NAME;

    /// Redis is in use again within half a second after it is back.
    const BACKOFF: Backoff = Backoff {
        min_delay: Duration::from_millis(20),
        max_delay: Duration::from_millis(500),
    };

    fn place(&self) -> String {
        match &self.target {
            Ok(Target::Single(node)) => node.address.to_string(),
            Ok(Target::Cluster(nodes)) => places(nodes),
            Ok(Target::Sentinels(sentinels)) => sentinels.place(),
            Err(_) => String::new(),
        }
    }

    fn open_timeout(&self) -> Duration {
        self.connect_timeout
    }

    async fn open(&mut self) -> Result<Connection, Failure> {
        Ok(Connection(match &self.target {
            Ok(Target::Single(node)) => Open::Single(self.opener.open(node).await?),
            Ok(Target::Cluster(nodes)) => {
                let opener = Arc::clone(&self.opener);
                Open::Cluster(Cluster::open(nodes.clone(), opener, self.connect_timeout).await?)
            }
            Ok(Target::Sentinels(sentinels)) => Open::Primary(sentinels.open().await?),
            Err(problem) => return Err(misconfigured(problem).into()),
        }))
    }
}

impl Transport for Connection {
    async fn send(&self, command: &[&str], time: AttemptTime) -> Result<Reply, Failure> {
        let limit = time.limit();
        match &self.0 {
            Open::Single(node) => {
                let value = node.request(command, limit).await?;
                parse_reply(node.address(), command, value)
            }
            Open::Cluster(cluster) => cluster.send(command, limit).await,
            Open::Primary(primary) => primary.send(command, limit).await,
        }
    }

    async fn send_to_part(
        &self,
        part: Option<&str>,
        command: &[&str],
        time: AttemptTime,
    ) -> Result<PartReply, Failure> {
        match &self.0 {
            Open::Cluster(cluster) => cluster.send_to_part(part, command, time.limit()).await,
            _ => Ok((self.send(command, time).await?, String::new(), None)),
        }
    }
}
