//! Opens a connection to one server: TCP or a socket, TLS, and the words that it begins with.

use std::io;
use std::time::Duration;

use futures_util::future::select_ok;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::io::tcp::socket2::{SockRef, TcpKeepalive};
use redis::{AsyncConnectionConfig, Cmd, Pipeline, RedisConnectionInfo, Value};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::connection::{NodeConnection, server_failure};
use super::error::{connect_failure, connection_failure, misconfigured};
use super::node::{Address, Node};
use crate::store::remote::retry::Failure;
use crate::store::remote::tls::Tls;

/// An idle connection is asked for a sign of life, so that it is known to be dead, and so that no
/// load balancer forgets it: Azure's does after four minutes or more, AWS's after 350 seconds.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// What a connection runs over.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Opens connections. What the platform trusts is read once, when it is first needed.
pub(super) struct Opener {
    tls: Tls,
    connector: OnceCell<TlsConnector>,
}

impl Opener {
    pub(super) fn new(tls: Tls) -> Self {
        Self {
            tls,
            connector: OnceCell::new(),
        }
    }

    /// Opens a connection to `node`. Whoever calls limits the time.
    pub(super) async fn open(&self, node: &Node) -> Result<NodeConnection, Failure> {
        let address = &node.address;
        let stream = self.stream(node).await?;
        // Nothing is said in the connection's name that its user may have no right to.
        let silent = RedisConnectionInfo::default().set_skip_set_lib_name();
        let untimed = AsyncConnectionConfig::new().set_response_timeout(None);
        let (connection, driver) = MultiplexedConnection::new_with_config(&silent, stream, untimed)
            .await
            .map_err(|error| connection_failure(address, &error))?;
        let connection = NodeConnection::new(connection, tokio::spawn(driver), address.clone());
        greet(&connection, &node.greeting()).await?;
        Ok(connection)
    }

    async fn stream(&self, node: &Node) -> Result<Box<dyn Stream>, Failure> {
        let failure = |error| connect_failure(&node.address, &error);
        match &node.address {
            Address::Tcp { host, port } => {
                let tcp = connect(host, *port).await.map_err(failure)?;
                if !node.tls {
                    return Ok(Box::new(tcp));
                }
                let name = ServerName::try_from(host.clone());
                let name = name.map_err(|_| permanent("the host of a url is not valid"))?;
                let tls = self.connector().await?.connect(name, tcp);
                Ok(Box::new(tls.await.map_err(failure)?))
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                Ok(Box::new(stream.map_err(failure)?))
            }
            #[cfg(not(unix))]
            Address::Unix(_) => Err(permanent("this platform has no Unix sockets")),
        }
    }

    async fn connector(&self) -> Result<&TlsConnector, Failure> {
        let connector = self.connector.get_or_try_init(async || {
            let client = self.tls.client().await;
            client.map(|client| TlsConnector::from(std::sync::Arc::new(client)))
        });
        connector.await.map_err(|problem| permanent(&problem))
    }
}

fn permanent(problem: &str) -> Failure {
    misconfigured(problem).into()
}

/// The first address of the host that answers.
async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses: Vec<_> = lookup_host((host, port)).await?.collect();
    if addresses.is_empty() {
        return Err(io::Error::other("the host has no address"));
    }
    let attempts = addresses
        .into_iter()
        .map(|it| Box::pin(TcpStream::connect(it)));
    let (stream, _) = select_ok(attempts).await?;
    // Commands go out as they come. Otherwise one that follows another waits for the
    // acknowledgement of that one, which servers put off by 40 ms (RFC 1122, 4.2.3.2 and 4.2.3.4).
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_IDLE)
        .with_interval(KEEPALIVE_INTERVAL);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    Ok(stream)
}

/// Says the words that a connection begins with, in one round trip.
async fn greet(connection: &NodeConnection, commands: &[Vec<String>]) -> Result<(), Failure> {
    if commands.is_empty() {
        return Ok(());
    }
    let mut pipeline = Pipeline::new();
    for words in commands {
        let mut command = Cmd::new();
        command.arg(words);
        pipeline.add_command(command);
    }
    let mut driver = connection.driver();
    let answers = driver.req_packed_commands(&pipeline, 0, commands.len());
    let answers = answers
        .await
        .map_err(|error| connection_failure(connection.address(), &error))?;
    for (answer, words) in answers.into_iter().zip(commands) {
        if let Value::ServerError(error) = answer {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            return Err(server_failure(connection.address(), &words, &error));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn commands_go_out_as_they_come_and_idle_connections_are_kept() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = connect("127.0.0.1", port).await.unwrap();
        assert!(stream.nodelay().unwrap());
        assert!(SockRef::from(&stream).keepalive().unwrap());
    }
}
