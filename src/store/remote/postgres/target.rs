//! What a URL says: where the database is, who connects, and how TLS is spoken.
//! <https://www.postgresql.org/docs/current/libpq-connect.html>

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::super::Tls;
use super::address::{Address, addresses, place};
use super::tls::{Authorities, Connector, Mode};

/// An idle connection is asked for a sign of life, so that it is known to be dead, and so that no
/// load balancer forgets it: Azure's does after four minutes or more, AWS's after 350 seconds.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// What other clients of PostgreSQL read in a URL that applications share with them, and what means
/// nothing here.
const OF_OTHERS: [&str; 4] = [
    "pgbouncer",
    "connection_limit",
    "pool_timeout",
    "gssencmode",
];

/// Parameters that the driver reads.
const OF_THE_DRIVER: [&str; 17] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslnegotiation",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
];

/// Where a database is, and how to get there.
pub(super) struct Target {
    pub(super) config: Config,
    /// Its hosts, for messages.
    pub(super) place: String,
    mode: Mode,
    authorities: Authorities,
    tls: Tls,
}

/// The parameters of a URL that are about TLS.
#[derive(Default)]
struct Security {
    mode: Option<Mode>,
    root_certificate: Option<String>,
}

impl Target {
    /// Says what is wrong with a URL without quoting it: it holds a password.
    pub(super) fn parse(
        url: &str,
        tls: Option<Tls>,
        connect_timeout: Duration,
    ) -> Result<Self, String> {
        let (security, rest) = split(url)?;
        let mut config: Config = rest.parse().map_err(|_| "the url is not valid")?;
        let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
        if hosts == 0 {
            return Err("the url names no host".to_owned());
        }
        let mode = security.mode(tls.as_ref())?;
        let is_local =
            config.get_hosts().iter().all(is_socket) && config.get_hostaddrs().is_empty();
        config.ssl_mode(match mode {
            _ if is_local => SslMode::Disable,
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        if !rest.contains("keepalives") {
            config.keepalives_idle(KEEPALIVE_IDLE);
            config.keepalives_interval(KEEPALIVE_INTERVAL);
        }
        if config.get_connect_timeout().is_none() {
            // One that hangs leaves time for the next.
            let hosts = u32::try_from(hosts).unwrap_or(u32::MAX);
            config.connect_timeout(connect_timeout / hosts);
        }
        if hosts > 1 && !rest.contains("target_session_attrs") {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Ok(Self {
            place: place(&config),
            mode,
            authorities: security.authorities(tls.as_ref()),
            tls: tls.unwrap_or_default(),
            config,
        })
    }

    pub(super) fn addresses(&self) -> Vec<Address> {
        addresses(&self.config)
    }

    /// How TLS is spoken.
    pub(super) async fn tls(&self) -> Result<Connector, String> {
        let client = self.mode.client(&self.authorities, &self.tls).await?;
        Ok(Connector::new(client))
    }
}

impl Security {
    /// As libpq: without a word TLS is spoken where the server does, and nobody is asked for a
    /// certificate. Who names authorities wants them asked, and names no mode that asks less.
    fn mode(&self, tls: Option<&Tls>) -> Result<Mode, String> {
        let is_system = self.root_certificate.as_deref() == Some("system");
        if is_system && self.mode.is_some_and(|mode| mode != Mode::VerifyFull) {
            return Err("sslrootcert=system needs sslmode=verify-full".to_owned());
        }
        let names_authorities =
            self.root_certificate.is_some() || tls.is_some_and(|tls| tls.authorities().is_some());
        Ok(match self.mode {
            None if names_authorities || tls.is_some() => Mode::VerifyFull,
            None => Mode::Prefer,
            Some(Mode::Require) if names_authorities => Mode::VerifyCa,
            Some(mode) => mode,
        })
    }

    fn authorities(self, tls: Option<&Tls>) -> Authorities {
        match (tls.and_then(Tls::authorities), self.root_certificate) {
            (Some(authorities), _) => Authorities::Given(authorities.clone()),
            (None, Some(file)) if file != "system" => Authorities::File(PathBuf::from(file)),
            _ => Authorities::Platform,
        }
    }
}

/// What a URL says of TLS, which the driver does not read, and the URL without that.
fn split(url: &str) -> Result<(Security, String), String> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("the url begins with neither postgres:// nor postgresql://".to_owned());
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut security = Security::default();
    let mut kept = vec![];
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = decoded(pair)?;
        match &*name {
            "sslmode" => security.mode = Some(Mode::parse(&value).ok_or(UNKNOWN_MODE)?),
            "sslrootcert" => security.root_certificate = Some(value),
            "sslcert" | "sslkey" => {
                return Err(format!(
                    "the option tls has what {name} of the url would name"
                ));
            }
            name if OF_THE_DRIVER.contains(&name) || name == "load_balance_hosts" => {
                kept.push(pair);
            }
            name if OF_OTHERS.contains(&name) => {}
            _ => return Err("the url has a parameter that is not known".to_owned()),
        }
    }
    Ok((security, format!("{base}?{}", kept.join("&"))))
}

const UNKNOWN_MODE: &str =
    "sslmode is none of disable, allow, prefer, require, verify-ca and verify-full";

fn decoded(pair: &str) -> Result<(String, String), String> {
    let url = Url::parse(&format!("x:?{pair}")).map_err(|_| "the url is not valid")?;
    let first = url.query_pairs().next();
    let (name, value) = first.ok_or("the url is not valid")?;
    Ok((name.into_owned(), value.into_owned()))
}

fn is_socket(host: &Host) -> bool {
    !matches!(host, Host::Tcp(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Target, String> {
        Target::parse(url, None, Duration::from_millis(2_000))
    }

    fn mode(url: &str, tls: Option<Tls>) -> Mode {
        let target = Target::parse(url, tls, Duration::from_millis(2_000));
        target
            .unwrap_or_else(|problem| panic!("{url}: {problem}"))
            .mode
    }

    #[test]
    fn tls_is_what_libpq_makes_of_the_same_words() {
        for (words, expected) in [
            ("", Mode::Prefer),
            ("sslmode=disable", Mode::Disable),
            ("sslmode=allow", Mode::Prefer),
            ("sslmode=require", Mode::Require),
            ("sslmode=require&channel_binding=require", Mode::Require),
            ("sslmode=require&sslrootcert=/ca.pem", Mode::VerifyCa),
            ("sslmode=verify-ca", Mode::VerifyCa),
            ("sslmode=verify%2Dfull&pgbouncer=true", Mode::VerifyFull),
            ("sslrootcert=system", Mode::VerifyFull),
            ("sslrootcert=/ca.pem", Mode::VerifyFull),
        ] {
            let url = format!("postgresql://ada:secret@db.example/app?{words}");
            assert_eq!(mode(&url, None), expected, "{words}");
        }
        let url = "postgres://db.example";
        assert_eq!(mode(url, Some(Tls::default())), Mode::VerifyFull);
    }

    #[test]
    fn hosts_are_told_and_credentials_are_not() {
        for (url, place) in [
            ("postgres://ada:secret@db.example/app", "db.example:5432"),
            ("postgres://ada:secret@[::1]:6432/app", "[::1]:6432"),
            ("postgres://a:1,b:2/app", "a:1, b:2"),
            ("postgres://%2Frun%2Fpg/app", "/run/pg:5432"),
            ("postgres:///app?host=/run/pg&port=7", "/run/pg:7"),
        ] {
            assert_eq!(parse(url).unwrap().place, place);
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_without_the_url() {
        for url in [
            "mysql://db.example",
            "postgres://",
            "postgres:///app",
            "postgres://ada:secret@db.example:x/app",
            "postgres://ada:secret@db.example/app?sslmode=verify_full",
            "postgres://ada:secret@db.example/app?sslmod=require",
            "postgres://ada:secret@db.example/app?sslcert=/a.pem",
            "postgres://ada:secret@db.example/app?sslmode=require&sslrootcert=system",
        ] {
            let problem = parse(url).err().unwrap_or_else(|| panic!("{url}"));
            assert!(
                !problem.contains("secret") && !problem.contains("ada"),
                "{problem}"
            );
        }
    }
}
