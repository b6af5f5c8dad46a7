//! How to reach Redis.

use std::fmt;
use std::time::Duration;

/// What to connect to.
#[derive(Clone)]
pub enum Deployment {
    /// One server: `redis://`, `rediss://` or `unix://`, with user, password and database if
    /// needed. `None` when the address was not configured.
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

/// Certificates as PEM texts, where the platform's own do not do.
#[derive(Clone, Default)]
pub struct Tls {
    /// The authorities to trust instead of the platform's.
    pub ca: Option<String>,
    /// A certificate and its key to show to the server.
    pub client: Option<(String, String)>,
}

/// How to reach Redis.
#[derive(Clone)]
pub struct RedisConfig {
    /// What to connect to.
    pub deployment: Deployment,
    /// The user, where no URL names one.
    pub username: Option<String>,
    /// The password, where no URL names one.
    pub password: Option<String>,
    /// The database number, where no URL names one. A cluster has only 0.
    pub database: Option<u32>,
    /// Certificates.
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
            username: None,
            password: None,
            database: None,
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
