//! A call of a remote store: its deadline, its retries, and what closing means for it.
//!
//! This loop is the only one that repeats. It is not that of a library (`backon`, or the driver's
//! `ConnectionManager`), because what it has to keep is not in theirs: the wait before a connection
//! is opened is shared by all calls, waiting ends with the deadline of the call, and of several
//! failures the one is reported that says why.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::RwLock;
use tokio::time::{Instant, sleep};

use super::connection::{Connector, SharedConnection};
use super::retry::{Failure, Retry};
use crate::store::{Error, ErrorKind, Result};

/// What a call's first attempt may take of its time, in percent, once it is connected. A connection
/// that the network forgot says nothing: that has to leave time for an attempt on another one.
const FIRST_ATTEMPT: u32 = 40;

/// The calls of a store, over the connection that they share.
pub(super) struct Calls<C: Connector> {
    /// None once the store is closed. Each call holds the lock for reading, so that closing waits
    /// for the calls that began before it.
    connection: RwLock<Option<SharedConnection<C>>>,
    timeout: Duration,
}

impl<C: Connector> Calls<C> {
    /// Calls that may each take `timeout`, with all that happens meanwhile.
    pub(super) fn new(connector: C, timeout: Duration) -> Self {
        Self {
            connection: RwLock::new(Some(SharedConnection::new(connector))),
            timeout,
        }
    }

