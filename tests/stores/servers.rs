//! Real Redis servers on loopback, which end with the value that stands for them.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redis::{Cmd, RedisResult, Value};

/// Runs a server until its input ends, which is when the test process does, however that ends; then
/// removes the folder that it is named after.
const RUN: &str = r#""$@" >/dev/null 2>&1 & read -r _; kill -9 $!; rm -rf "$0""#;

/// How long a server, or a cluster of them, may take to be ready.
const READY_TIMEOUT: Duration = Duration::from_secs(20);

/// Below the ports that systems take for outgoing connections (Linux: from 32768), with room for a
/// cluster node's second port, which is 10,000 above its first.
const PORTS: std::ops::Range<u16> = 12_000..22_000;

const BUS_PORT_OFFSET: u16 = 10_000;

/// The name under which sentinels know their primary.
pub(crate) const SERVICE: &str = "sessions";

/// A running server.
pub(crate) struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// A Redis that keeps nothing on disk.
    pub(crate) async fn start() -> Self {
        Self::with_settings(&[]).await
    }

    /// A sentinel that watches over `primary`.
    pub(crate) async fn sentinel(primary: &Server) -> Self {
        let port = free_port();
        let folder = folder(port);
        let file = folder.join("sentinel.conf");
        let lines = format!(
            "bind 127.0.0.1\nsentinel monitor {SERVICE} 127.0.0.1 {} 1\n",
            primary.port
        );
        std::fs::write(&file, lines).unwrap();
        Self::run(port, &[&file.display().to_string(), "--sentinel"]).await
    }

    async fn with_settings(settings: &[&str]) -> Self {
        let common = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        Self::run(free_port(), &[&common, settings].concat()).await
    }

    async fn run(port: u16, settings: &[&str]) -> Self {
        let folder = folder(port);
        let installed = Command::new("redis-server").arg("--version").output();
        assert!(
            installed.is_ok(),
            "There is no redis-server, which this test needs. Run: apt-get install -y redis-server"
        );
        let process = Command::new("sh")
            .args(["-c", RUN])
            .arg(&folder)
            .arg("redis-server")
            .args(settings)
            .args(["--port", &port.to_string(), "--dir"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        server.until("a PONG", &["PING"], |_| true).await;
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    async fn ask(&self, command: &[&str]) -> RedisResult<Value> {
        let client = redis::Client::open(self.url())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut words = Cmd::new();
        words.arg(command);
        words.query_async(&mut connection).await
    }

    /// Waits for an answer that is not an error and of which `holds` is true.
    async fn until(&self, what: &str, command: &[&str], holds: impl Fn(&str) -> bool) {
        let began = Instant::now();
        loop {
            let answer = self.ask(command).await;
            if answer.as_ref().is_ok_and(|it| holds(&text(it))) {
                return;
            }
            let port = self.port;
            assert!(
                began.elapsed() < READY_TIMEOUT,
                "waited in vain for {what} of the server at port {port}; it answered {answer:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

/// A cluster of three primaries.
pub(crate) async fn start_cluster() -> Vec<Server> {
    let mut nodes = vec![];
    for _ in 0..3 {
        nodes.push(Server::with_settings(&["--cluster-enabled", "yes"]).await);
    }
    let addresses = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port));
    let created = Command::new("redis-cli")
        .args(["--cluster", "create"])
        .args(addresses)
        .arg("--cluster-yes")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&created.stdout);
    assert!(created.status.success(), "{output}");
    for node in &nodes {
        let is_whole = |info: &str| info.contains("cluster_state:ok");
        node.until("a whole cluster", &["CLUSTER", "INFO"], is_whole)
            .await;
    }
    nodes
}

fn text(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::VerbatimString { text, .. } | Value::SimpleString(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

/// A port that nobody listens on, nor on the one that a cluster's node has beside it.
pub(crate) fn free_port() -> u16 {
    let is_free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    loop {
        let number = getrandom::u32().unwrap() % u32::from(PORTS.end - PORTS.start);
        let port = PORTS.start + u16::try_from(number).unwrap();
        if is_free(port) && is_free(port + BUS_PORT_OFFSET) {
            return port;
        }
    }
}

/// The folder of the server at `port`.
fn folder(port: u16) -> PathBuf {
    let process = std::process::id();
    let folder = std::env::temp_dir().join(format!("redis-test-{process}-{port}"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
