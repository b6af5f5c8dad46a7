//! One server: where it is, and who connects to it.

use std::fmt;
use std::iter;
use std::path::PathBuf;

use redis::{ConnectionAddr, IntoConnectionInfo};
use reqwest::Url;

use super::config::Credentials;

const INVALID: &str = "a url is not valid";

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Address {
    Tcp { host: String, port: u16 },
    Unix(PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// A server, and what it is told when a connection to it is opened.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) address: Address,
    pub(super) tls: bool,
    pub(super) credentials: Credentials,
}

impl Node {
    /// The server at `url`, with the credentials that the URL leaves out. An empty user or password
    /// is none: variables of the environment are empty where nothing was configured.
    /// Says what is wrong with it without quoting it: it holds a password.
    pub(super) fn parse(url: &str, credentials: &Credentials) -> Result<Self, &'static str> {
        let secure = url.strip_prefix("rediss://");
        let secure = secure.or_else(|| url.strip_prefix("valkeys://"));
        let plain = secure.map_or_else(|| url.to_owned(), |rest| format!("redis://{rest}"));
        let info = plain.as_str().into_connection_info().map_err(|_| INVALID)?;
        let parsed = Url::parse(&plain).map_err(|_| INVALID)?;
        if secure.is_some() && parsed.fragment().is_some() {
            return Err("a url with TLS has a fragment, of which none is known");
        }
        let address = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Address::Tcp {
                host: host.clone(),
                port: *port,
            },
            ConnectionAddr::Unix(path) => Address::Unix(path.clone()),
            _ => return Err(INVALID),
        };
        let settings = info.redis_settings();
        let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let credentials = Credentials {
            username: given(settings.username()).or_else(|| given(credentials.username.as_deref())),
            password: given(settings.password()).or_else(|| given(credentials.password.as_deref())),
            database: database(&parsed)?.or(credentials.database),
        };
        Ok(Self {
            address,
            tls: secure.is_some(),
            credentials,
        })
    }

    /// Another server that is reached in the same way.
    pub(super) fn at(&self, address: Address) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// The commands that a connection begins with.
    pub(super) fn greeting(&self) -> Vec<Vec<String>> {
        let mut commands = vec![];
        let credentials = &self.credentials;
        // Whoever has no password says no name either.
        if let Some(password) = credentials.password.clone() {
            let words = [credentials.username.clone(), Some(password)];
            let words = words.into_iter().flatten();
            commands.push(iter::once("AUTH".to_owned()).chain(words).collect());
        }
        if let Some(database) = credentials.database.filter(|&number| number != 0) {
            commands.push(vec!["SELECT".to_owned(), database.to_string()]);
        }
        commands
    }
}

/// The number that a URL names, as its path or as `?db=3`.
fn database(url: &Url) -> Result<Option<u32>, &'static str> {
    let invalid = |_| "the database in a url is no number";
    let path = match url.scheme() {
        "redis" | "valkey" => url.path().trim_matches('/'),
        _ => "",
    };
    let query = url.query_pairs().find(|(name, _)| name == "db");
    let query = query
        .map(|(_, number)| number.parse().map_err(invalid))
        .transpose()?;
    if path.is_empty() {
        return Ok(query);
    }
    let path = path.parse().map_err(invalid)?;
    match query {
        Some(query) if query != path => Err("a url names two databases"),
        _ => Ok(Some(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Node {
        let credentials = Credentials {
            username: Some("ada".to_owned()),
            password: Some("secret".to_owned()),
            database: Some(5),
        };
        Node::parse(url, &credentials).unwrap()
    }

    #[test]
    fn valkey_is_what_redis_is() {
        for (url, tls) in [
            ("redis://cache:1", false),
            ("valkey://cache:1", false),
            ("rediss://cache:1", true),
            ("valkeys://cache:1", true),
        ] {
            let node = parse(url);
            assert_eq!(
                (node.address.to_string().as_str(), node.tls),
                ("cache:1", tls)
            );
        }
        for url in [
            "redis+unix:///run/a.sock",
            "unix:///run/a.sock",
            "valkey+unix:///run/a.sock",
        ] {
            assert_eq!(parse(url).address, Address::Unix("/run/a.sock".into()));
        }
        assert_eq!(parse("redis://[::1]").address.to_string(), "[::1]:6379");
    }

    #[test]
    fn a_number_in_the_url_wins_whatever_it_is() {
        for (url, database) in [
            ("redis://cache", 5),
            ("redis://cache/", 5),
            ("redis://cache/0", 0),
            ("rediss://cache/3", 3),
            ("redis://cache?db=3", 3),
            ("redis://cache/?db=0", 0),
            ("redis://cache/3?db=3", 3),
            ("unix:///run/a.sock?db=3", 3),
            ("unix:///run/a.sock", 5),
        ] {
            assert_eq!(parse(url).credentials.database, Some(database), "{url}");
        }
        for url in [
            "redis://cache/x",
            "redis://cache?db=x",
            "redis://cache?db=",
            "redis://cache/3?db=4",
            "redis://cache/-1",
            "rediss://cache/#insecure",
            "http://cache",
            "redis://",
        ] {
            assert!(Node::parse(url, &Credentials::default()).is_err(), "{url}");
        }
    }

    #[test]
    fn an_empty_password_is_none() {
        let greeting = |url, username: Option<&str>, password: Option<&str>| {
            let credentials = Credentials {
                username: username.map(str::to_owned),
                password: password.map(str::to_owned),
                database: None,
            };
            Node::parse(url, &credentials)
                .unwrap()
                .greeting()
                .concat()
                .join(" ")
        };
        assert_eq!(greeting("redis://cache", None, Some("")), "");
        assert_eq!(greeting("redis://cache", Some(""), Some("")), "");
        assert_eq!(greeting("redis://:@cache", None, None), "");
        assert_eq!(greeting("redis://default:@cache", None, Some("")), "");
        assert_eq!(
            greeting("redis://:@cache", None, Some("secret")),
            "AUTH secret"
        );
        assert_eq!(
            greeting("redis://:p%40ss@cache", None, Some("secret")),
            "AUTH p@ss"
        );
        assert_eq!(
            greeting("redis://ada:p@cache/2", Some("bob"), None),
            "AUTH ada p SELECT 2"
        );
        assert_eq!(greeting("redis://cache", Some("ada"), Some("")), "");
    }
}
