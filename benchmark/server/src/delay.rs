//! A way to a server that takes a while: what a client sends arrives later, in order.
//!
//! Answers come back at once, so a round trip takes as long as the delay. Chunks do not wait for
//! one another: what is sent within one delay arrives within one delay.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::api::announce;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Forwards connections to `port` until the process ends.
pub(crate) async fn serve(port: u32, milliseconds: u32) -> std::io::Result<()> {
    let delay = Duration::from_millis(milliseconds.into());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(listener.local_addr()?.port());
    loop {
        let (client, _) = listener.accept().await?;
        let server = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_client, mut to_client) = client.into_split();
        let (mut from_server, to_server) = server.into_split();
        tokio::task::spawn_local(later(from_client, to_server, delay));
        tokio::task::spawn_local(async move { copy(&mut from_server, &mut to_client).await });
    }
}

async fn later(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::task::spawn_local(async move {
        while let Some((due, bytes)) = receiver.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        let bytes = chunk[..length].to_vec();
        if sender.send((Instant::now() + delay, bytes)).is_err() {
            return;
        }
    }
}
