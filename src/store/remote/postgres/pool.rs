//! A few connections, on each of which calls take turns.
//!
//! A call takes the one that the fewest others use, and of several the first: a quiet process has one
//! connection, and a busy one never more than it may.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use tokio_postgres::Row;

use super::connection::{Connection, PostgresConnector};
use super::statements::Statements;
use super::{Parameter, PostgresConfig};
use crate::store::Result;
use crate::store::remote::calls::Calls;

pub(super) struct Pool {
    lanes: Vec<Lane>,
}

/// A connection, or none yet.
struct Lane {
    calls: Calls<PostgresConnector>,
    under_way: AtomicUsize,
}

impl Pool {
    pub(super) fn new(config: PostgresConfig, statements: &Arc<Statements>) -> Self {
        let (count, timeout) = (config.connections.max(1), config.timeout);
        let connector = PostgresConnector::new(config, Arc::clone(statements));
        let lane = |connector| Lane {
            calls: Calls::new(connector, timeout),
            under_way: AtomicUsize::new(0),
        };
        Self {
            lanes: std::iter::repeat_n(connector, count).map(lane).collect(),
        }
    }

    /// Runs one statement.
    pub(super) async fn query(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>> {
        let lane = self.quietest();
        let _turn = Turn::new(lane);
        let query = |connection: Arc<Connection>, time| async move {
            connection.query(statement, parameters, time).await
        };
        lane.calls.run(query).await
    }

    /// Waits for the calls that began, and ends the connections. Calls after it are refused.
    pub(super) async fn close(&self) {
        join_all(self.lanes.iter().map(|lane| lane.calls.close())).await;
    }

    fn quietest(&self) -> &Lane {
        let mut quietest = &self.lanes[0];
        for lane in &self.lanes[1..] {
            if lane.load() < quietest.load() {
                quietest = lane;
            }
        }
        quietest
    }
}

impl Lane {
    fn load(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }
}

/// That a call is under way, however it ends.
struct Turn<'a>(&'a Lane);

impl<'a> Turn<'a> {
    fn new(lane: &'a Lane) -> Self {
        lane.under_way.fetch_add(1, Ordering::Relaxed);
        Self(lane)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}
