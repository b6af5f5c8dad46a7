//! A PostgreSQL store over a real server, which ends with the value that stands for it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chatbotkit_nextauth::store::{ErrorKind, PostgresConfig, PostgresStore, Store};
use tokio_postgres::{Client, NoTls};

use crate::{check_remote, conformance, servers};

/// Makes a server's data in the folder $0 and runs it at the port $1 until the input ends, which is when
/// the test process does; then removes the folder. The server refuses to be root's.
const RUN: &str = r#"
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
PATH="$bin:$PATH"
as=
if [ "$(id -u)" = 0 ]; then
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
  chown postgres:postgres "$0"
fi
cd "$0"
$as initdb -D data -U postgres -A trust --no-sync >/dev/null
$as postgres -D data -p "$1" -k "$0" -h 127.0.0.1 -F >/dev/null 2>&1 &
read -r _
kill -9 $!
rm -rf "$0""#;

const READY_TIMEOUT: Duration = Duration::from_secs(60);

const SHORT: Duration = Duration::from_millis(100);

struct Server {
    process: Child,
    port: u16,
}

impl Server {
    async fn start() -> Self {
        let port = servers::free_port();
        let process = std::process::id();
        let folder: PathBuf = std::env::temp_dir().join(format!("postgres-test-{process}-{port}"));
        std::fs::create_dir_all(&folder).unwrap();
        let process = Command::new("sh")
            .args(["-c", RUN])
            .arg(&folder)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let began = Instant::now();
        while server.connect().await.is_none() {
            assert!(
                began.elapsed() < READY_TIMEOUT,
                "There is no PostgreSQL, which this test needs. Run: apt-get install -y postgresql"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    fn config(&self) -> PostgresConfig {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        PostgresConfig::new(Some(url))
    }

    fn store(&self) -> PostgresStore {
        PostgresStore::new(self.config())
    }

    /// A client that looks at the table.
    async fn connect(&self) -> Option<Client> {
        let config = format!("host=127.0.0.1 port={} user=postgres", self.port);
        let (client, connection) = tokio_postgres::connect(&config, NoTls).await.ok()?;
        tokio::spawn(connection);
        Some(client)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_postgres_store_keeps_the_promises_of_a_store() {
    let server = Server::start().await;
    check_remote(|| Arc::new(server.store())).await;
    conformance::a_value_and_a_set_at_one_key_are_two_things(&server.store()).await;
    what_has_ended_leaves_the_table(&server).await;
    names_are_taken_as_they_are(&server).await;
    a_stricter_isolation_is_met_by_repeating(&server).await;
    a_statement_that_waits_for_a_lock_is_canceled(&server).await;
}

async fn what_has_ended_leaves_the_table(server: &Server) {
    let store = server.store();
    for number in 0..1_200 {
        let key = format!("ended {number}");
        store.set(&key, "1", Some(SHORT)).await.unwrap();
    }
    tokio::time::sleep(SHORT).await;
    // The first call of a store looks for what has ended, and goes on until all of it is gone.
    let later = server.store();
    later.ping().await.unwrap();
    let client = server.connect().await.unwrap();
    let sql = "SELECT count(*) FROM chatbotkit_nextauth WHERE key LIKE 'ended%'";
    let count = async || client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
    let began = Instant::now();
    while count().await > 0 {
        assert!(
            began.elapsed() < READY_TIMEOUT,
            "{} are left",
            count().await
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn names_are_taken_as_they_are(server: &Server) {
    let client = server.connect().await.unwrap();
    client
        .batch_execute("CREATE SCHEMA \"Auth\"")
        .await
        .unwrap();
    let mut config = server.config();
    "Auth.Entries".clone_into(&mut config.table);
    let store = PostgresStore::new(config);
    store.set("key", "1", None).await.unwrap();
    let sql = "SELECT value FROM \"Auth\".\"Entries\"";
    let row = client.query_one(sql, &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "1");
}

async fn a_stricter_isolation_is_met_by_repeating(server: &Server) {
    let client = server.connect().await.unwrap();
    let sql = "ALTER DATABASE postgres SET default_transaction_isolation TO ";
    client
        .batch_execute(&format!("{sql}serializable"))
        .await
        .unwrap();
    let stores = [0, 1].map(|_| Arc::new(server.store()));
    let writers = (0..20).map(|number: usize| {
        let store = Arc::clone(&stores[number % 2]);
        tokio::spawn(async move {
            for turn in 0..10 {
                let value = format!("{number}.{turn}");
                store.set("contended", &value, None).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    client
        .batch_execute(&format!("{sql}DEFAULT"))
        .await
        .unwrap();
}

async fn a_statement_that_waits_for_a_lock_is_canceled(server: &Server) {
    let mut config = server.config();
    config.timeout = Duration::from_millis(600);
    let store = PostgresStore::new(config);
    store.set("key", "1", None).await.unwrap();
    let client = server.connect().await.unwrap();
    let lock = "BEGIN; LOCK TABLE chatbotkit_nextauth IN ACCESS EXCLUSIVE MODE";
    client.batch_execute(lock).await.unwrap();
    for _ in 0..3 {
        let error = store.get("key").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    }
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    let began = Instant::now();
    while client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        assert!(began.elapsed() < READY_TIMEOUT, "statements still wait");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    client.batch_execute("COMMIT").await.unwrap();
    assert_eq!(store.get("key").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_missing_url_is_an_error_of_the_first_call() {
    let store = PostgresStore::new(PostgresConfig::new(None));
    let error = store.ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("no url"), "{error}");
}
