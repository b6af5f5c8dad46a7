//! The driver's clients, made of the configuration. They open connections.

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::io::tcp::TcpSettings;
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client as SingleClient, ClientTlsConfig, Cmd, ConnectionInfo,
    IntoConnectionInfo, RedisResult, TlsCertificates, TlsMode, Value,
};

use super::config::{Deployment, RedisConfig};
use super::error::misconfigured;
use crate::store::Result;

/// How a cluster's driver waits before it repeats a command, in milliseconds. The call's time-out
/// ends the repeating.
const CLUSTER_MIN_DELAY: u64 = 10;
const CLUSTER_MAX_DELAY: u64 = 250;
const CLUSTER_RETRIES: u32 = 100;

/// Commands go out as they come. Otherwise one that follows another waits for the acknowledgement
/// of that one, which servers put off by 40 ms (RFC 1122, 4.2.3.2 and 4.2.3.4).
fn tcp_settings() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// What opens connections.
pub(super) enum Client {
    Single(Box<SingleClient>),
    Cluster(Box<ClusterClient>),
    Sentinel(Box<SentinelClient>),
}

/// An open connection.
pub enum Connection {
    /// To one server.
    Node(MultiplexedConnection),
    /// To the nodes of a cluster.
    Cluster(ClusterConnection),
}

impl Client {
    /// For TLS, the driver reads the platform's certificates each time, and other calls wait for that.
    pub(super) async fn open(&mut self, config: &RedisConfig) -> RedisResult<Connection> {
        // The calls have time-outs of their own, which include opening.
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(config.connect_timeout))
            .set_response_timeout(None);
        Ok(match self {
            Self::Single(client) => Connection::Node(
                client
                    .get_multiplexed_async_connection_with_config(&settings)
                    .await?,
            ),
            Self::Sentinel(client) => {
                Connection::Node(client.get_async_connection_with_config(&settings).await?)
            }
            Self::Cluster(client) => Connection::Cluster(client.get_async_connection().await?),
        })
    }
}

impl Connection {
    pub(super) async fn request(&self, command: &Cmd) -> RedisResult<Value> {
        let value = match self {
            Self::Node(node) => node.clone().req_packed_command(command).await,
            Self::Cluster(cluster) => cluster.clone().req_packed_command(command).await,
        };
        // The driver hands a server's error over as a value.
        value?.extract_error()
    }
}

impl RedisConfig {
    pub(super) fn client(&self) -> Result<Client> {
        let wrong = |error: redis::RedisError| misconfigured(error.category());
        Ok(match &self.deployment {
            Deployment::Single(None) => {
                return Err(misconfigured("no url is configured"));
            }
            Deployment::Single(Some(url)) => {
                let info = self.node(url)?;
                let client = match self.certificates() {
                    Some(certificates) if is_tls(url) => {
                        SingleClient::build_with_tls(info, certificates)
                    }
                    _ => SingleClient::open(info),
                };
                Client::Single(Box::new(client.map_err(wrong)?))
            }
            Deployment::Cluster(urls) => {
                let nodes = urls
                    .iter()
                    .map(|url| self.node(url))
                    .collect::<Result<Vec<_>>>()?;
                let mut builder = ClusterClient::builder(nodes)
                    .connection_timeout(self.connect_timeout)
                    .response_timeout(self.timeout)
                    .min_retry_wait(CLUSTER_MIN_DELAY)
                    .max_retry_wait(CLUSTER_MAX_DELAY)
                    .retries(CLUSTER_RETRIES)
                    .tcp_settings(tcp_settings());
                if let Some(certificates) = self.certificates() {
                    builder = builder.certs(certificates);
                }
                Client::Cluster(Box::new(builder.build().map_err(wrong)?))
            }
            Deployment::Sentinel {
                sentinels,
                service,
                tls,
            } => {
                let builder = self.sentinel(sentinels, service, *tls).map_err(wrong)?;
                Client::Sentinel(Box::new(builder.build().map_err(wrong)?))
            }
        })
    }

    /// The server at `url`, with the user, password and database that the URL leaves out.
    fn node(&self, url: &str) -> Result<ConnectionInfo> {
        let info = url
            .into_connection_info()
            .map_err(|_| misconfigured("a url is not valid"))?;
        let mut settings = info.redis_settings().clone();
        if let (None, Some(username)) = (settings.username(), &self.username) {
            settings = settings.set_username(username);
        }
        if let (None, Some(password)) = (settings.password(), &self.password) {
            settings = settings.set_password(password);
        }
        if let (0, Some(database)) = (settings.db(), self.database) {
            settings = settings.set_db(database.into());
        }
        Ok(info
            .set_redis_settings(settings)
            .set_tcp_settings(tcp_settings()))
    }

    fn sentinel(
        &self,
        urls: &[String],
        service: &str,
        tls: bool,
    ) -> RedisResult<SentinelClientBuilder> {
        let sentinels = urls
            .iter()
            .map(|url| url.as_str().into_connection_info())
            .collect::<RedisResult<Vec<_>>>()?;
        let addresses = sentinels.iter().map(|sentinel| sentinel.addr().clone());
        let mut builder =
            SentinelClientBuilder::new(addresses, service, SentinelServerType::Master)?;
        if let Some(settings) = sentinels.first().map(ConnectionInfo::redis_settings) {
            if let Some(username) = settings.username() {
                builder = builder.set_client_to_sentinel_username(username);
            }
            if let Some(password) = settings.password() {
                builder = builder.set_client_to_sentinel_password(password);
            }
        }
        builder = builder.set_client_to_redis_tcp_settings(tcp_settings());
        if let Some(username) = &self.username {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = &self.password {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(database) = self.database {
            builder = builder.set_client_to_redis_db(database.into());
        }
        if tls {
            builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
        }
        if let Some(certificates) = self.certificates() {
            if tls {
                builder = builder.set_client_to_redis_certificates(certificates.clone());
            }
            if urls.iter().any(|url| is_tls(url)) {
                builder = builder.set_client_to_sentinel_certificates(certificates);
            }
        }
        Ok(builder)
    }

    fn certificates(&self) -> Option<TlsCertificates> {
        let client_tls = self
            .tls
            .client
            .as_ref()
            .map(|(certificate, key)| ClientTlsConfig {
                client_cert: certificate.clone().into_bytes(),
                client_key: key.clone().into_bytes(),
            });
        let root_cert = self.tls.ca.clone().map(String::into_bytes);
        (client_tls.is_some() || root_cert.is_some()).then_some(TlsCertificates {
            client_tls,
            root_cert,
        })
    }
}

fn is_tls(url: &str) -> bool {
    url.starts_with("rediss://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_go_out_as_they_come() {
        let config = RedisConfig::new(Deployment::Single(None));
        let node = config.node("redis://127.0.0.1").unwrap();
        assert!(node.tcp_settings().nodelay());
    }
}
