//! Opens a connection, and sends a statement once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OnceCell, oneshot};
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{CancelToken, Client, Error as Cause, Row};

use super::cancel::cancel;
use super::error::{NAME, connect_failure, misconfigured, no_right_to_create, statement_failure};
use super::statements::Statements;
use super::target::Target;
use super::tls::Connector as TlsConnector;
use super::turns::Turns;
use super::{Parameter, PostgresConfig};
use crate::store::ErrorKind;
use crate::store::remote::connection::Connector;
use crate::store::remote::retry::{AttemptTime, Backoff, Failure, within};

/// How long a connection that is given up may take to say good-bye.
const FAREWELL: Duration = Duration::from_millis(1_000);

/// How long a server may take to cancel what it was asked. PgBouncer may wait for 10 seconds for a
/// connection to pass the request on (`cancel_wait_timeout`).
const CANCELLATION: Duration = Duration::from_millis(15_000);

/// Opens connections to PostgreSQL.
#[derive(Clone)]
pub(super) struct PostgresConnector {
    /// Or what is wrong with the configuration, which the first call says.
    target: Result<Arc<Target>, String>,
    statements: Arc<Statements>,
    connect_timeout: Duration,
    /// Made once for all connections: it may take reading files.
    tls: Arc<OnceCell<TlsConnector>>,
}

impl PostgresConnector {
    pub(super) fn new(config: PostgresConfig, statements: Arc<Statements>) -> Self {
        let PostgresConfig {
            url,
            tls,
            connect_timeout,
            ..
        } = config;
        let target = url.ok_or_else(|| "no url is configured".to_owned());
        let target = target.and_then(|url| Target::parse(&url, tls, connect_timeout));
        Self {
            target: target.map(Arc::new),
            statements,
            connect_timeout,
            tls: Arc::default(),
        }
    }
}

impl Connector for PostgresConnector {
    type Connection = Connection;

    const NAME: &'static str = NAME;

    const BACKOFF: Backoff = Backoff {
        min_delay: Duration::from_millis(20),
        max_delay: Duration::from_millis(500),
    };

    fn place(&self) -> String {
        let target = self.target.as_ref();
        target.map_or_else(|_| String::new(), |target| target.place.clone())
    }

    fn open_timeout(&self) -> Duration {
        self.connect_timeout
    }

    async fn open(&mut self) -> Result<Connection, Failure> {
        let target = match &self.target {
            Ok(target) => Arc::clone(target),
            Err(problem) => return Err(misconfigured(problem).into()),
        };
        let tls = self.tls.get_or_try_init(|| target.tls()).await;
        let tls = tls.map_err(|problem| misconfigured(&problem))?.clone();
        let opened = target.config.connect(tls.clone()).await;
        let (client, mut driver) =
            opened.map_err(|error| connect_failure(&target.place, &error))?;
        let (alive, given_up) = oneshot::channel();
        tokio::spawn(async move {
            tokio::select! {
                _ = &mut driver => {}
                // A client that is gone lets it end by itself, unless the network is gone as well.
                _ = given_up => drop(timeout(FAREWELL, driver).await),
            }
        });
        Ok(Connection {
            cancel: client.cancel_token(),
            client,
            tls,
            target,
            statements: Arc::clone(&self.statements),
            _alive: alive,
            turn: Turns::default(),
        })
    }
}

/// An open connection.
pub(super) struct Connection {
    client: Client,
    cancel: CancelToken,
    tls: TlsConnector,
    target: Arc<Target>,
    statements: Arc<Statements>,
    /// Dropped with the connection, which its task notices.
    _alive: oneshot::Sender<()>,
    turn: Turns,
}

impl Connection {
    /// Runs a statement. The table is made where there is none yet.
    pub(super) async fn query(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
        time: AttemptTime,
    ) -> Result<Vec<Row>, Failure> {
        let place = &self.target.place;
        let rows = within(time.limit(), NAME, place, async {
            let turn = self.turn.take(place).await?;
            let outcome = match self.client.query_typed(statement, parameters).await {
                Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => {
                    self.create_table().await?;
                    self.client.query_typed(statement, parameters).await
                }
                outcome => outcome,
            };
            turn.end();
            outcome.map_err(|error| statement_failure(place, &error))
        });
        let rows = rows.await;
        if let Err(Failure { error, .. }) = &rows
            && error.kind() == ErrorKind::TimedOut
        {
            self.cancel();
        }
        rows
    }

    async fn create_table(&self) -> Result<(), Failure> {
        let statement = &self.statements.create;
        match self.client.batch_execute(statement).await {
            Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                Err(no_right_to_create(&self.target.place, statement))
            }
            // Of several who make it at once one does, and the others fail over its names.
            Err(error) if is_made_by_another(&error) => Ok(()),
            Err(error) => Err(statement_failure(&self.target.place, &error)),
            Ok(()) => Ok(()),
        }
    }

    /// Asks the server to stop what nobody waits for any more, as a statement does that waits for a
    /// lock: it would go on, and take one of the server's connections, and so would its repetitions.
    fn cancel(&self) {
        let (token, tls) = (self.cancel.clone(), self.tls.clone());
        let target = Arc::clone(&self.target);
        tokio::spawn(async move { timeout(CANCELLATION, cancel(token, &target, tls)).await });
    }
}

fn is_made_by_another(error: &Cause) -> bool {
    error.code().is_some_and(|code| {
        [
            SqlState::DUPLICATE_TABLE,
            SqlState::DUPLICATE_OBJECT,
            SqlState::UNIQUE_VIOLATION,
        ]
        .contains(code)
    })
}
