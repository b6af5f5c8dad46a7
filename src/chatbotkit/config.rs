//! What a client is told before its first request.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::Generation;

const HOSTED_HOST: &str = "api.chatbotkit.com";

/// The hosted API.
pub const HOSTED: &str = "https://api.chatbotkit.com";

/// The longest that one attempt may be allowed to take. The API itself gives a request up after
/// about 25 s.
pub const TIMEOUT_LIMIT: Duration = Duration::from_millis(30_000);

/// How to reach the API. Durations are per attempt.
#[derive(Clone)]
pub struct Config {
    secret: Option<String>,
    pub(super) base: Url,
    pub(super) generation: Option<Generation>,
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) retry_delay: Duration,
    pub(super) headers: HeaderMap,
    pub(super) http2: bool,
}

/// A setting that no client can be built from.
#[derive(Debug)]
pub struct ConfigError {
    /// The setting's name.
    pub setting: &'static str,
    /// What is wrong with it. It never quotes the value.
    pub problem: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.setting, self.problem)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// The hosted API, ten seconds an attempt, two retries.
    ///
    /// The secret may be missing: that is an error of the first request, because applications load
    /// their configuration while they are built, when there are no secrets.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the URL is a constant")]
    pub fn new(secret: Option<String>) -> Self {
        // A secret read from a file often ends with a line break.
        let secret = secret
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        Self {
            secret,
            base: Url::parse(HOSTED).expect("a constant URL"),
            generation: None,
            timeout: Duration::from_millis(10_000),
            retries: 2,
            retry_delay: Duration::from_millis(250),
            headers: HeaderMap::new(),
            http2: true,
        }
    }

    /// Uses another host. `base` is an origin (`https://bots.example.com`), or a URL that ends
    /// with the version (`https://example.com/bots/api/v1`).
    pub fn with_base(mut self, base: &str) -> Result<Self, ConfigError> {
        let wrong = |problem: &str| ConfigError {
            setting: "baseUrl",
            problem: problem.to_owned(),
        };
        let url = Url::parse(base).map_err(|_| wrong("is not an absolute URL"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong("must begin with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(
                "must not hold credentials: the secret is an option of its own",
            ));
        }
        self.base = url;
        Ok(self)
    }

    /// Uses one generation of routes and never the other.
    #[must_use]
    pub fn with_generation(mut self, generation: Generation) -> Self {
        self.generation = Some(generation);
        self
    }

    /// How long one attempt may take, from connecting to the last byte; at most [`TIMEOUT_LIMIT`].
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(TIMEOUT_LIMIT);
        self
    }

    /// How often a request that may be repeated is sent again, and how long the first wait is.
    #[must_use]
    pub fn with_retries(mut self, retries: u32, delay: Duration) -> Self {
        self.retries = retries;
        self.retry_delay = delay;
        self
    }

    /// The retries and the delay that are set.
    #[must_use]
    pub fn retries(&self) -> (u32, Duration) {
        (self.retries, self.retry_delay)
    }

    /// Stays with HTTP/1.1, whatever the host offers.
    #[must_use]
    pub fn without_http2(mut self) -> Self {
        self.http2 = false;
        self
    }

    /// A header to send along with every request.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError {
            setting: "headers",
            problem,
        };
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| wrong("hold a name that no HTTP header can have".to_owned()))?;
        let value = HeaderValue::from_str(value).map_err(|_| {
            wrong(format!(
                "hold a value for {name} that no HTTP header can have"
            ))
        })?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// The secret, for what is derived from it.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// The URL under which all versioned routes stand. The hosted API answers under `/v1/…` on a
    /// host of its own, a self-hosted platform under `/api/v1/…` of its origin.
    pub(super) fn root(&self) -> Url {
        let mut url = self.base.clone();
        url.set_query(None);
        url.set_fragment(None);
        let has_version = self.base.path().trim_end_matches('/').ends_with("/v1");
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            if !has_version {
                if self.base.host_str() != Some(HOSTED_HOST) {
                    path.push("api");
                }
                path.push("v1");
            }
        }
        url
    }

    /// The host, with its port where it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the secret nor the headers, which may hold one too.
        f.debug_struct("Config")
            .field("host", &self.host())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(base: &str) -> String {
        Config::new(None).with_base(base).unwrap().root().into()
    }

    #[test]
    fn the_hosted_api_has_no_api_prefix_and_other_origins_have_one() {
        let hosted = "https://api.chatbotkit.com/v1";
        assert_eq!(root("https://api.chatbotkit.com"), hosted);
        assert_eq!(root("https://api.chatbotkit.com/"), hosted);
        let own = "https://bots.example.com/api/v1";
        assert_eq!(root("https://bots.example.com"), own);
    }

    #[test]
    fn a_base_that_names_the_version_is_taken_as_it_is() {
        let v1 = "https://api.example.com/v1";
        assert_eq!(root(v1), v1);
        let deep = "https://example.com/bots/api/v1";
        assert_eq!(root(&format!("{deep}/")), deep);
    }
}
