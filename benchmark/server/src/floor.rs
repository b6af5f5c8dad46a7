//! The requests and commands of an operation, sent one after the other, and nothing else: what an
//! operation costs at the least with these HTTP and Redis clients.

use std::io::BufRead as _;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;

use crate::lanes;

/// Stands in a text for a number that no other operation has.
const NUMBER: &str = "########";

/// A run, as a line of JSON on the standard input.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    api_url: String,
    redis_url: String,
    headers: Vec<(String, String)>,
    steps: Vec<Step>,
    /// The number of the first operation.
    first: u64,
    concurrency: u32,
    /// Milliseconds.
    warmup: u64,
    duration: u64,
}

/// What an operation sends.
#[derive(Deserialize)]
#[serde(untagged)]
enum Step {
    Command(Vec<String>),
    Request { path: String, body: Option<String> },
}

/// Answers each line of the standard input with a line of figures.
pub(crate) fn answer_runs() {
    // One thread, as the adapter has.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    for line in std::io::stdin().lock().lines() {
        let run: Run = serde_json::from_str(&line.expect("a line")).expect("a run");
        let figures = runtime.block_on(measure(run));
        println!("{}", serde_json::to_string(&figures).expect("figures"));
    }
}

/// The clients, configured as the adapter configures them where it matters for their cost.
struct Clients {
    http: reqwest::Client,
    redis: MultiplexedConnection,
    run: Run,
}

async fn measure(run: Run) -> lanes::Figures {
    let headers: HeaderMap = run
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.parse().expect("a name"),
                value.parse().expect("a value"),
            )
        })
        .collect();
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .build()
        .expect("a client");
    let settings = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    let redis = redis::Client::open(run.redis_url.as_str())
        .expect("a Redis URL")
        .get_multiplexed_async_connection_with_config(&settings)
        .await
        .expect("a Redis");
    let (lanes, warmup, duration) = (run.concurrency, run.warmup, run.duration);
    let clients = Arc::new(Clients { http, redis, run });
    let operation = move |number| {
        let clients = Arc::clone(&clients);
        async move { clients.send_all(number).await }
    };
    let milliseconds = Duration::from_millis;
    lanes::run(
        lanes,
        milliseconds(warmup),
        milliseconds(duration),
        operation,
    )
    .await
}

impl Clients {
    async fn send_all(&self, number: u64) {
        for step in &self.run.steps {
            match step {
                Step::Command(words) => self.command(words).await,
                Step::Request { path, body } => self.request(path, body.as_deref(), number).await,
            }
        }
    }

    async fn command(&self, words: &[String]) {
        let mut command = redis::Cmd::new();
        for word in words {
            command.arg(word.as_str());
        }
        let mut redis = self.redis.clone();
        command.exec_async(&mut redis).await.expect("Redis answers");
    }

    async fn request(&self, path: &str, body: Option<&str>, number: u64) {
        let url = format!("{}{path}", self.run.api_url);
        let request = match body {
            None => self.http.get(url),
            Some(body) => self
                .http
                .post(url)
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body.replace(NUMBER, &format!("{:08}", self.run.first + number))),
        };
        let answer = request.send().await.expect("the API answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("a whole answer");
    }
}
