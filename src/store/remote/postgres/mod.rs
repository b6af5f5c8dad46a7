//! PostgreSQL: one table, and one round trip for each operation.
//!
//! A call passes these, in order:
//!
//! * [`PostgresStore`]: the operations of [`Store`], each of which is one statement of [`statements`].
//! * [`pool`]: picks one of a few connections. What a call does there, its deadline and its retries,
//!   is that of every remote store (`calls.rs`).
//! * [`connection`]: opens one, and sends a statement once, one after the other ([`turns`]). It makes the
//!   table where there is none. [`cancel`] stops what nobody waits for any more.
//! * [`target`] reads the URL, and [`address`] the hosts in it; [`tls`] says whom to trust, [`error`] what
//!   may help a failure.
//!
//! Statements have no names, because what is prepared under one stays with a connection of the server,
//! and a pooler between (PgBouncer in transaction mode, Neon, Supabase) gives each call another. So
//! nothing here depends on what an earlier call left behind either.

mod address;
mod cancel;
mod channel_binding;
mod connection;
mod error;
mod pool;
mod statements;
mod target;
mod tls;
mod turns;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSqlOwned, ToSql, Type};

use self::error::{NAME, unexpected};
use self::pool::Pool;
use self::statements::Statements;
use super::Tls;
use crate::store::{Entry, Keys, Result, Store};

/// How to reach PostgreSQL.
#[derive(Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:5432/database?sslmode=verify-full`, as libpq reads it. `None`
    /// when it was not configured.
    pub url: Option<String>,
    /// The table, with its schema if needed.
    pub table: String,
    /// Whom to trust, and what to show; `None` when nothing was configured but the URL.
    pub tls: Option<Tls>,
    /// How many connections there are at the most.
    pub connections: usize,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long a call may take, with all that happens meanwhile.
    pub timeout: Duration,
}

impl PostgresConfig {
    /// A database with the default table and time-outs.
    #[must_use]
    pub fn new(url: Option<String>) -> Self {
        Self {
            url,
            table: "chatbotkit_nextauth".to_owned(),
            tls: None,
            connections: 4,
            connect_timeout: Duration::from_millis(2_000),
            timeout: Duration::from_millis(5_000),
        }
    }
}

/// How often a store looks for rows that have ended.
const SWEEP_INTERVAL: Duration = Duration::from_millis(10_000);

/// A [`Store`] in PostgreSQL.
pub struct PostgresStore {
    pool: Arc<Pool>,
    statements: Arc<Statements>,
    /// The earliest moment of the next look for what has ended.
    next_sweep: Mutex<Option<Instant>>,
}

/// A parameter of a statement.
type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

impl PostgresStore {
    /// A store that has not connected to anything.
    #[must_use]
    pub fn new(config: PostgresConfig) -> Self {
        let statements = Arc::new(Statements::new(&config.table));
        Self {
            pool: Arc::new(Pool::new(config, &statements)),
            statements,
            next_sweep: Mutex::default(),
        }
    }

    async fn query(&self, statement: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>> {
        let rows = self.pool.query(statement, parameters).await;
        if rows.is_ok() && self.is_sweep_due() {
            tokio::spawn(sweep(Arc::clone(&self.pool), Arc::clone(&self.statements)));
        }
        rows
    }

    fn is_sweep_due(&self) -> bool {
        let mut next = self
            .next_sweep
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_due = next.is_none_or(|next| next <= now);
        if is_due {
            *next = Some(now + SWEEP_INTERVAL);
        }
        is_due
    }
}

/// Removes rows that have ended, a bounded number at a time. Whatever fails is left to a later look.
async fn sweep(pool: Arc<Pool>, statements: Arc<Statements>) {
    loop {
        let rows = pool.query(&statements.sweep, &[]).await;
        let removed = rows.and_then(|rows| value::<i64>(&rows));
        if !removed.is_ok_and(|removed| removed.is_some_and(|it| it >= statements::SWEEP_LIMIT)) {
            return;
        }
    }
}

/// The first column of the first row.
fn value<T: FromSqlOwned>(rows: &[Row]) -> Result<Option<T>> {
    column(rows.first(), 0)
}

fn column<T: FromSqlOwned>(row: Option<&Row>, index: usize) -> Result<Option<T>> {
    row.map_or(Ok(None), |row| row.try_get(index).map_err(|_| unexpected()))
}

fn text(it: &(impl ToSql + Sync)) -> Parameter<'_> {
    (it, Type::TEXT)
}

