//! An HTTP/1.1 server for tests that does what it is told, wrong things above all.
//!
//! [`Api`] listens on a port of its own, hands every request to a closure, does what the
//! [`Answer`] says and remembers what it was sent. [`Accounts`] answers as the Partner API does.

// Each test crate that has this module uses another part of it.
#![allow(dead_code, reason = "one fixture, several test crates")]

mod accounts;
mod answer;
mod request;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chatbotkit_nextauth::chatbotkit::{Config, SubAccounts};
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) use accounts::Accounts;
pub(crate) use answer::Answer;
pub(crate) use request::Request;

/// The secret that must never be seen anywhere but in one request header.
pub(crate) const SECRET: &str = "sk-a8f5f167f44f4964e6c998dee827110c";

/// How long an attempt of [`Api::config`] may take: long for a loaded machine, short for a test.
pub(crate) const PATIENCE: Duration = Duration::from_millis(5_000);

type Handler = Box<dyn Fn(&Request) -> Answer + Send + Sync>;

struct State {
    handler: Handler,
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    written: AtomicU64,
}

/// A server that lives as long as this value.
pub(crate) struct Api {
    address: SocketAddr,
    state: Arc<State>,
    listening: JoinHandle<()>,
}

impl Api {
    /// A server that answers as `handler` says.
    pub(crate) async fn start(
        handler: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            handler: Box::new(handler),
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            written: AtomicU64::new(0),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Self {
            address,
            state,
            listening,
        }
    }

    /// A server that answers one request after the other with `answers`, and with the last one
    /// for ever.
    pub(crate) async fn scripted(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<_> = answers.into_iter().collect();
        let next = AtomicUsize::new(0);
        Self::start(move |_| {
            let number = next.fetch_add(1, Ordering::SeqCst);
            answers[number.min(answers.len() - 1)].clone()
        })
        .await
    }

    /// Its origin.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A configuration that leads here: two retries almost at once, and some patience.
    pub(crate) fn config(&self) -> Config {
        Config::new(Some(SECRET.to_owned()))
            .with_base(&self.url())
            .unwrap()
            .with_timeout(PATIENCE)
            .with_retries(2, Duration::from_millis(1))
    }

    /// A client with the configuration [`Api::config`].
    pub(crate) fn client(&self) -> SubAccounts {
        SubAccounts::new(self.config())
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap().clone()
    }

    /// Method and path of all requests so far, without the version.
    pub(crate) fn calls(&self) -> Vec<String> {
        let short = |request: &Request| {
            let path = &request.path;
            let path = path.strip_prefix("/api/v1").unwrap_or(path);
            format!("{} {path}", request.method)
        };
        self.requests().iter().map(short).collect()
    }

    /// How many requests ended in `route`, which is `list`, `fetch` and so on.
    pub(crate) fn count(&self, route: &str) -> usize {
        let requests = self.state.requests.lock().unwrap();
        requests
            .iter()
            .filter(|request| request.route() == route)
            .count()
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// How many bytes of endless answers were written.
    pub(crate) fn written(&self) -> u64 {
        self.state.written.load(Ordering::SeqCst)
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        state.connections.fetch_add(1, Ordering::SeqCst);
        stream.set_nodelay(true).unwrap();
        tokio::spawn(serve(stream, Arc::clone(&state)));
    }
}

/// Answers requests until one side closes the connection.
async fn serve(stream: TcpStream, state: Arc<State>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream).await {
        let answer = (state.handler)(&request);
        state.requests.lock().unwrap().push(request);
        if !answer.send(stream.get_mut(), &state.written).await {
            return;
        }
    }
}
