//! An open connection to one server, and what is known of it after it was idle.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Cmd, ServerError, Value};
use tokio::sync::Mutex as AsyncMutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::error::{NAME, connection_failure, failed};
use super::node::Address;
use crate::store::remote::commands::PING;
use crate::store::remote::retry::{Failure, within};
use crate::store::remote::server_error;
use crate::store::remote::transport::Reply;

/// A connection that was idle for longer is asked for a sign of life before a command is sent over
/// it: a network may have forgotten it, and then says nothing.
const IDLE: Duration = Duration::from_secs(10);

/// How long the sign of life may take. After it there is time for another connection.
const PROBE_TIMEOUT: Duration = Duration::from_millis(1_000);

/// A connection that many commands use at the same time.
pub(super) struct NodeConnection {
    driver: MultiplexedConnection,
    task: JoinHandle<()>,
    address: Address,
    /// The address as text, for messages.
    place: String,
    activity: Mutex<Activity>,
    /// Held while the server is asked for a sign of life: callers wait for one answer together.
    probing: AsyncMutex<()>,
}

struct Activity {
    latest: Moment,
    /// The longest time without an answer since somebody asked for it.
    gap: Duration,
    /// Whether it gave no sign of life when it was asked.
    is_lost: bool,
}

/// A moment by both clocks: one of them stands still while a machine sleeps, the other can be set.
struct Moment {
    monotonic: std::time::Instant,
    system: SystemTime,
}

impl Moment {
    fn now() -> Self {
        Self {
            monotonic: std::time::Instant::now(),
            system: SystemTime::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        let by_system = self.system.elapsed().unwrap_or_default();
        self.monotonic.elapsed().max(by_system)
    }
}

impl NodeConnection {
    pub(super) fn new(
        driver: MultiplexedConnection,
        task: JoinHandle<()>,
        address: Address,
    ) -> Self {
        Self {
            driver,
            task,
            place: address.to_string(),
            address,
            activity: Mutex::new(Activity {
                latest: Moment::now(),
                gap: Duration::ZERO,
                is_lost: false,
            }),
            probing: AsyncMutex::new(()),
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn driver(&self) -> MultiplexedConnection {
        self.driver.clone()
    }

    /// Sends one command, once, and ends by `limit`. An error that the server answers with is a
    /// value here.
    pub(super) async fn request(&self, command: &[&str], limit: Instant) -> Result<Value, Failure> {
        within(limit, NAME, &self.place, async {
            self.probe(limit).await?;
            let mut driver = self.driver();
            self.answered(driver.req_packed_command(&cmd(command)).await)
        })
        .await
    }

    /// Sends one command behind another one, with nothing between them.
    pub(super) async fn request_after(
        &self,
        first: &str,
        command: &[&str],
        limit: Instant,
    ) -> Result<Value, Failure> {
        let mut pipeline = redis::pipe();
        pipeline.cmd(first).add_command(cmd(command));
        within(limit, NAME, &self.place, async {
            let mut driver = self.driver();
            let values = driver.req_packed_commands(&pipeline, 0, 2).await;
            let values = self.answered(values)?;
            values
                .into_iter()
                .next_back()
                .ok_or_else(|| Failure::unexpected_reply(NAME))
        })
        .await
    }

    /// Asks for a sign of life within [`PROBE_TIMEOUT`], with a command of the caller's choice.
    pub(super) async fn ask(&self, command: &[&str], limit: Instant) -> Result<Value, Failure> {
        // Who waited while another caller asked in vain does not ask again.
        if self.activity().is_lost {
            return Err(failed(&self.address, "gave no sign of life"));
        }
        let limit = limit.min(Instant::now() + PROBE_TIMEOUT);
        let answer = within(limit, NAME, &self.place, async {
            let mut driver = self.driver();
            self.answered(driver.req_packed_command(&cmd(command)).await)
        });
        answer.await.inspect_err(|_| self.activity().is_lost = true)
    }

    /// The longest time without an answer since [`Self::close_gap`], the present moment included.
    pub(super) fn gap(&self) -> Duration {
        let activity = self.activity();
        activity.gap.max(activity.latest.elapsed())
    }

    /// Begins to look for a new gap.
    pub(super) fn close_gap(&self) {
        self.activity().gap = Duration::ZERO;
    }

    /// Any answer is a sign of life, an error as well.
    async fn probe(&self, limit: Instant) -> Result<(), Failure> {
        if self.idle() < IDLE {
            return Ok(());
        }
        let _turn = self.probing.lock().await;
        // Another caller may have asked meanwhile.
        if self.idle() >= IDLE {
            self.ask(&PING, limit).await?;
        }
        Ok(())
    }

    fn idle(&self) -> Duration {
        self.activity().latest.elapsed()
    }

    fn answered<T>(&self, answer: redis::RedisResult<T>) -> Result<T, Failure> {
        let answer = answer.map_err(|error| connection_failure(&self.address, &error))?;
        let mut activity = self.activity();
        activity.gap = activity.gap.max(activity.latest.elapsed());
        activity.latest = Moment::now();
        Ok(answer)
    }

    fn activity(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for NodeConnection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn cmd(words: &[&str]) -> Cmd {
    let mut command = Cmd::new();
    command.arg(words);
    command
}

/// The failure of `command`, which the server at `address` answered with an error.
pub(super) fn server_failure(address: &Address, command: &[&str], error: &ServerError) -> Failure {
    let text = format!("{} {}", error.code(), error.details().unwrap_or_default());
    server_error::failure(NAME, &address.to_string(), command, &text)
}

/// What the server at `address` answered to `command`.
pub(super) fn parse_reply(
    address: &Address,
    command: &[&str],
    value: Value,
) -> Result<Reply, Failure> {
    match value {
        Value::ServerError(error) => Err(server_failure(address, command, &error)),
        value => reply(value).ok_or_else(|| Failure::unexpected_reply(NAME)),
    }
}

fn reply(value: Value) -> Option<Reply> {
    Some(match value {
        Value::Nil => Reply::Nil,
        Value::Int(number) => Reply::Number(number),
        Value::Okay => Reply::Text("OK".to_owned()),
        Value::SimpleString(text) => Reply::Text(text),
        Value::BulkString(bytes) => Reply::Text(String::from_utf8(bytes).ok()?),
        Value::Array(values) => Reply::List(values.into_iter().map(reply).collect::<Option<_>>()?),
        _ => return None,
    })
}
