//! What the server does instead of, or beside, answering properly.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// What happens after a request was read.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A complete answer with these header lines and this body. The connection stays open.
    Whole(u16, Vec<String>, Vec<u8>),
    /// These bytes, and then the end of the connection.
    Bytes(Vec<u8>),
    /// The same bytes again and again after an opening, for as long as they are taken.
    Endless(Vec<u8>, Vec<u8>),
    /// A whole answer, byte by byte with this wait between.
    Drip(Duration, Box<Answer>),
    /// Another answer after a while.
    After(Duration, Box<Answer>),
    /// These bytes and then nothing more, on an open connection.
    Stall(Vec<u8>),
    /// A TCP reset instead of an answer.
    Reset,
}

impl Answer {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    /// An answer of any content type.
    pub(crate) fn text(status: u16, kind: &str, body: &str) -> Self {
        Self::Whole(status, vec![format!("content-type: {kind}")], body.into())
    }

    /// An error as the API sends it.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body = json!({ "message": format!("{code} it is"), "code": code });
        Self::json(status, &body)
    }

    /// The 404 of a route or of a sub-account that does not exist.
    pub(crate) fn not_found() -> Self {
        Self::error(404, "NOT_FOUND")
    }

    /// A page of a list.
    pub(crate) fn page(items: &[Value], cursor: &Value) -> Self {
        Self::json(200, &json!({ "items": items, "cursor": cursor }))
    }

    /// An answer that says `200` and where the body is longer or shorter than it says.
    pub(crate) fn with_length(length: usize, body: &str) -> Self {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        Self::Bytes(head.into())
    }

    /// A chunked body that never ends and never is anything but the beginning of a JSON text.
    pub(crate) fn endless_body() -> Self {
        let chunk = format!("10000\r\n{}\r\n", "[".repeat(0x1_0000));
        Self::Endless(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
            chunk.into(),
        )
    }

    /// Nothing at all, on an open connection.
    pub(crate) fn hang() -> Self {
        Self::Stall(vec![])
    }

    /// The same answer with one more header line.
    pub(crate) fn header(mut self, line: &str) -> Self {
        if let Self::Whole(_, headers, _) = &mut self {
            headers.push(line.to_owned());
        }
        self
    }

    /// The same answer, later.
    pub(crate) fn after(self, millis: u64) -> Self {
        Self::After(Duration::from_millis(millis), Box::new(self))
    }

    /// The same answer, one byte each `millis`.
    pub(crate) fn drip(self, millis: u64) -> Self {
        Self::Drip(Duration::from_millis(millis), Box::new(self))
    }

    /// Does it, and says whether the connection goes on. Errors only mean that the client left.
    pub(super) async fn send(self, stream: &mut TcpStream, written: &AtomicU64) -> bool {
        match self {
            Self::Whole(..) => stream.write_all(&self.bytes()).await.is_ok(),
            Self::Bytes(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                false
            }
            Self::Endless(opening, again) => {
                let mut sent = stream.write_all(&opening).await;
                while sent.is_ok() {
                    sent = stream.write_all(&again).await;
                    written.fetch_add(again.len() as u64, Ordering::SeqCst);
                }
                false
            }
            Self::Drip(wait, answer) => {
                for byte in answer.bytes() {
                    if stream.write_all(&[byte]).await.is_err() {
                        return false;
                    }
                    tokio::time::sleep(wait).await;
                }
                true
            }
            Self::After(wait, answer) => {
                tokio::time::sleep(wait).await;
                Box::pin(answer.send(stream, written)).await
            }
            Self::Stall(bytes) => {
                let _ = stream.write_all(&bytes).await;
                std::future::pending().await
            }
            Self::Reset => {
                stream.set_zero_linger().unwrap();
                false
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let Self::Whole(status, headers, body) = self else {
            panic!("only a whole answer has bytes");
        };
        let (status, length) = (
            format!("HTTP/1.1 {status} Status"),
            format!("content-length: {}", body.len()),
        );
        let lines = [status]
            .iter()
            .chain(headers)
            .chain([&length])
            .cloned()
            .collect::<Vec<_>>();
        let head = format!("{}\r\n\r\n", lines.join("\r\n"));
        [head.as_bytes(), body].concat()
    }
}
