//! How to reach Redis.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};

use crate::tls::{self, Identity};

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

/// Whom to trust, and what to show, where TLS is spoken.
#[derive(Clone, Default)]
pub struct Tls {
    authorities: Option<RootCertStore>,
    identity: Option<Arc<Identity>>,
}

impl Tls {
    /// The authorities to trust instead of those that everything else trusts, and a certificate to
    /// show with its key, as PEM texts. Says which of them cannot be used.
    pub fn new(ca: Option<&str>, identity: Option<(&str, &str)>) -> Result<Self, String> {
        let unusable = |name| format!("the option tls.{name} holds none in PEM");
        let authorities = ca.map(|pem| tls::authorities(pem).ok_or_else(|| unusable("ca")));
        let identity = identity.map(|(certificate, key)| {
            let identity = Identity::parse(certificate, key).map_err(unusable)?;
            tls::client(RootCertStore::empty(), Some(&identity)).map_err(|_| {
                "the options tls.cert and tls.key do not belong together".to_owned()
            })?;
            Ok::<_, String>(Arc::new(identity))
        });
        Ok(Self {
            authorities: authorities.transpose()?,
            identity: identity.transpose()?,
        })
    }

    /// How to speak TLS.
    pub(super) async fn client(&self) -> Result<ClientConfig, String> {
        let roots = match &self.authorities {
            Some(roots) => roots.clone(),
            None => tls::platform_authorities()
                .await
                .map_err(|error| error.to_string())?,
        };
        tls::client(roots, self.identity.as_deref()).map_err(|error| error.to_string())
    }
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
