//! Redis over HTTP, as Vercel KV and Upstash serve it.
//!
//! A command is a JSON array of words, sent with `POST` to the database's URL; the answer is
//! `{"result": …}` or `{"error": "…"}`. With `Upstash-Encoding: base64` the texts of a result come
//! in base64, and so survive whatever they hold; `OK` alone is never encoded. A server that does not
//! know the header (serverless-redis-http) sends them as they are.

mod encoding;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use rustls::ClientConfig;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::timeout_at;

use super::commands::RemoteStore;
use super::connection::Connector;
use super::retry::{AttemptTime, Backoff, Failure, Retry, within};
use super::server_error;
use super::transport::{Reply, Transport};
use crate::http::{self, BodyError, Connections};
use crate::store::{Error, ErrorKind};
use crate::tls;

const NAME: &str = "kv";

/// How much of a response is read, in bytes: what the services themselves allow is smaller.
const RESPONSE_LIMIT: usize = 16 * 1024 * 1024;

/// How to reach a database over HTTP.
#[derive(Clone)]
pub struct RestConfig {
    /// The database's URL. `None` when it was not configured.
    pub url: Option<String>,
    /// The database's token.
    pub token: Option<String>,
    /// What every key begins with.
    pub key_prefix: String,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long a call may take, with all that happens meanwhile.
    pub timeout: Duration,
}

impl RestConfig {
    /// A database with the default time-outs.
    #[must_use]
    pub fn new(url: Option<String>, token: Option<String>) -> Self {
        let connect_timeout = Duration::from_millis(2_000);
        let timeout = Duration::from_millis(5_000);
        Self {
            url,
            token,
            key_prefix: String::new(),
            connect_timeout,
            timeout,
        }
    }
}

/// How the service encodes texts in its answers.
const ENCODING: HeaderName = HeaderName::from_static("upstash-encoding");

/// Makes HTTP clients for a database.
pub struct RestConnector {
    config: RestConfig,
    /// One for each request that may be under way, whatever client sends it.
    slots: Arc<Semaphore>,
    /// How the client speaks TLS. Another client has it, too.
    tls: OnceCell<ClientConfig>,
}

/// A [`crate::store::Store`] in Vercel KV or Upstash.
pub type RestStore = RemoteStore<RestConnector>;

/// HTTP clients, which keep connections of their own, and what it sends requests with.
pub struct Database {
    connections: Connections,
    url: Url,
    place: String,
    bearer: HeaderValue,
    slots: Arc<Semaphore>,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    result: Value,
    error: Option<String>,
}

impl RestStore {
    /// A store that has not connected to anything.
    #[must_use]
    pub fn new(config: RestConfig) -> Self {
        let (timeout, prefix) = (config.timeout, config.key_prefix.clone());
        let connector = RestConnector {
            config,
            slots: Arc::new(Semaphore::new(http::CONCURRENT_REQUESTS)),
            tls: OnceCell::new(),
        };
        Self::over(connector, timeout, prefix, true)
    }
}

impl Connector for RestConnector {
    type Connection = Database;

    const NAME: &'static str = NAME;

    const BACKOFF: Backoff = Backoff {
        min_delay: Duration::from_millis(50),
        max_delay: Duration::from_millis(3_200),
    };

    fn place(&self) -> String {
        let url = self
            .config
            .url
            .as_deref()
            .and_then(|url| Url::parse(url).ok());
        url.map_or_else(String::new, |url| place(&url))
    }

    /// Making a client connects to nothing; it may have to wait for files with certificates.
    fn open_timeout(&self) -> Duration {
        self.config.timeout
    }

    async fn open(&mut self) -> Result<Database, Failure> {
        let url = self.config.url.as_deref();
        let url = url.ok_or_else(|| misconfigured("no url is configured"))?;
        let token = self.config.token.as_deref();
        let token = token.ok_or_else(|| misconfigured("a url is configured, and no token"))?;
        let url = Url::parse(url).map_err(|_| misconfigured("the url is not valid"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(misconfigured("the url has to begin with https://"));
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.trim()))
            .map_err(|_| misconfigured("the token holds a character that no HTTP header can"))?;
        bearer.set_sensitive(true);
        let no_client = |_| misconfigured("there is no HTTP client");
        let tls = self.tls.get_or_try_init(|| http::tls_for(&url, true));
        let tls = tls.await.map_err(no_client)?.clone();
        let connections = Connections::new(tls, self.config.connect_timeout);
        Ok(Database {
            connections: connections.map_err(|error| no_client(error.into()))?,
            place: place(&url),
            url,
            bearer,
            slots: Arc::clone(&self.slots),
        })
    }
}

