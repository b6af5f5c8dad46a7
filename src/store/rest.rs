//! Redis over HTTP, as Vercel KV and Upstash serve it.
//!
//! A command is a JSON array of words, sent with `POST` to the database's URL; the answer is
//! `{"result": …}` or `{"error": "…"}`. With `Upstash-Encoding: base64` the texts of a result come
//! in base64, and so survive whatever they hold; `OK` alone is never encoded.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout_at};

use super::commands::{Commands, Reply, Transport};
use super::{Error, ErrorKind, Result};
use crate::http;

const NAME: &str = "kv";

/// How much of an answer is read, in bytes: what the services themselves allow is smaller.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;

/// The wait before a request that failed is sent again; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(50);

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

/// Carries commands over HTTP.
pub struct RestTransport {
    config: RestConfig,
    client: OnceCell<(reqwest::Client, Url, HeaderValue)>,
    closed: AtomicBool,
}

/// A [`super::Store`] in Vercel KV or Upstash.
pub type RestStore = Commands<RestTransport>;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    result: Value,
    error: Option<String>,
}

/// A failed attempt, and whether another one may help.
struct Failure {
    error: Error,
    may_pass: bool,
}

impl RestStore {
    /// A store that has not connected to anything.
    #[must_use]
    pub fn new(config: RestConfig) -> Self {
        let prefix = config.key_prefix.clone();
        let transport = RestTransport {
            config,
            client: OnceCell::new(),
            closed: AtomicBool::new(false),
        };
        Commands::over(transport, &prefix)
    }
}

#[async_trait]
impl Transport for RestTransport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn takes_several_keys(&self) -> bool {
        true
    }

    async fn send(&self, command: &[&str]) -> Result<Reply> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Closed, NAME, "is closed"));
        }
        let body = serde_json::to_vec(command)
            .map_err(|_| Error::new(ErrorKind::Malformed, NAME, "was given no text"))?;
        let deadline = Instant::now() + self.config.timeout;
        let mut wait = FIRST_WAIT;
        loop {
            let attempt = self.attempt(body.clone());
            let Ok(attempt) = timeout_at(deadline, attempt).await else {
                let limit = self.config.timeout.as_millis();
                let detail = format!("did not answer within {limit} ms");
                return Err(Error::new(ErrorKind::TimedOut, NAME, detail));
            };
            match attempt {
                Ok(reply) => return Ok(reply),
                Err(failure) if !failure.may_pass || Instant::now() + wait >= deadline => {
                    return Err(failure.error);
                }
                Err(_) => sleep(wait).await,
            }
            wait *= 2;
        }
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

impl RestTransport {
    async fn attempt(&self, body: Vec<u8>) -> std::result::Result<Reply, Failure> {
        let (client, url, bearer) = self.client.get_or_try_init(|| self.client()).await?;
        let request = client
            .post(url.clone())
            .header(AUTHORIZATION, bearer.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("upstash-encoding", "base64")
            .body(body);
        let mut response = request.send().await.map_err(|error| broken(&error))?;
        let status = response.status().as_u16();
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if text.len() + chunk.len() > ANSWER_LIMIT {
                return Err(final_failure(
                    ErrorKind::Malformed,
                    "answered with too much",
                ));
            }
            text.extend_from_slice(&chunk);
        }
        understand(status, &text)
    }

    async fn client(&self) -> std::result::Result<(reqwest::Client, Url, HeaderValue), Failure> {
        let wrong = |problem: &str| {
            final_failure(
                ErrorKind::Misconfigured,
                &format!("cannot be used: {problem}"),
            )
        };
        let url = self
            .config
            .url
            .as_deref()
            .ok_or_else(|| wrong("no url is configured"))?;
        let token = self
            .config
            .token
            .as_deref()
            .ok_or_else(|| wrong("no token is configured"))?;
        let url = Url::parse(url).map_err(|_| wrong("the url is not valid"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("the url has to begin with https://"));
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.trim()))
            .map_err(|_| wrong("the token holds a character that no HTTP header can"))?;
        bearer.set_sensitive(true);
        let client = http::client(&url, self.config.connect_timeout)
            .await
            .map_err(|_| wrong("there is no HTTP client"))?;
        Ok((client, url, bearer))
    }
}

fn understand(status: u16, text: &[u8]) -> std::result::Result<Reply, Failure> {
    let answer = serde_json::from_slice::<Answer>(text);
    match (status, answer) {
        (
            200,
            Ok(Answer {
                error: None,
                result,
            }),
        ) => reply(result).ok_or_else(|| {
            final_failure(ErrorKind::Malformed, "answered with something unexpected")
        }),
        // An error's words can quote a command's arguments. The first one is its code.
        (
            _,
            Ok(Answer {
                error: Some(words), ..
            }),
        ) if status < 500 && status != 429 => {
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
            let may_pass = matches!(code.as_str(), "LOADING" | "READONLY" | "CLUSTERDOWN");
            Err(Failure {
                error: Error::new(refusal(may_pass), NAME, detail.trim_end()),
                may_pass,
            })
        }
        _ => {
            let may_pass = status == 429 || status >= 500;
            let error = Error::new(refusal(may_pass), NAME, format!("answered {status}"));
            Err(Failure { error, may_pass })
        }
    }
}

/// What kind of failure an error is that the server answered with.
fn refusal(may_pass: bool) -> ErrorKind {
    if may_pass {
        ErrorKind::Failed
    } else {
        ErrorKind::Refused
    }
}

/// A result, with its texts decoded.
fn reply(result: Value) -> Option<Reply> {
    Some(match result {
        Value::Null => Reply::Nil,
        Value::Number(number) => Reply::Number(number.as_i64()?),
        Value::String(text) if text == "OK" => Reply::Text(text),
        Value::String(text) => Reply::Text(String::from_utf8(STANDARD.decode(text).ok()?).ok()?),
        Value::Array(results) => {
            Reply::List(results.into_iter().map(reply).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn broken(error: &reqwest::Error) -> Failure {
    let what = if error.is_connect() {
        "could not be reached"
    } else {
        "lost its connection"
    };
    Failure {
        error: Error::new(ErrorKind::Failed, NAME, what),
        may_pass: true,
    }
}

fn final_failure(kind: ErrorKind, detail: &str) -> Failure {
    Failure {
        error: Error::new(kind, NAME, detail),
        may_pass: false,
    }
}