    /// Runs `operation` on the connection, again where that may help. It has to end by the moment
    /// that it is given.
    pub(super) async fn run<T, F>(
        &self,
        operation: impl Fn(Arc<C::Connection>, Instant) -> F + Sync,
    ) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, Failure>> + Send,
    {
        let closed = || Error::new(ErrorKind::Closed, C::NAME, "is closed");
        // Fails while closing waits for earlier calls, too.
        let connection = self.connection.try_read().map_err(|_| closed())?;
        let connection = connection.as_ref().ok_or_else(closed)?;
        let deadline = Instant::now() + self.timeout;
        let mut attempt_timeout = self.timeout * FIRST_ATTEMPT / 100;
        let mut failures = 0;
        let mut latest: Option<Error> = None;
        loop {
            let attempt = attempt(connection, &operation, attempt_timeout, deadline).await;
            let Failure { error, retry } = match attempt {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let delay = match retry {
                Retry::Never => return Err(error),
                Retry::AfterDelay => C::BACKOFF.delay(failures),
                Retry::OnNewConnection | Retry::AtOnce => Duration::ZERO,
            };
            // Why an earlier attempt failed says more than that the time is over.
            let timed_out = |error: &Error| error.kind() == ErrorKind::TimedOut;
            let earlier = latest.filter(|earlier| timed_out(&error) && !timed_out(earlier));
            let error = earlier.unwrap_or(error);
            if Instant::now() + delay >= deadline {
                return Err(error);
            }
            if !delay.is_zero() {
                sleep(delay).await;
            }
            failures += 1;
            latest = Some(error);
            attempt_timeout = self.timeout;
        }
    }

    /// Waits for the calls that began, and ends the connection. Calls after it are refused.
    pub(super) async fn close(&self) {
        *self.connection.write().await = None;
    }
}

/// Runs `operation` once, on the open connection or on a new one.
async fn attempt<C: Connector, T, F>(
    shared: &SharedConnection<C>,
    operation: &(impl Fn(Arc<C::Connection>, Instant) -> F + Sync),
    timeout: Duration,
    deadline: Instant,
) -> std::result::Result<T, Failure>
where
    F: Future<Output = std::result::Result<T, Failure>> + Send,
{
    let connection = shared.get(deadline).await?;
    let limit = deadline.min(Instant::now() + timeout);
    let outcome = operation(Arc::clone(&connection), limit).await;
    match &outcome {
        Ok(_) => shared.succeeded(),
        Err(failure) if failure.retry == Retry::OnNewConnection => shared.discard(&connection),
        Err(_) => {}
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use super::super::retry::{Backoff, within};
    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(1_000);

    /// What an attempt gives: a value, a failure, or nothing ever.
    type Outcome = std::result::Result<&'static str, Option<Retry>>;

    /// Opens connections, which are their numbers, as long as it is not told to fail.
    #[derive(Default)]
    struct Numbered {
        opened: u32,
        failing: u32,
    }

    impl Connector for Numbered {
        type Connection = u32;
        const NAME: &'static str = "numbered";
        const BACKOFF: Backoff = Backoff {
            min_delay: Duration::from_millis(20),
            max_delay: Duration::from_millis(500),
        };

        fn place(&self) -> String {
            "nowhere".to_owned()
        }

        fn open_timeout(&self) -> Duration {
            TIMEOUT
        }

        async fn open(&mut self) -> std::result::Result<u32, Failure> {
            if self.failing > 0 {
                self.failing -= 1;
                return Err(failure(Retry::OnNewConnection));
            }
            self.opened += 1;
            Ok(self.opened)
        }
    }

    fn failure(retry: Retry) -> Failure {
        let error = Error::new(ErrorKind::Failed, Numbered::NAME, "failed");
        Failure { error, retry }
    }

    /// Runs a call whose attempts have these outcomes. Gives that of the call, and the connection
    /// that each attempt used.
    async fn run(
        calls: &Calls<Numbered>,
        outcomes: impl IntoIterator<Item = Outcome>,
    ) -> (Result<&'static str>, Vec<u32>) {
        let outcomes = Mutex::new(outcomes.into_iter().collect::<VecDeque<_>>());
        let used = Mutex::new(vec![]);
        let outcome = calls
            .run(|connection: Arc<u32>, limit| {
                used.lock().unwrap().push(*connection);
                let outcome = outcomes.lock().unwrap().pop_front().unwrap();
                within(limit, Numbered::NAME, "nowhere", async move {
                    match outcome {
                        Ok(text) => Ok(text),
                        Err(Some(retry)) => Err(failure(retry)),
                        Err(None) => std::future::pending().await,
                    }
                })
            })
            .await;
        (outcome, used.into_inner().unwrap())
    }

    const PERMANENT: Outcome = Err(Some(Retry::Never));
    const RETRY: Outcome = Err(Some(Retry::AfterDelay));
    const RECONNECT: Outcome = Err(Some(Retry::OnNewConnection));
    const HANGS: Outcome = Err(None);

    #[tokio::test(start_paused = true)]
    async fn a_call_is_repeated_as_its_failures_say() {
        let calls = Calls::new(Numbered::default(), TIMEOUT);
        let (outcome, used) = run(&calls, [RETRY, RECONNECT, RETRY, RECONNECT, Ok("done")]).await;
        assert_eq!((outcome.unwrap(), used), ("done", vec![1, 1, 2, 2, 3]));
        let (outcome, used) = run(&calls, [PERMANENT]).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Failed);
        assert_eq!(used, [3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_ends_in_time_with_the_reason_of_an_earlier_failure() {
        for repeated in [RETRY, RECONNECT] {
            let calls = Calls::new(Numbered::default(), TIMEOUT);
            let began = Instant::now();
            let (outcome, used) = run(&calls, vec![repeated; 100]).await;
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Failed);
            // 20, 40, 80, 160, 320 and 500 ms wait between them.
            assert_eq!(used.len(), 6);
            assert!(began.elapsed() <= TIMEOUT);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_does_not_answer_leaves_time_for_another() {
        let calls = Calls::new(Numbered::default(), TIMEOUT);
        let began = Instant::now();
        let (outcome, used) = run(&calls, [HANGS, Ok("done")]).await;
        assert_eq!((outcome.unwrap(), used), ("done", vec![1, 2]));
        assert_eq!(began.elapsed().as_millis(), 400 + 20);
    }

    #[tokio::test(start_paused = true)]
    async fn connections_that_do_not_answer_are_given_up_in_time() {
        let calls = Calls::new(Numbered::default(), TIMEOUT);
        let began = Instant::now();
        let (outcome, used) = run(&calls, [HANGS, HANGS]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), used), (ErrorKind::TimedOut, vec![1, 2]));
        let words = "at nowhere did not answer within 580 ms";
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(began.elapsed(), TIMEOUT);
        let (outcome, used) = run(&calls, [Ok("done")]).await;
        assert_eq!((outcome.unwrap(), used), ("done", vec![3]));
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_before_a_connection_is_opened_again_is_shared() {
        let connector = Numbered {
            failing: 3,
            ..Numbered::default()
        };
        let calls = Calls::new(connector, TIMEOUT);
        let began = Instant::now();
        let call = || run(&calls, [Ok("done")]);
        let outcomes = tokio::join!(call(), call(), call(), call());
        for (outcome, used) in [outcomes.0, outcomes.1, outcomes.2, outcomes.3] {
            assert_eq!((outcome.unwrap(), used), ("done", vec![1]));
        }
        assert_eq!(began.elapsed().as_millis(), 20 + 40 + 80);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_waited_for_a_connection_in_vain_go_on_together() {
        let connector = Numbered {
            failing: u32::MAX,
            ..Numbered::default()
        };
        let shared = SharedConnection::new(connector);
        let began = Instant::now();
        // The first of them has nothing to wait for, and so nobody waits with it.
        for waited in [20, 20 + 40, 20 + 40 + 80] {
            let get = || shared.get(began + TIMEOUT);
            let outcomes = tokio::join!(get(), get(), get());
            for outcome in [outcomes.0, outcomes.1, outcomes.2] {
                assert_eq!(outcome.unwrap_err().error.kind(), ErrorKind::Failed);
            }
            assert_eq!(began.elapsed().as_millis(), waited);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn closing_waits_for_calls_and_refuses_others_at_once() {
        let calls = Calls::new(Numbered::default(), TIMEOUT);
        let began = Instant::now();
        let late = async {
            tokio::time::sleep(TIMEOUT / 2).await;
            let (outcome, _) = run(&calls, []).await;
            (outcome.unwrap_err().kind(), began.elapsed())
        };
        let ((outcome, _), (), late) =
            tokio::join!(run(&calls, [HANGS, HANGS]), calls.close(), late);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
        assert_eq!(late, (ErrorKind::Closed, TIMEOUT / 2));
        calls.close().await;
        let (outcome, _) = run(&calls, []).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Closed);
    }
}
