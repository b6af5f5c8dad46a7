//! One connection at a time, opened when it is needed and again when it has failed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, RedisResult, Value};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::config::RedisConfig;
use super::opener::{Opener, misconfigured};
use super::{Error, ErrorKind, NAME, Result, failed};

/// The wait before the second attempt to connect; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// The longest wait between attempts: Redis is in use again this soon after it is back.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// How long giving a connection up may take.
const DISCARD_LIMIT: Duration = Duration::from_millis(100);

/// An open connection that any number of calls share.
#[derive(Clone)]
pub(super) struct Connection {
    driver: Driver,
    number: u64,
}

/// The driver's own connection.
#[derive(Clone)]
pub(super) enum Driver {
    Node(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Connection {
    pub(super) async fn send(&self, command: &Cmd) -> RedisResult<Value> {
        let value = match &self.driver {
            Driver::Node(node) => node.clone().req_packed_command(command).await,
            Driver::Cluster(cluster) => cluster.clone().req_packed_command(command).await,
        };
        // The driver hands a server's error over as a value.
        value?.extract_error()
    }
}

/// The connection of a store. Belongs to the store and ends with it.
pub(super) struct Connections {
    config: RedisConfig,
    state: Mutex<State>,
    /// Connections that failed since a command was answered.
    failures: AtomicU32,
}

#[derive(Default)]
struct State {
    open: Option<Connection>,
    opener: Option<Opener>,
    opened: u64,
    /// Not before this is the next attempt.
    next: Option<Instant>,
    closed: bool,
}

impl Connections {
    pub(super) fn new(config: RedisConfig) -> Self {
        Self {
            config,
            state: Mutex::default(),
            failures: AtomicU32::new(0),
        }
    }

    /// The open connection, or a new one. Callers wait for one opening together.
    pub(super) async fn get(&self, deadline: Instant) -> Result<Connection> {
        let Ok(mut state) = timeout_at(deadline, self.state.lock()).await else {
            return Err(unconnected(None));
        };
        let mut latest = None;
        loop {
            if state.closed {
                return Err(Error::new(ErrorKind::Closed, NAME, "is closed"));
            }
            if let Some(connection) = &state.open {
                return Ok(connection.clone());
            }
            if let Some(next) = state.next.take() {
                sleep_until(next.min(deadline)).await;
            }
            if Instant::now() >= deadline {
                return Err(unconnected(latest));
            }
            match self.open(&mut state, deadline).await {
                Ok(driver) => {
                    state.opened += 1;
                    state.open = Some(Connection {
                        driver,
                        number: state.opened,
                    });
                }
                Err(error) if error.kind() == ErrorKind::Misconfigured => return Err(error),
                Err(error) => {
                    self.failed(&mut state);
                    latest = Some(error);
                }
            }
        }
    }

    async fn open(&self, state: &mut MutexGuard<'_, State>, deadline: Instant) -> Result<Driver> {
        let via = match &mut state.opener {
            Some(via) => via,
            none => none.insert(self.config.opener()?),
        };
        let began = Instant::now();
        let limit = (began + self.config.connect_timeout).min(deadline);
        match timeout_at(limit, via.open(&self.config)).await {
            Ok(Err(error)) if error.kind() == redis::ErrorKind::AuthenticationFailed => {
                Err(misconfigured("the user or the password is not accepted"))
            }
            Ok(opened) => opened.map_err(|error| failed(&error)),
            Err(_) => {
                let limit = limit.duration_since(began).as_millis();
                let detail = format!("could not be connected to within {limit} ms");
                Err(Error::new(ErrorKind::TimedOut, NAME, detail))
            }
        }
    }

    /// Gives a connection up, unless somebody did so already. The next one is opened after a wait:
    /// a server that accepts connections and is of no use must not be stormed with them.
    pub(super) async fn discard(&self, connection: &Connection) {
        // Whoever holds the state for longer is opening another connection: this one is given up.
        let Ok(mut state) = timeout(DISCARD_LIMIT, self.state.lock()).await else {
            return;
        };
        if state
            .open
            .as_ref()
            .is_some_and(|open| open.number == connection.number)
        {
            state.open = None;
            self.failed(&mut state);
        }
    }

    /// Notes that a command was answered.
    pub(super) fn succeeded(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    fn failed(&self, state: &mut State) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed);
        let wait = FIRST_WAIT.saturating_mul(1 << failures.min(10));
        state.next = Some(Instant::now() + wait.min(LONGEST_WAIT));
    }

    /// Ends the connection; none is opened after it.
    pub(super) async fn close(&self) {
        let mut state = self.state.lock().await;
        state.closed = true;
        state.open = None;
        state.opener = None;
    }
}

/// The error of a caller whose time was over before there was a connection.
fn unconnected(latest: Option<Error>) -> Error {
    latest.unwrap_or_else(|| {
        Error::new(
            ErrorKind::TimedOut,
            NAME,
            "could not be connected to in time",
        )
    })
}