/// A lifetime in milliseconds, as `statements` counts them.
fn lifetime(ttl: Option<Duration>) -> Option<f64> {
    ttl.map(|ttl| ttl.min(statements::LONGEST_LIFETIME).as_secs_f64() * 1_000.0)
}

#[async_trait]
impl Store for PostgresStore {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        value(&self.query(&self.statements.get, &[text(&key)]).await?)
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(String, Option<Duration>)>> {
        let rows = self.query(&self.statements.get, &[text(&key)]).await?;
        let Some(value) = value(&rows)? else {
            return Ok(None);
        };
        let remaining = column::<Option<i64>>(rows.first(), 1)?.flatten();
        let remaining = remaining.map(|ms| u64::try_from(ms).unwrap_or_default());
        Ok(Some((value, remaining.map(Duration::from_millis))))
    }

    async fn get_both(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        let parameters = [text(&first), text(&second)];
        let rows = self.query(&self.statements.get_both, &parameters).await?;
        let mut values = [None, None];
        for row in &rows {
            let key: Option<String> = column(Some(row), 0)?;
            for (name, value) in [first, second].into_iter().zip(&mut values) {
                if key.as_deref() == Some(name) {
                    *value = column(Some(row), 1)?;
                }
            }
        }
        Ok(values)
    }

    fn reads_both_at_once(&self) -> bool {
        true
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        let parameters = [text(&key), text(&value), (&lifetime(ttl), Type::FLOAT8)];
        self.query(&self.statements.set, &parameters)
            .await
            .map(drop)
    }

    async fn delete(&self, key: &str) -> Result<()> {
        let rows = self.query(&self.statements.delete, &[text(&key)]).await;
        rows.map(drop)
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        let rows = self.query(&self.statements.take, &[text(&key)]).await?;
        let is_alive = column(rows.first(), 1)?.unwrap_or(false);
        if is_alive { value(&rows) } else { Ok(None) }
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        let statements = &self.statements;
        let ttl = lifetime(ttl);
        let (key, ttl) = (text(&key), (&ttl as &(dyn ToSql + Sync), Type::FLOAT8));
        let rows = match (&expected, &value) {
            (None, None) => self.query(&statements.is_absent, &[key]).await?,
            (None, Some(value)) => {
                let parameters = [key, text(value), ttl];
                self.query(&statements.insert, &parameters).await?
            }
            (Some(expected), None) => {
                let parameters = [key, text(expected)];
                self.query(&statements.remove, &parameters).await?
            }
            (Some(expected), Some(value)) => {
                let parameters = [key, text(value), ttl, text(expected)];
                self.query(&statements.replace, &parameters).await?
            }
        };
        Ok(!rows.is_empty())
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        let parameters = [text(&key), text(&member), (&lifetime(ttl), Type::FLOAT8)];
        let rows = self.query(&self.statements.add_member, &parameters).await;
        rows.map(drop)
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        let parameters = [text(&key), text(&member)];
        let rows = self.query(&self.statements.remove_member, &parameters);
        rows.await.map(drop)
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        let rows = self.query(&self.statements.members, &[text(&key)]).await?;
        let members = rows.iter().map(|row| column(Some(row), 0));
        members.filter_map(Result::transpose).collect()
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        let rows = self.query(&self.statements.delete_set, &[text(&key)]).await;
        rows.map(drop)
    }

    async fn keys(&self, prefix: &str, position: Option<&str>) -> Result<Keys> {
        let begin = position.unwrap_or(prefix);
        let parameters = [text(&begin), (&position, Type::TEXT)];
        let rows = self.query(&self.statements.keys, &parameters).await?;
        let keys = rows.iter().map(|row| column(Some(row), 0));
        let keys: Vec<_> = keys.filter_map(Result::transpose).collect::<Result<_>>()?;
        Ok(Keys::in_order(keys, prefix, statements::KEYS_AT_ONCE))
    }

    async fn entry(&self, key: &str) -> Result<Entry> {
        let mut entry = Entry::default();
        for row in &self.query(&self.statements.entry, &[text(&key)]).await? {
            let member: String = column(Some(row), 0)?.ok_or_else(unexpected)?;
            let left = column::<Option<i64>>(Some(row), 2)?.flatten();
            let left = left.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or_default()));
            if !member.is_empty() {
                entry.members.push((member, left));
            } else if let Some(value) = column::<Option<String>>(Some(row), 1)?.flatten() {
                entry.value = Some((value, left));
            }
        }
        Ok(entry)
    }

    async fn ping(&self) -> Result<()> {
        self.query("SELECT 1", &[]).await.map(drop)
    }

    /// Waits for the calls that began; each is bounded in time.
    async fn close(&self) {
        self.pool.close().await;
    }
}
