//! The HTTP shell of the API: connections, timeouts, retries, and what every request carries.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};
use serde_json::{Map, Value};
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::exchange::exchange;
use super::pages::RawPage;
use super::response::ApiResponse;
use super::retry_budget::RetryBudget;
use super::{Config, Error, ErrorKind, Result, retry};
use crate::call_metrics;
use crate::http::{self, Connections};

/// How long connecting may take, TLS included. It is part of the attempt's timeout.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(5_000);

/// How long a request may take in all, with all its retries, waits and pages.
pub const TOTAL_TIMEOUT: Duration = Duration::from_millis(60_000);

/// `requests`, or an error when they take longer than [`TOTAL_TIMEOUT`].
///
/// Not an async function: one would keep room for `requests` twice.
pub(super) fn with_total_timeout<T>(
    requests: impl Future<Output = Result<T>>,
) -> impl Future<Output = Result<T>> {
    let timeout = timeout(TOTAL_TIMEOUT, requests);
    timeout.map(|outcome| outcome.unwrap_or_else(|_| Err(Error::total_timeout())))
}

/// A request, which may be sent more than once. Its path is `{prefix}/{id}/{action}`.
pub(super) struct Request<'a> {
    /// One that [`super::is_user_id`] accepted.
    pub(super) id: Option<&'a str>,
    pub(super) action: &'static str,
    pub(super) query: &'a [(&'a str, &'a str)],
    /// JSON. What has none is a GET.
    pub(super) body: Option<&'a [u8]>,
    /// A member that every success has.
    pub(super) expected: &'static str,
    /// Whether it may be sent again after a failure that does not tell whether it was carried out.
    pub(super) is_repeatable: bool,
}

impl<'a> Request<'a> {
    /// Reads the record `id`.
    pub(super) fn fetch(id: &'a str) -> Self {
        Self {
            id: Some(id),
            action: "fetch",
            query: &[],
            body: None,
            expected: "id",
            is_repeatable: true,
        }
    }

    /// Reads a page of records, newest first.
    pub(super) fn list(query: &'a [(&'a str, &'a str)]) -> Self {
        Self {
            id: None,
            action: "list",
            query,
            expected: "items",
            ..Self::fetch("")
        }
    }

    /// Changes something.
    pub(super) fn post(action: &'static str, id: Option<&'a str>, body: &'a [u8]) -> Self {
        Self {
            id,
            action,
            body: Some(body),
            ..Self::fetch("")
        }
    }
}

/// What makes an answer of a response: see [`ApiResponse::parse_response`].
type Parse<T> = fn(ApiResponse, &str, &str, &str) -> Result<T>;

/// A client of the API. It owns its connections; dropping it closes them.
pub struct Client {
    config: Config,
    root: Url,
    /// Boxed: adapters that are not used are to be small.
    sender: OnceCell<Box<Sender>>,
    /// One for each request that may be under way.
    slots: Semaphore,
    requests: AtomicU64,
    budget: RetryBudget,
}

