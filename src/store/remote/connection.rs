//! The connection that the calls of a store share: opened by the first of them, and again when it
//! has failed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::retry::{Backoff, Failure, Retry};
use crate::store::{Error, ErrorKind};

/// Opens connections to a server.
pub trait Connector: Send {
    /// An open connection, which any number of calls use at the same time.
    type Connection: Send + Sync;

    /// The store's name, for messages.
    const NAME: &'static str;

    /// The waits before a connection is opened again, and before a command is sent again.
    const BACKOFF: Backoff;

    /// Where the server is, for messages.
    fn place(&self) -> String;

    /// How long opening may take.
    fn open_timeout(&self) -> Duration;

    /// Opens a connection, in one attempt.
    fn open(&mut self) -> impl Future<Output = Result<Self::Connection, Failure>> + Send;
}

/// The connection of a store.
pub(super) struct SharedConnection<C: Connector> {
    place: String,
    /// Held while a connection is opened: callers wait for one opening together.
    connector: AsyncMutex<C>,
    state: Mutex<State<C::Connection>>,
}

struct State<T> {
    open: Option<Arc<T>>,
    /// Connections that failed since a command was answered.
    failures: u32,
    /// The earliest moment of the next opening.
    not_before: Instant,
    /// How many openings failed, and how the latest of them did.
    failed_openings: u64,
    latest_failure: Option<Failure>,
}

impl<C: Connector> SharedConnection<C> {
    pub(super) fn new(connector: C) -> Self {
        Self {
            place: connector.place(),
            connector: AsyncMutex::new(connector),
            state: Mutex::new(State {
                open: None,
                failures: 0,
                not_before: Instant::now(),
                failed_openings: 0,
                latest_failure: None,
            }),
        }
    }

    /// The open connection, or a new one.
    pub(super) async fn get(&self, deadline: Instant) -> Result<Arc<C::Connection>, Failure> {
        if let Some(connection) = self.current() {
            return Ok(connection);
        }
        let failed_openings = self.state().failed_openings;
        let Ok(mut connector) = timeout_at(deadline, self.connector.lock()).await else {
            return Err(self.timed_out("in time"));
        };
        // Another caller may have opened one meanwhile, or failed to. Who waited for that does not try
        // the same again: there may be another place to go to.
        let not_before = {
            let state = self.state();
            if let Some(connection) = &state.open {
                return Ok(Arc::clone(connection));
            }
            if let Some(failure) = &state.latest_failure
                && state.failed_openings != failed_openings
            {
                return Err(failure.clone());
            }
            state.not_before
        };
        sleep_until(not_before.min(deadline)).await;
        let began = Instant::now();
        if began >= deadline {
            return Err(self.timed_out("in time"));
        }
        let limit = (began + connector.open_timeout()).min(deadline);
        let opened = timeout_at(limit, connector.open()).await;
        let opened = opened.unwrap_or_else(|_| {
            let limit = limit.duration_since(began).as_millis();
            Err(self.timed_out(&format!("within {limit} ms")))
        });
        let mut state = self.state();
        match opened {
            Ok(connection) => Ok(Arc::clone(state.open.insert(Arc::new(connection)))),
            Err(failure) => {
                if failure.retry != Retry::Never {
                    state.failed(C::BACKOFF);
                }
                state.failed_openings += 1;
                state.latest_failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    /// Gives a connection up, unless another caller did so already.
    pub(super) fn discard(&self, connection: &Arc<C::Connection>) {
        let mut state = self.state();
        if let Some(open) = &state.open
            && Arc::ptr_eq(open, connection)
        {
            state.open = None;
            state.failed(C::BACKOFF);
        }
    }

    /// Notes that a command was answered.
    pub(super) fn succeeded(&self) {
        self.state().failures = 0;
    }

    /// Whether the latest connection failed, and none was opened since.
    pub(super) fn has_failed(&self) -> bool {
        let state = self.state();
        state.open.is_none() && state.failures > 0
    }

    /// The open connection, if there is one.
    pub(super) fn current(&self) -> Option<Arc<C::Connection>> {
        self.state().open.clone()
    }

    fn timed_out(&self, limit: &str) -> Failure {
        let detail = format!("at {} could not be connected to {limit}", self.place);
        Failure {
            error: Error::new(ErrorKind::TimedOut, C::NAME, detail),
            retry: Retry::OnNewConnection,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<C::Connection>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    /// The next connection is opened after a wait: a server that accepts connections and is of no
    /// use must not be stormed with them.
    fn failed(&mut self, backoff: Backoff) {
        self.not_before = Instant::now() + backoff.delay(self.failures);
        self.failures = self.failures.saturating_add(1);
    }
}
