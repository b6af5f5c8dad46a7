//! How a call becomes requests: to which generation of routes, how often, and with what.

use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Request};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use super::exchange::exchange;
use super::routes::{self, Generation, Route};
use super::{Client, Error, ErrorKind, Result, retry};
use crate::{call_metrics, http};

/// How long connecting may take, TLS included. It is part of the attempt's time-out.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(5_000);

/// How long a call may take in all, with all its retries, waits and pages.
pub const CALL_LIMIT: Duration = Duration::from_millis(60_000);

/// A request before it is known which generation of routes gets it.
pub(super) struct Call<'a> {
    pub(super) route: Route<'a>,
    pub(super) query: Vec<(&'static str, &'a str)>,
    pub(super) body: Option<Vec<u8>>,
    /// A member that every successful answer has.
    pub(super) expected: &'static str,
}

impl<'a> Call<'a> {
    /// A call with a body.
    pub(super) fn post(route: Route<'a>, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("texts and JSON values serialize");
        Self {
            route,
            query: vec![],
            body: Some(body),
            expected: "id",
        }
    }
}

impl Client {
    /// `call`, or an error when it takes longer than [`CALL_LIMIT`].
    pub(super) async fn bounded<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::time::timeout(CALL_LIMIT, call)
            .await
            .unwrap_or_else(|_| Err(Error::out_of_time()))
    }

    /// Sends a call to the generation of routes that answers.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Map<String, Value>> {
        let first = self.generation();
        let error = match self.send_to(first, call).await {
            Err(error) if error.status() == Some(404) && self.config.generation.is_none() => error,
            outcome => return outcome,
        };
        if call.route.exists_unless_404() {
            return match self.send_to(first.other(), call).await {
                Err(error) if error.status() == Some(404) => Err(no_routes()),
                outcome => outcome,
            };
        }
        // No user, or no such route? Only a list tells: it is never 404 where it exists. A call
        // beside this one may have found out meanwhile.
        if self.found.load(Ordering::Relaxed) == 0 {
            let probe = Call {
                route: Route::List,
                query: vec![("take", "1")],
                body: None,
                expected: "items",
            };
            Box::pin(self.send(&probe)).await?;
        }
        if self.generation() == first {
            return Err(error);
        }
        self.send_to(first.other(), call).await
    }

    fn generation(&self) -> Generation {
        let found = match self.found.load(Ordering::Relaxed) {
            2 => Generation::User,
            _ => Generation::Partner,
        };
        self.config.generation.unwrap_or(found)
    }

    /// Sends a call to one generation of routes, again and again where that is safe.
    async fn send_to(&self, generation: Generation, call: &Call<'_>) -> Result<Map<String, Value>> {
        self.budget.earn();
        let mut attempt = 0;
        loop {
            let error = match self.attempt(generation, call).await {
                Ok(object) => {
                    let found = if generation == Generation::User { 2 } else { 1 };
                    self.found.store(found, Ordering::Relaxed);
                    return Ok(object);
                }
                Err(error) => error,
            };
            attempt += 1;
            if !call.route.is_repeatable() || !self.may_retry(&error, attempt).await {
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
        // Paid last: what is not sent again costs nothing.
        let wait = retry::wait(error, attempt, self.config.retry_delay);
        let Some(wait) = wait.filter(|_| self.budget.spend()) else {
            return false;
        };
        tokio::time::sleep(wait).await;
        true
    }

    /// Sends one request and reads its answer.
    async fn attempt(&self, generation: Generation, call: &Call<'_>) -> Result<Map<String, Value>> {
        let secret = self.config.secret().ok_or_else(|| {
            Error::new(
                ErrorKind::MissingSecret,
                "needs a secret, and none is configured",
            )
            .not_sent()
        })?;
        let deadline = Instant::now() + self.config.timeout;
        let sender = match self.sender.get() {
            Some(sender) => sender,
            // Boxed: it takes room in each call, and runs in the first one.
            None => Box::pin(self.first_sender(secret, deadline)).await?,
        };
        let request = self.request(generation, call, &sender.headers);
        self.requests.fetch_add(1, Ordering::Relaxed);
        call_metrics::count_api_request();
        timeout_at(deadline, exchange(sender.http.execute(request)))
            .await
            .map_err(|_| self.timed_out())??
            .object(call.expected, secret)
    }

    /// Makes what sends requests, in the time that the attempt has.
    async fn first_sender(&self, secret: &str, deadline: Instant) -> Result<&Sender> {
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

    fn request(&self, generation: Generation, call: &Call<'_>, headers: &HeaderMap) -> Request {
        let mut url = routes::url(&self.root, generation, call.route);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let method = if call.body.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut request = Request::new(method, url);
        request.headers_mut().clone_from(headers);
        if let Some(body) = &call.body {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
            *request.body_mut() = Some(body.clone().into());
        }
        request
    }

    async fn new_sender(&self, secret: &str) -> Result<Sender> {
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
        let http = http::client(&self.config.base, CONNECT_TIMEOUT).await;
        let http = http.map_err(|error| {
            let detail = format!("cannot be asked: {error}");
            Error::new(ErrorKind::Misconfigured, detail).not_sent()
        })?;
        Ok(Sender { http, headers })
    }
}

/// What sends requests, and the headers that all of them have.
pub(super) struct Sender {
    http: reqwest::Client,
    headers: HeaderMap,
}

fn no_routes() -> Error {
    let detail = "answers 404 on every route of the Partner API. Is baseUrl the address of a \
                  ChatBotKit API?";
    Error::new(ErrorKind::Unintelligible, detail).with_status(404)
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