impl Client {
    /// A client that has not connected to anything.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            root: config.root(),
            config,
            sender: OnceCell::new(),
            slots: Semaphore::new(http::CONCURRENT_REQUESTS),
            requests: AtomicU64::new(0),
            budget: RetryBudget::new(),
        }
    }

    /// What the client was told.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How many HTTP requests this client has sent, retries included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Sends a request to the routes under `prefix`, again and again where that is safe.
    pub(super) async fn send(
        &self,
        prefix: &[&str],
        request: &Request<'_>,
    ) -> Result<Map<String, Value>> {
        let parse = ApiResponse::parse_response;
        self.send_and_parse(prefix, request, parse).await
    }

    /// Asks for a page of a list as [`Self::send`] does, and leaves its records as they are.
    pub(super) async fn send_for_page(
        &self,
        prefix: &[&str],
        request: &Request<'_>,
    ) -> Result<RawPage> {
        let parse = ApiResponse::parse_page;
        self.send_and_parse(prefix, request, parse).await
    }

    async fn send_and_parse<T>(
        &self,
        prefix: &[&str],
        request: &Request<'_>,
        parse: Parse<T>,
    ) -> Result<T> {
        self.budget.deposit();
        let mut attempt = 0;
        loop {
            let error = match self.attempt(prefix, request, parse).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            attempt += 1;
            if !request.is_repeatable || !self.may_retry(&error, attempt).await {
                return Err(error);
            }
        }
    }

    /// Waits as long as is due before attempt number `attempt` (the first retry is 1) and says
    /// whether to make it: whether `error` may pass and retries are left.
    pub async fn may_retry(&self, error: &Error, attempt: u32) -> bool {
        if attempt > self.config.retries || !error.is_transient() {
            return false;
        }
        // Withdrawn last: what is not sent again costs nothing.
        let wait = retry::wait(error, attempt, self.config.retry_delay);
        let Some(wait) = wait.filter(|_| self.budget.withdraw()) else {
            return false;
        };
        tokio::time::sleep(wait).await;
        true
    }

    /// Sends one HTTP request and reads its response.
    async fn attempt<T>(
        &self,
        prefix: &[&str],
        request: &Request<'_>,
        parse: Parse<T>,
    ) -> Result<T> {
        let secret = self.config.secret().ok_or_else(|| {
            let detail = "needs a secret, and none is configured";
            Error::new(ErrorKind::MissingSecret, detail).not_sent()
        })?;
        let deadline = Instant::now() + self.config.timeout;
        let sender = match self.sender.get() {
            Some(sender) => sender,
            // Boxed: it takes room in each request, and runs in the first one.
            None => Box::pin(self.first_sender(secret, deadline)).await?,
        };
        let http_request = self.http_request(prefix, request, &sender.headers);
        let _slot = timeout_at(deadline, self.slots.acquire())
            .await
            .map_err(|_| self.timed_out().not_sent())?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        call_metrics::count_api_request();
        let place = sender.http.place().map_err(|error| misconfigured(&error))?;
        let exchanged = timeout_at(deadline, exchange(place.execute(http_request)));
        let response = exchanged.await.map_err(|_| self.timed_out())??;
        parse(response, request.action, request.expected, secret)
    }

    fn http_request(
        &self,
        prefix: &[&str],
        request: &Request<'_>,
        headers: &HeaderMap,
    ) -> reqwest::Request {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            let action = request.action.split('/');
            path.extend(prefix).extend(request.id).extend(action);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(request.query);
        }
        let mut http_request = reqwest::Request::new(Method::GET, url);
        http_request.headers_mut().clone_from(headers);
        if let Some(body) = request.body {
            *http_request.method_mut() = Method::POST;
            let json = HeaderValue::from_static("application/json");
            http_request.headers_mut().insert(CONTENT_TYPE, json);
            *http_request.body_mut() = Some(body.to_vec().into());
        }
        http_request
    }

    /// Makes what sends requests, within the attempt's deadline.
    async fn first_sender(&self, secret: &str, deadline: Instant) -> Result<&Box<Sender>> {
        let sender = self.sender.get_or_try_init(|| self.new_sender(secret));
        timeout_at(deadline, sender)
            .await
            .map_err(|_| self.timed_out().not_sent())?
    }

    fn timed_out(&self) -> Error {
        let limit = self.config.timeout.as_millis();
        let detail = format!("did not answer within {limit} ms");
        Error::new(ErrorKind::TimedOut, detail)
    }

    async fn new_sender(&self, secret: &str) -> Result<Box<Sender>> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {secret}")).map_err(|_| {
            let detail = "cannot be asked: the secret holds a character that no HTTP header can";
            Error::new(ErrorKind::Misconfigured, detail).not_sent()
        })?;
        bearer.set_sensitive(true);
        // The application's headers first: none of them displaces or doubles ours.
        let mut headers = self.config.headers.clone();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, user_agent());
        let tls = http::tls_for(&self.config.base, self.config.http2).await;
        let tls = tls.map_err(|error| misconfigured(&error))?;
        let http = Connections::new(tls, CONNECT_TIMEOUT);
        let http = http.map_err(|error| misconfigured(&error))?;
        Ok(Box::new(Sender { http, headers }))
    }
}

/// What sends requests, and the headers that all of them have.
struct Sender {
    http: Connections,
    headers: HeaderMap,
}

fn misconfigured(problem: &impl std::fmt::Display) -> Error {
    let detail = format!("cannot be asked: {problem}");
    Error::new(ErrorKind::Misconfigured, detail).not_sent()
}

/// Who is asking: the package, its version, and the platform of its binary.
fn user_agent() -> HeaderValue {
    let (version, os, arch) = (
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    HeaderValue::try_from(format!("chatbotkit-nextauth/{version} ({os}; {arch})"))
        .unwrap_or_else(|_| HeaderValue::from_static("chatbotkit-nextauth"))
}
