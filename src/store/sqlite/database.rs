//! The open file: its settings and its schema.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::IN_MEMORY;
use super::contention::BUSY_TIMEOUT;
use super::error::{failure, foreign, newer, not_created, read_only};
use crate::store::{ErrorKind, Result};

/// The version of the schema below, in the file's `user_version`.
const VERSION: i64 = 1;

/// Tells a file of this store from that of another application, in the file's `application_id`: `CBKN`.
const APPLICATION: i64 = 0x4342_4b4e;

/// Values stand in a table with row numbers, because they can be longer than what SQLite advises for
/// tables without; members are keys and nothing else.
const SCHEMA: &str = "
CREATE TABLE entries (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, ends INTEGER) STRICT;
CREATE INDEX entries_by_end ON entries (ends) WHERE ends IS NOT NULL;
CREATE TABLE members (
    key TEXT NOT NULL, member TEXT NOT NULL, ends INTEGER, PRIMARY KEY (key, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_end ON members (ends) WHERE ends IS NOT NULL;";

/// How long after another process was in the way opening is tried again.
const RETRY_DELAY: Duration = Duration::from_millis(10);

/// A file, and the connection to it while it is open.
pub(super) struct Database {
    pub(super) path: PathBuf,
    connection: Option<Connection>,
}

impl Database {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            connection: None,
        }
    }

    /// The connection, which is opened where it is not.
    pub(super) fn connection(&mut self, deadline: Instant) -> Result<&Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => open(&self.path, deadline)?,
        };
        Ok(self.connection.insert(connection))
    }

    /// The connection, if it is open.
    pub(super) fn current(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }

    /// Closes the file; the next call opens it again. One in memory has all that there is.
    pub(super) fn give_up(&mut self) {
        if self.path != Path::new(IN_MEMORY) {
            self.connection = None;
        }
    }

    /// Puts what stands in the log into the file, as far as other processes let it, and closes both.
    pub(super) fn close(self) {
        if let Some(connection) = self.connection {
            connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .ok();
        }
    }
}

/// Opens the file, and makes it where there is none. Of several processes that do so at once, SQLite
/// lets one switch the file to its journal, and refuses the others without waiting.
fn open(path: &Path, deadline: Instant) -> Result<Connection> {
    loop {
        match open_once(path) {
            Err(error) if error.kind() == ErrorKind::TimedOut && Instant::now() < deadline => {
                sleep(RETRY_DELAY);
            }
            outcome => return outcome,
        }
    }
}

fn open_once(path: &Path) -> Result<Connection> {
    if path != Path::new(IN_MEMORY) {
        create(path).map_err(|error| not_created(path, &error))?;
    }
    let mut connection = connect(path).map_err(|error| failure(path, &error))?;
    if connection
        .is_readonly("main")
        .map_err(|error| failure(path, &error))?
    {
        return Err(read_only(path));
    }
    // Before anything is written: it may be somebody else's file.
    let version = prepare(&mut connection).map_err(|error| failure(path, &error))?;
    match version {
        Schema::Current => {}
        Schema::Foreign => return Err(foreign(path)),
        Schema::Newer(version) => return Err(newer(path, version)),
    }
    settings(&connection).map_err(|error| failure(path, &error))?;
    Ok(connection)
}

/// Makes an empty file that nobody else may read. SQLite gives the rights of the file to those that it
/// makes beside it. A file that is there is not touched: to close it would end the locks that this
/// process has on it through other stores.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // One thread uses it. A path is never a URI.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Whose schema a file has.
enum Schema {
    Current,
    Foreign,
    Newer(i64),
}

/// Finds out whose schema the file has, and gives an empty one the current.
fn prepare(connection: &mut Connection) -> rusqlite::Result<Schema> {
    if let Some(schema) = schema(connection)? {
        return Ok(schema);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    if let Some(schema) = schema(&transaction)? {
        return Ok(schema);
    }
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(Schema::Current)
}

/// None for an empty file.
fn schema(connection: &Connection) -> rusqlite::Result<Option<Schema>> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    Ok(match (application, version) {
        (0, 0) if tables == 0 => None,
        (APPLICATION, VERSION) => Some(Schema::Current),
        (APPLICATION, newer) => Some(Schema::Newer(newer)),
        _ => Some(Schema::Foreign),
    })
}

/// A write-ahead log, with which readers wait for nobody. What was answered is on the disk
/// (`FULL`), and not only with the operating system.
fn settings(connection: &Connection) -> rusqlite::Result<()> {
    // Where the log cannot be had, on some network file systems, the older journal does the same.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.busy_timeout(BUSY_TIMEOUT)
}
