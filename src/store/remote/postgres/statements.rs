//! The operations as SQL, each one statement, so that each is atomic and one round trip.
//!
//! A row is a value, or a member of a set: then `member` is not empty, and there is no `value`. Where
//! two change one row at once, the second waits for the first and looks at the row again (`READ
//! COMMITTED`); a stricter isolation refuses it instead, and the call is repeated.
//!
//! The server's clock decides what has ended: those of its clients differ.

use std::time::Duration;

/// How many rows are removed in one go.
pub(super) const SWEEP_LIMIT: i64 = 500;

/// How many keys are told at once.
pub(super) const KEYS_AT_ONCE: u32 = 500;

/// The longest lifetime that the server is told, a thousand years: later ends are no dates for it.
pub(super) const LONGEST_LIFETIME: Duration = Duration::from_secs(1_000 * 365 * 24 * 60 * 60);

/// The statements for one table.
pub(super) struct Statements {
    /// Makes the table and its index.
    pub(super) create: String,
    /// $1 key. The value, and what remains of its lifetime in milliseconds.
    pub(super) get: String,
    /// $1 and $2 keys. Each with its value.
    pub(super) get_both: String,
    /// $1 key, $2 value, $3 lifetime.
    pub(super) set: String,
    /// $1 key.
    pub(super) delete: String,
    /// $1 key. The value that it had, and whether that had not ended.
    pub(super) take: String,
    /// $1 key. A row if there is no value.
    pub(super) is_absent: String,
    /// $1 key, $2 value, $3 lifetime. A row if the value is there now, and no other was before.
    pub(super) insert: String,
    /// $1 key, $2 value, $3 lifetime, $4 the expected value. A row if the value is there now.
    pub(super) replace: String,
    /// $1 key, $2 the expected value. A row if it was removed.
    pub(super) remove: String,
    /// $1 key, $2 member, $3 lifetime.
    pub(super) add_member: String,
    /// $1 key, $2 member.
    pub(super) remove_member: String,
    /// $1 key.
    pub(super) members: String,
    /// $1 key.
    pub(super) delete_set: String,
    /// $1 where to begin, $2 a key that is passed over. [`KEYS_AT_ONCE`] keys in their order.
    pub(super) keys: String,
    /// $1 key. Each member, the value among them, and what remains of its lifetime in milliseconds.
    pub(super) entry: String,
    /// How many rows were removed, at most [`SWEEP_LIMIT`].
    pub(super) sweep: String,
}

/// Whether a row has not ended.
const ALIVE: &str = "(t.ends IS NULL OR t.ends > now())";

/// The end of the lifetime $3, which begins now.
const END: &str = "now() + $3 * interval '1 millisecond'";

impl Statements {
    /// `table` is a name, or a schema's and a name with a dot between.
    pub(super) fn new(table: &str) -> Self {
        let name = table.rsplit('.').next().unwrap_or(table);
        let index = quoted(format!("{name}_ends"));
        let table: Vec<_> = table.split('.').map(quoted).collect();
        let table = table.join(".");
        let value = "t.key = $1 AND t.member = ''";
        Self {
            create: create(&table, &index),
            get: format!(
                "SELECT value, (extract(epoch FROM ends - now()) * 1000)::int8
                FROM {table} t WHERE {value} AND {ALIVE}"
            ),
            get_both: format!(
                "SELECT key, value FROM {table} t
                WHERE t.key IN ($1, $2) AND t.member = '' AND {ALIVE}"
            ),
            set: format!(
                "INSERT INTO {table} (key, value, ends) VALUES ($1, $2, {END})
                ON CONFLICT (key, member) DO UPDATE SET value = excluded.value, ends = excluded.ends"
            ),
            delete: format!("DELETE FROM {table} t WHERE {value}"),
            take: format!("DELETE FROM {table} t WHERE {value} RETURNING value, {ALIVE}"),
            is_absent: format!(
                "SELECT 1 WHERE NOT EXISTS (SELECT FROM {table} t WHERE {value} AND {ALIVE})"
            ),
            // A value that is there already keeps its end: then this is a repetition.
            insert: format!(
                "INSERT INTO {table} AS t (key, value, ends) VALUES ($1, $2, {END})
                ON CONFLICT (key, member) DO UPDATE SET value = excluded.value,
                ends = CASE WHEN {ALIVE} THEN t.ends ELSE excluded.ends END
                WHERE NOT {ALIVE} OR t.value = excluded.value RETURNING 1"
            ),
            replace: format!(
                "UPDATE {table} t SET value = $2,
                ends = CASE WHEN t.value = $2 THEN t.ends ELSE {END} END
                WHERE {value} AND t.value IN ($4, $2) AND {ALIVE} RETURNING 1"
            ),
            remove: format!(
                "DELETE FROM {table} t WHERE {value} AND t.value = $2 AND {ALIVE} RETURNING 1"
            ),
            add_member: format!(
                "INSERT INTO {table} (key, member, ends) VALUES ($1, $2, {END})
                ON CONFLICT (key, member) DO UPDATE SET ends = excluded.ends"
            ),
            remove_member: format!("DELETE FROM {table} WHERE key = $1 AND member = $2"),
            members: format!(
                "SELECT member FROM {table} t WHERE t.key = $1 AND t.member <> '' AND {ALIVE}"
            ),
            delete_set: format!("DELETE FROM {table} WHERE key = $1 AND member <> ''"),
            keys: format!(
                "SELECT DISTINCT key FROM {table} WHERE key >= $1 AND key IS DISTINCT FROM $2
                ORDER BY key LIMIT {KEYS_AT_ONCE}"
            ),
            entry: format!(
                "SELECT member, value, (extract(epoch FROM ends - now()) * 1000)::int8
                FROM {table} t WHERE t.key = $1 AND {ALIVE}"
            ),
            // Passes over what others are changing, or removing, at this moment.
            sweep: format!(
                "WITH swept AS (DELETE FROM {table} WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM {table} WHERE ends <= now() LIMIT {SWEEP_LIMIT}
                FOR UPDATE SKIP LOCKED)) RETURNING 1) SELECT count(*) FROM swept"
            ),
        }
    }
}

/// Keys are compared byte by byte, whatever the database's language is.
fn create(table: &str, index: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {table} (key text COLLATE \"C\" NOT NULL, \
         member text COLLATE \"C\" NOT NULL DEFAULT '', value text, ends timestamptz, \
         PRIMARY KEY (key, member)); \
         CREATE INDEX IF NOT EXISTS {index} ON {table} (ends) WHERE ends IS NOT NULL"
    )
}

fn quoted(name: impl AsRef<str>) -> String {
    format!("\"{}\"", name.as_ref().replace('"', "\"\""))
}