impl Transport for Database {
    async fn send(&self, command: &[&str], time: AttemptTime) -> Result<Reply, Failure> {
        let Ok(_slot) = timeout_at(time.deadline, self.slots.acquire()).await else {
            let detail = format!("at {} had too many calls under way", self.place);
            return Err(Failure {
                error: Error::new(ErrorKind::TimedOut, NAME, detail),
                retry: Retry::AfterDelay,
            });
        };
        within(time.limit(), NAME, &self.place, self.exchange(command)).await
    }
}

impl Database {
    async fn exchange(&self, command: &[&str]) -> Result<Reply, Failure> {
        let body = serde_json::to_vec(command)
            .map_err(|_| Failure::permanent(ErrorKind::Malformed, NAME, "was given no text"))?;
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers_mut().extend([
            (AUTHORIZATION, self.bearer.clone()),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (ENCODING, HeaderValue::from_static("base64")),
        ]);
        *request.body_mut() = Some(body.into());
        let transport_error = |error| self.transport_error(&error);
        let place = self.connections.place().map_err(transport_error)?;
        let response = place.execute(request).await;
        let mut response = response.map_err(transport_error)?;
        let status = response.status().as_u16();
        let body = http::read_body(&mut response, RESPONSE_LIMIT).await;
        let body = body.map_err(|error| match error {
            BodyError::TooLong => {
                Failure::permanent(ErrorKind::Malformed, NAME, "answered with too much")
            }
            BodyError::Transport(error) => self.transport_error(&error),
        })?;
        self.parse_response(command, status, &body)
    }

    fn parse_response(&self, command: &[&str], status: u16, body: &[u8]) -> Result<Reply, Failure> {
        let response = serde_json::from_slice::<Response>(body).ok();
        let words = response
            .as_ref()
            .and_then(|response| response.error.as_deref());
        let is_busy = status == 429 || status >= 500;
        match (status, response.as_ref(), words) {
            (401, ..) => Err(self.failure(false, "answered 401: check the token")),
            // What the words of a gateway mean is in the status.
            (_, _, Some(words)) if !is_busy || server_error::is_used_up(words) => {
                Err(self.server_error(command, words))
            }
            (200, Some(Response { result, .. }), None) => {
                let reply = match command[0] {
                    "SCAN" => parse_scan(result),
                    _ => parse_reply(result),
                };
                reply.ok_or_else(|| Failure::unexpected_reply(NAME))
            }
            _ => Err(self.failure(is_busy, &format!("answered {status}"))),
        }
    }

    /// An error of the database behind the service, which goes on whatever connection leads there.
    fn server_error(&self, command: &[&str], words: &str) -> Failure {
        let failure = server_error::failure(NAME, &self.place, command, words);
        let retry = match failure.retry {
            Retry::OnNewConnection => Retry::AfterDelay,
            retry => retry,
        };
        Failure { retry, ..failure }
    }

    fn transport_error(&self, error: &reqwest::Error) -> Failure {
        let what = if error.is_connect() {
            "could not be reached"
        } else {
            "lost its connection"
        };
        match tls::problem(error) {
            Some(problem) if error.is_connect() => {
                self.failure(false, &format!("could not be trusted: {problem}"))
            }
            _ => self.failure(true, &format!("{what}{}", http::innermost_words(error))),
        }
    }

    fn failure(&self, is_temporary: bool, what: &str) -> Failure {
        let (kind, retry) = if is_temporary {
            (ErrorKind::Failed, Retry::AfterDelay)
        } else {
            (ErrorKind::Refused, Retry::Never)
        };
        Failure {
            error: Error::new(kind, NAME, format!("at {} {what}", self.place)),
            retry,
        }
    }
}

fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn misconfigured(problem: &str) -> Failure {
    let detail = format!("cannot be used: {problem}");
    Failure::permanent(ErrorKind::Misconfigured, NAME, &detail)
}

/// A result, with its texts decoded.
fn parse_reply(result: &Value) -> Option<Reply> {
    Some(match result {
        Value::Null => Reply::Nil,
        Value::Number(number) => Reply::Number(number.as_i64()?),
        Value::String(text) if text == "OK" => Reply::Text(text.clone()),
        Value::String(text) => Reply::Text(encoding::decode(text)?),
        Value::Array(results) => {
            Reply::List(results.iter().map(parse_reply).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// The result of `SCAN`: a cursor, and keys. What is no key of this package's is left out.
fn parse_scan(result: &Value) -> Option<Reply> {
    let [cursor, Value::Array(keys)] = &result.as_array()?[..] else {
        return None;
    };
    let cursor = match cursor {
        Value::Number(cursor) => cursor.to_string(),
        cursor => encoding::decode_cursor(cursor.as_str()?)?,
    };
    let keys = keys.iter().filter_map(Value::as_str);
    let keys = keys.filter_map(encoding::decode_key).map(Reply::Text);
    Some(Reply::List(vec![
        Reply::Text(cursor),
        Reply::List(keys.collect()),
    ]))
}
