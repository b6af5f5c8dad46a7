//! Options of stores from JavaScript, whose types and ranges `lib/stores/` has checked.

use std::time::Duration;

use napi_derive::napi;

use crate::store::{
    Credentials, Deployment, PostgresConfig, RedisConfig, RestConfig, SqliteConfig, Tls,
};

/// What `copySome` copies, and how.
#[napi(object)]
pub struct CopyOptions {
    /// What the keys begin with.
    pub prefix: String,
    /// Whether anything is written.
    pub writes: bool,
    /// Whether a value takes the place of another one that is there.
    pub overwrites: bool,
}

/// The options of `RedisStore`. Times are milliseconds, certificates PEM texts.
#[napi(object)]
pub struct RedisOptions {
    /// One server.
    pub url: Option<String>,
    /// Nodes of a cluster.
    pub nodes: Option<Vec<String>>,
    /// Sentinels.
    pub sentinels: Option<Vec<String>>,
    /// What the sentinels watch.
    pub service: Option<String>,
    /// Whether what they watch speaks TLS.
    pub service_tls: Option<bool>,
    /// The user.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The database number.
    pub database: Option<u32>,
    /// Authorities to trust.
    pub ca: Option<String>,
    /// A certificate to show.
    pub cert: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// What every key begins with.
    pub key_prefix: Option<String>,
    /// For opening a connection.
    pub connect_timeout: Option<u32>,
    /// For a call.
    pub timeout: Option<u32>,
}

/// The options of `KVStore`.
#[napi(object)]
pub struct KvOptions {
    /// The database's URL.
    pub url: Option<String>,
    /// Its token.
    pub token: Option<String>,
    /// What every key begins with.
    pub key_prefix: Option<String>,
    /// For opening a connection.
    pub connect_timeout: Option<u32>,
    /// For a call.
    pub timeout: Option<u32>,
}

/// The options of `SqliteStore`.
#[napi(object)]
pub struct SqliteOptions {
    /// The file, or `:memory:`.
    pub path: Option<String>,
    /// For a call.
    pub timeout: Option<u32>,
}

/// The options of `PostgresStore`. Times are milliseconds, certificates PEM texts.
#[napi(object)]
pub struct PostgresOptions {
    /// The database.
    pub url: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// Whether the option `tls` was given, with whatever of these.
    pub tls: bool,
    /// Authorities to trust.
    pub ca: Option<String>,
    /// A certificate to show.
    pub cert: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// How many there may be.
    pub connections: Option<u32>,
    /// For opening a connection.
    pub connect_timeout: Option<u32>,
    /// For a call.
    pub timeout: Option<u32>,
}

fn invalid(reason: impl AsRef<str>) -> napi::Error {
    napi::Error::new(napi::Status::InvalidArg, reason.as_ref())
}

fn tls(ca: Option<&str>, cert: Option<&str>, key: Option<&str>) -> napi::Result<Tls> {
    Tls::new(ca, cert.zip(key)).map_err(invalid)
}

fn millis(value: u32) -> Duration {
    Duration::from_millis(value.into())
}

impl RedisOptions {
    pub(super) fn config(self) -> napi::Result<RedisConfig> {
        let deployment = match (self.url, self.nodes, self.sentinels, self.service) {
            (url, None, None, None) => Deployment::Single(url),
            (None, Some(nodes), None, None) => Deployment::Cluster(nodes),
            (None, None, Some(sentinels), Some(service)) => {
                let tls = self.service_tls.unwrap_or_default();
                Deployment::Sentinel {
                    sentinels,
                    service,
                    tls,
                }
            }
            _ => {
                return Err(invalid("take url, or nodes, or sentinels with service"));
            }
        };
        let mut config = RedisConfig::new(deployment);
        config.credentials = Credentials {
            username: self.username,
            password: self.password,
            database: self.database,
        };
        config.tls = tls(
            self.ca.as_deref(),
            self.cert.as_deref(),
            self.key.as_deref(),
        )?;
        config.key_prefix = self.key_prefix.unwrap_or_default();
        config.connect_timeout = self.connect_timeout.map_or(config.connect_timeout, millis);
        config.timeout = self.timeout.map_or(config.timeout, millis);
        Ok(config)
    }
}

impl KvOptions {
    pub(super) fn config(self) -> RestConfig {
        let mut config = RestConfig::new(self.url, self.token);
        config.key_prefix = self.key_prefix.unwrap_or_default();
        config.connect_timeout = self.connect_timeout.map_or(config.connect_timeout, millis);
        config.timeout = self.timeout.map_or(config.timeout, millis);
        config
    }
}

impl SqliteOptions {
    pub(super) fn config(self) -> SqliteConfig {
        let mut config = SqliteConfig::new(self.path.map(Into::into));
        config.timeout = self.timeout.map_or(config.timeout, millis);
        config
    }
}

impl PostgresOptions {
    pub(super) fn config(self) -> napi::Result<PostgresConfig> {
        let mut config = PostgresConfig::new(self.url);
        if self.tls {
            config.tls = Some(tls(
                self.ca.as_deref(),
                self.cert.as_deref(),
                self.key.as_deref(),
            )?);
        }
        config.table = self.table.unwrap_or(config.table);
        config.connections = self
            .connections
            .map_or(config.connections, |it| it as usize);
        config.connect_timeout = self.connect_timeout.map_or(config.connect_timeout, millis);
        config.timeout = self.timeout.map_or(config.timeout, millis);
        Ok(config)
    }
}
