//! The operations of [`crate::store::Store`] as SQL.
//!
//! Whoever calls those that write has begun a transaction with the right to write (`IMMEDIATE`): what
//! is read in it does not change until it ends.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result, params};

use crate::store::clock::{end_of, now};
use crate::store::{Entry, Keys};

const GET: &str = "SELECT value, ends FROM entries WHERE key = ?1 AND (ends IS NULL OR ends > ?2)";

const SET: &str = "INSERT INTO entries (key, value, ends) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, ends = excluded.ends";

const DELETE: &str = "DELETE FROM entries WHERE key = ?1";

const ADD_MEMBER: &str = "INSERT INTO members (key, member, ends) VALUES (?1, ?2, ?3)
    ON CONFLICT (key, member) DO UPDATE SET ends = excluded.ends";

const REMOVE_MEMBER: &str = "DELETE FROM members WHERE key = ?1 AND member = ?2";

const MEMBERS: &str = "SELECT member FROM members WHERE key = ?1 AND (ends IS NULL OR ends > ?2)";

const DELETE_SET: &str = "DELETE FROM members WHERE key = ?1";

/// The end that comes next, or came first.
const NEXT_END: &str = "SELECT min(ends) FROM (
    SELECT min(ends) AS ends FROM entries WHERE ends IS NOT NULL
    UNION ALL SELECT min(ends) FROM members WHERE ends IS NOT NULL)";

const SWEEP_ENTRIES: &str = "DELETE FROM entries WHERE rowid IN
    (SELECT rowid FROM entries WHERE ends <= ?1 LIMIT ?2)";

const SWEEP_MEMBERS: &str = "DELETE FROM members WHERE (key, member) IN
    (SELECT key, member FROM members WHERE ends <= ?1 LIMIT ?2)";

/// ?1 where to begin, ?2 a key that is passed over.
const KEYS: &str = "SELECT key FROM entries WHERE key >= ?1 AND key IS NOT ?2
    UNION SELECT key FROM members WHERE key >= ?1 AND key IS NOT ?2
    ORDER BY key LIMIT ?3";

const MEMBERS_AND_ENDS: &str =
    "SELECT member, ends FROM members WHERE key = ?1 AND (ends IS NULL OR ends > ?2)";

/// How many keys are told at once.
const KEYS_AT_ONCE: u32 = 500;

/// A value, and what remains of its lifetime.
type Value = (String, Option<Duration>);

pub(super) fn get(connection: &Connection, key: &str) -> Result<Option<Value>> {
    let now = now();
    let mut statement = connection.prepare_cached(GET)?;
    let entry = statement.query_row(params![key, signed(now)], |row| {
        Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?))
    });
    let remaining = |end| Duration::from_millis(unsigned(end).saturating_sub(now));
    Ok(entry
        .optional()?
        .map(|(value, end)| (value, end.map(remaining))))
}

pub(super) fn set(
    connection: &Connection,
    key: &str,
    value: &str,
    ttl: Option<Duration>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(SET)?;
    statement.execute(params![key, value, end(ttl)]).map(drop)
}

pub(super) fn delete(connection: &Connection, key: &str) -> Result<()> {
    let mut statement = connection.prepare_cached(DELETE)?;
    statement.execute(params![key]).map(drop)
}

pub(super) fn take(connection: &Connection, key: &str) -> Result<Option<String>> {
    let found = get(connection, key)?;
    if found.is_some() {
        delete(connection, key)?;
    }
    Ok(found.map(|(value, _)| value))
}

pub(super) fn compare_and_set(
    connection: &Connection,
    key: &str,
    expected: Option<&str>,
    value: Option<&str>,
    ttl: Option<Duration>,
) -> Result<bool> {
    let found = get(connection, key)?;
    let current = found.as_ref().map(|(value, _)| value.as_str());
    if value.is_some() && current == value {
        return Ok(true);
    }
    if current != expected {
        return Ok(false);
    }
    match value {
        Some(value) => set(connection, key, value, ttl)?,
        None => delete(connection, key)?,
    }
    Ok(true)
}

pub(super) fn add_member(
    connection: &Connection,
    key: &str,
    member: &str,
    ttl: Option<Duration>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(ADD_MEMBER)?;
    statement.execute(params![key, member, end(ttl)]).map(drop)
}

pub(super) fn remove_member(connection: &Connection, key: &str, member: &str) -> Result<()> {
    let mut statement = connection.prepare_cached(REMOVE_MEMBER)?;
    statement.execute(params![key, member]).map(drop)
}

pub(super) fn members(connection: &Connection, key: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(MEMBERS)?;
    let rows = statement.query_map(params![key, signed(now())], |row| row.get(0))?;
    rows.collect()
}

pub(super) fn delete_set(connection: &Connection, key: &str) -> Result<()> {
    let mut statement = connection.prepare_cached(DELETE_SET)?;
    statement.execute(params![key]).map(drop)
}

/// Keys in their order. A position is the key before those that are next.
pub(super) fn keys(connection: &Connection, prefix: &str, after: Option<&str>) -> Result<Keys> {
    let mut statement = connection.prepare_cached(KEYS)?;
    let begin = after.unwrap_or(prefix);
    let rows = statement.query_map(params![begin, after, KEYS_AT_ONCE], |row| row.get(0))?;
    let keys: Vec<String> = rows.collect::<Result<_>>()?;
    Ok(Keys::in_order(keys, prefix, KEYS_AT_ONCE))
}

pub(super) fn entry(connection: &Connection, key: &str) -> Result<Entry> {
    let now = now();
    let mut statement = connection.prepare_cached(MEMBERS_AND_ENDS)?;
    let rows = statement.query_map(params![key, signed(now)], |row| {
        let end: Option<i64> = row.get(1)?;
        let left = end.map(|end| Duration::from_millis(unsigned(end).saturating_sub(now)));
        Ok((row.get(0)?, left))
    })?;
    let value = get(connection, key)?;
    let members = rows.collect::<Result<_>>()?;
    Ok(Entry { value, members })
}

/// Reads something that is always there.
pub(super) fn ping(connection: &Connection) -> Result<()> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// How long it is until something ends: nothing where something has, None where nothing will.
pub(super) fn until_next_end(connection: &Connection) -> Result<Option<Duration>> {
    let mut statement = connection.prepare_cached(NEXT_END)?;
    let end: Option<i64> = statement.query_row([], |row| row.get(0))?;
    Ok(end.map(|end| Duration::from_millis(unsigned(end).saturating_sub(now()))))
}

/// Removes at most `limit` values and `limit` members that have ended.
pub(super) fn sweep(connection: &Connection, limit: u32) -> Result<()> {
    for sql in [SWEEP_ENTRIES, SWEEP_MEMBERS] {
        let mut statement = connection.prepare_cached(sql)?;
        statement.execute(params![signed(now()), limit])?;
    }
    Ok(())
}

fn end(ttl: Option<Duration>) -> Option<i64> {
    ttl.map(|ttl| signed(end_of(ttl)))
}

/// SQLite's integers are signed. All here fit.
fn signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

fn unsigned(millis: i64) -> u64 {
    u64::try_from(millis).unwrap_or_default()
}
