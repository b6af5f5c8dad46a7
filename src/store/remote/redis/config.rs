//! How to reach Redis.

use std::fmt;
use std::time::Duration;

use crate::store::remote::tls::Tls;

/// What to connect to.
#[derive(Clone)]
pub enum Deployment {
    /// One server: `redis://`, `rediss://`, `valkey://`, `valkeys://` or `unix://`, with user,
    /// password and database if needed. `None` when the address was not configured.
    Single(Option<String>),
    /// A cluster, by the URLs of some of its nodes.
    Cluster(Vec<String>),
    /// The primary of a service, by the URLs of its sentinels. A sentinel's user and password
    /// stand in its URL; those of the service are the configuration's.
    Sentinel {
        /// The sentinels.
        sentinels: Vec<String>,
        /// The name under which they watch the service.
        service: String,
        /// Whether the service itself speaks TLS.
        tls: bool,
    },
}

/// Who connects to which database, where no URL says so.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The user.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The database number. A cluster has only 0.
    pub database: Option<u32>,
}

/// How to reach Redis.
#[derive(Clone)]
pub struct RedisConfig {
    /// What to connect to.
    pub deployment: Deployment,
    /// Who connects to which database.
    pub credentials: Credentials,
    /// Whom to trust, and what to show.
    pub tls: Tls,
    /// What every key begins with.
    pub key_prefix: String,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long a call may take, with all that happens meanwhile.
    pub timeout: Duration,
}

impl RedisConfig {
    /// A deployment with the default time-outs.
    #[must_use]
    pub fn new(deployment: Deployment) -> Self {
        Self {
            deployment,
            credentials: Credentials::default(),
            tls: Tls::default(),
            key_prefix: String::new(),
            connect_timeout: Duration::from_millis(2_000),
            timeout: Duration::from_millis(5_000),
        }
    }
}

impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // URLs hold passwords.
        f.debug_struct("RedisConfig")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
