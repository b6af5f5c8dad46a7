//! Redis over HTTP, as Vercel KV and Upstash serve it.
//!
//! A command is a JSON array of words, sent with `POST` to the database's URL; the answer is
//! `{"result": …}` or `{"error": "…"}`. With `Upstash-Encoding: base64` the texts of a result come
//! in base64, and so survive whatever they hold; `OK` alone is never encoded.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::commands::{RemoteStore, Reply, Transport};
use super::connection::Connector;
use super::retry::{Backoff, Failure, Retry};
use crate::http::{self, BodyError};
use crate::store::{Error, ErrorKind};

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

/// Makes HTTP clients for a database.
pub struct RestConnector(RestConfig);

/// A [`crate::store::Store`] in Vercel KV or Upstash.
pub type RestStore = RemoteStore<RestConnector>;

/// An HTTP client, which keeps connections of its own, and what it sends requests with.
pub struct Database {
    client: Client,
    url: Url,
    bearer: HeaderValue,
    /// One for each request that may be under way.
    slots: Semaphore,
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
        Self::over(RestConnector(config), timeout, prefix, true)
    }
}

impl Connector for RestConnector {
    type Connection = Database;

    const NAME: &'static str = NAME;

    const BACKOFF: Backoff = Backoff {
        min_delay: Duration::from_millis(50),
        max_delay: Duration::from_millis(3_200),
    };

    /// The client gives up connections that are dead by itself.
    const DISCARDS_AFTER_TIMEOUT: bool = false;

    /// Making a client connects to nothing; it may have to wait for files with certificates.
    fn open_timeout(&self) -> Duration {
        self.0.timeout
    }

    async fn open(&mut self) -> Result<Database, Failure> {
        let url = self.0.url.as_deref();
        let url = url.ok_or_else(|| misconfigured("no url is configured"))?;
        let token = self.0.token.as_deref();
        let token = token.ok_or_else(|| misconfigured("no token is configured"))?;
        let url = Url::parse(url).map_err(|_| misconfigured("the url is not valid"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(misconfigured("the url has to begin with https://"));
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.trim()))
            .map_err(|_| misconfigured("the token holds a character that no HTTP header can"))?;
        bearer.set_sensitive(true);
        let client = http::client(&url, self.0.connect_timeout)
            .await
            .map_err(|_| misconfigured("there is no HTTP client"))?;
        Ok(Database {
            client,
            url,
            bearer,
            slots: Semaphore::new(http::CONCURRENT_REQUESTS),
        })
    }
}

impl Transport for Database {
    async fn send(&self, command: &[&str]) -> Result<Reply, Failure> {
        let body = serde_json::to_vec(command)
            .map_err(|_| Failure::permanent(ErrorKind::Malformed, NAME, "was given no text"))?;
        let request = self
            .client
            .post(self.url.clone())
            .header(AUTHORIZATION, self.bearer.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("upstash-encoding", "base64")
            .body(body);
        let _slot = self.slots.acquire().await;
        let mut response = request
            .send()
            .await
            .map_err(|error| transport_error(&error))?;
        let status = response.status().as_u16();
        let body = http::read_body(&mut response, RESPONSE_LIMIT).await;
        let body = body.map_err(|error| match error {
            BodyError::TooLong => {
                Failure::permanent(ErrorKind::Malformed, NAME, "answered with too much")
            }
            BodyError::Transport(error) => transport_error(&error),
        })?;
        parse_response(status, &body)
    }
}

fn parse_response(status: u16, body: &[u8]) -> Result<Reply, Failure> {
    let response = serde_json::from_slice::<Response>(body);
    match (status, response) {
        (
            200,
            Ok(Response {
                error: None,
                result,
            }),
        ) => parse_reply(result).ok_or_else(|| Failure::unexpected_reply(NAME)),
        (
            _,
            Ok(Response {
                error: Some(words), ..
            }),
        ) if status < 500 && status != 429 => Err(server_error(status, &words)),
        _ => Err(failure(
            status == 429 || status >= 500,
            format!("answered {status}"),
        )),
    }
}

/// An error that the server answered with. Its words can quote a command's arguments; the first one
/// is its code.
fn server_error(status: u16, words: &str) -> Failure {
    let code = words.split_whitespace().next().unwrap_or_default();
    let code: String = code
        .chars()
        .filter(char::is_ascii_uppercase)
        .take(24)
        .collect();
    let advice = if status == 401 {
        ". Check the token"
    } else {
        ""
    };
    let detail = format!("answered {status} with the error {code}{advice}");
    let is_temporary = matches!(code.as_str(), "LOADING" | "READONLY" | "CLUSTERDOWN");
    failure(is_temporary, detail.trim_end())
}

fn transport_error(error: &reqwest::Error) -> Failure {
    let detail = if error.is_connect() {
        "could not be reached"
    } else {
        "lost its connection"
    };
    failure(true, detail)
}

fn failure(is_temporary: bool, detail: impl Into<String>) -> Failure {
    let (kind, retry) = if is_temporary {
        (ErrorKind::Failed, Retry::AfterDelay)
    } else {
        (ErrorKind::Refused, Retry::Never)
    };
    Failure {
        error: Error::new(kind, NAME, detail),
        retry,
    }
}

fn misconfigured(problem: &str) -> Failure {
    let detail = format!("cannot be used: {problem}");
    Failure::permanent(ErrorKind::Misconfigured, NAME, &detail)
}

/// A result, with its texts decoded.
fn parse_reply(result: Value) -> Option<Reply> {
    Some(match result {
        Value::Null => Reply::Nil,
        Value::Number(number) => Reply::Number(number.as_i64()?),
        Value::String(text) if text == "OK" => Reply::Text(text),
        Value::String(text) => Reply::Text(String::from_utf8(STANDARD.decode(text).ok()?).ok()?),
        Value::Array(results) => Reply::List(
            results
                .into_iter()
                .map(parse_reply)
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}
