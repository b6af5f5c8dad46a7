//! What an SQLite store does with its file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chatbotkit_nextauth::store::{Error, ErrorKind, SqliteConfig, SqliteStore, Store};
use rusqlite::Connection;

use crate::{check_remote, conformance};

const SHORT: Duration = Duration::from_millis(100);

/// A folder that ends with its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sqlite-test-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("auth.db")
    }

    /// The names of what is in it.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn store(path: &Path) -> SqliteStore {
    SqliteStore::new(SqliteConfig::new(Some(path.to_owned())))
}

/// The error of a call, which has to name the file.
async fn refusal(path: &Path) -> Error {
    let error = store(path).get("secret").await.unwrap_err();
    let message = error.to_string();
    let start = format!("the sqlite store at {} ", path.display());
    assert!(message.starts_with(&start), "{message}");
    error
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_sqlite_store_keeps_the_promises_of_a_store() {
    let folder = Folder::new();
    check_remote(|| Arc::new(store(&folder.file()))).await;
    let store = store(&folder.file());
    conformance::a_value_and_a_set_at_one_key_are_two_things(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_sqlite_store_in_memory_keeps_them() {
    let store: Arc<dyn Store> = Arc::new(store(Path::new(":memory:")));
    conformance::check(&[Arc::clone(&store), Arc::clone(&store)]).await;
    crate::closing::check(&*store).await;
}

#[tokio::test]
async fn what_was_answered_is_in_the_file_and_nothing_is_made_before_the_first_call() {
    let folder = Folder::new();
    let first = store(&folder.file());
    assert!(folder.names().is_empty());
    first.set("key", "1", None).await.unwrap();
    first.close().await;
    assert_eq!(folder.names(), ["auth.db"], "the log is in the file");
    let second = store(&folder.file());
    assert_eq!(second.get("key").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_store_that_was_dropped_closes_its_file() {
    let folder = Folder::new();
    let dropped = store(&folder.file());
    dropped.set("key", "1", None).await.unwrap();
    drop(dropped);
    for _ in 0..500 {
        if folder.names() == ["auth.db"] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", folder.names());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let store = store(&folder.file());
    store.set("key", "1", None).await.unwrap();
    assert_eq!(folder.names(), ["auth.db", "auth.db-shm", "auth.db-wal"]);
    for name in folder.names() {
        let mode = fs::metadata(folder.0.join(&name)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn what_has_ended_leaves_the_file_though_nobody_asks_for_it() {
    let folder = Folder::new();
    let store = store(&folder.file());
    for number in 0..450 {
        let key = format!("key {number}");
        store.set(&key, "1", Some(SHORT)).await.unwrap();
        store.add_member("set", &key, Some(SHORT)).await.unwrap();
    }
    store.set("long", "1", None).await.unwrap();
    store.add_member("set", "long", None).await.unwrap();
    let reader = Connection::open(folder.file()).unwrap();
    let count = || {
        let sql = "SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM members)";
        reader
            .query_row(sql, [], |row| row.get::<_, u32>(0))
            .unwrap()
    };
    for _ in 0..500 {
        if count() == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} rows are left", count());
}

#[tokio::test]
async fn what_cannot_be_its_file_is_refused_by_name_and_left_as_it_is() {
    let folder = Folder::new();
    assert_eq!(refusal(&folder.0).await.kind(), ErrorKind::Misconfigured);
    let nowhere = folder.0.join("nowhere").join("auth.db");
    assert_eq!(refusal(&nowhere).await.kind(), ErrorKind::Misconfigured);

    let text = folder.0.join("text");
    fs::write(&text, "This is no database.".repeat(1_000)).unwrap();
    let error = refusal(&text).await;
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("damaged"), "{error}");
    assert!(fs::read_to_string(&text).unwrap().ends_with("database."));

    for (name, sql, words) in [
        ("other", "CREATE TABLE theirs (a)", "another application"),
        (
            "versioned",
            "PRAGMA user_version = 7",
            "another application",
        ),
        (
            "newer",
            "PRAGMA application_id = 1128418126; PRAGMA user_version = 2",
            "version 2 of the schema",
        ),
    ] {
        let path = folder.0.join(name);
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let before = fs::read(&path).unwrap();
        let error = refusal(&path).await;
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before, "{name} was changed");
    }
}

#[tokio::test]
async fn a_damaged_file_is_an_error_until_it_is_mended() {
    let folder = Folder::new();
    let first = store(&folder.file());
    first.set("key", "1", None).await.unwrap();
    first.close().await;
    let whole = fs::read(folder.file()).unwrap();
    let mut damaged = whole.clone();
    damaged[4096..].fill(0xa5);
    fs::write(folder.file(), damaged).unwrap();
    let second = store(&folder.file());
    let error = second.get("key").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(error.to_string().contains("damaged"), "{error}");
    fs::write(folder.file(), whole).unwrap();
    assert_eq!(second.get("key").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for_in_time() {
    let folder = Folder::new();
    let mut config = SqliteConfig::new(Some(folder.file()));
    config.timeout = Duration::from_millis(300);
    let store = SqliteStore::new(config);
    store.set("key", "1", None).await.unwrap();
    let writer = Connection::open(folder.file()).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.set("key", "2", None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.is_temporary());
    assert_eq!(store.get("key").await.unwrap().as_deref(), Some("1"));
    writer.execute_batch("COMMIT").unwrap();
    store.set("key", "3", None).await.unwrap();
    assert_eq!(store.get("key").await.unwrap().as_deref(), Some("3"));
}

#[tokio::test]
async fn a_missing_path_is_an_error_of_the_first_call() {
    let store = SqliteStore::new(SqliteConfig::new(None));
    let error = store.ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("no path"), "{error}");
    store.close().await;
}
