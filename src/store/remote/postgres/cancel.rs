//! Stops what a server does for nobody any more.
//!
//! The driver ends its connection as soon as it has asked for that. PgBouncer 1.18, which Debian 12 has,
//! ends itself when a client is gone before its request was passed on
//! (<https://github.com/pgbouncer/pgbouncer/pull/846>). libpq waits until the server closes the
//! connection, and so does this.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::{BoxFuture, join_all};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_postgres::CancelToken;
use tokio_postgres::config::Host;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::address::Address;
use super::target::Target;
use super::tls::{Connector, Handshake, Stream};

/// Asks each host of `target` for it: which of them the connection leads to, the driver does not tell, and
/// to the others the request is about nothing. What cannot be asked is left to go on.
pub(super) async fn cancel(token: CancelToken, target: &Target, tls: Connector) {
    let addresses = target.addresses();
    join_all(addresses.iter().map(|it| ask(&token, it, &tls))).await;
}

async fn ask(token: &CancelToken, address: &Address, tls: &Connector) -> io::Result<()> {
    let Address { host, name, port } = address;
    let tls = UntilClosed(tls.handshake(name));
    let asked = match host {
        Host::Tcp(host) => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            token.cancel_query_raw(UntilClosed(stream), tls).await
        }
        #[cfg(unix)]
        Host::Unix(folder) => {
            let stream = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?;
            token.cancel_query_raw(UntilClosed(stream), tls).await
        }
    };
    asked.map_err(io::Error::other)
}

/// A stream that waits for the other side to close it, and a handshake that makes one.
struct UntilClosed<T>(T);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for UntilClosed<Handshake> {
    type Stream = UntilClosed<Stream<S>>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Stream>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move { Ok(UntilClosed(self.0.connect(stream).await?)) })
    }
}

impl<S: TlsStream + Unpin> TlsStream for UntilClosed<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.0.channel_binding()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for UntilClosed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for UntilClosed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    /// Says nothing to the other side, which has to close first.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut bytes = [0; 64];
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.0).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
