//! The REST protocol of Upstash Redis, which Vercel KV speaks too, in front of a real Redis.
//! After <https://upstash.com/docs/redis/features/restapi>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, Value};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const TOKEN: &str = "a token";

/// Answers requests for as long as the test lasts. Gives its URL.
pub(crate) async fn start(redis: &str) -> String {
    let client = redis::Client::open(redis).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(BufReader::new(stream), connection.clone()));
        }
    });
    url
}

/// Answers the requests of one connection.
async fn serve(mut stream: BufReader<TcpStream>, redis: MultiplexedConnection) -> Option<()> {
    loop {
        let (mut length, mut is_authorized, mut is_base64) = (0, false, false);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok()?;
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().ok()?,
                Some(("authorization", value)) => {
                    is_authorized = value == format!("Bearer {TOKEN}");
                }
                Some(("upstash-encoding", value)) => is_base64 = value == "base64",
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        assert!(is_base64, "texts would be changed by JSON");
        let (status, answer) = if is_authorized {
            answer(&body, redis.clone()).await
        } else {
            (401, json!({ "error": "Unauthorized" }))
        };
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} \r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        let response = head + &answer;
        stream.get_mut().write_all(response.as_bytes()).await.ok()?;
    }
}

async fn answer(body: &[u8], mut redis: MultiplexedConnection) -> (u16, serde_json::Value) {
    let words: Vec<String> = serde_json::from_slice(body).unwrap();
    let mut command = Cmd::new();
    command.arg(words);
    match command.query_async(&mut redis).await {
        Ok(value) => (200, json!({ "result": result(value) })),
        Err(error) => (400, json!({ "error": error.to_string() })),
    }
}

/// "all strings in the response will be base64 encoded, except for the "OK" response"
fn result(value: Value) -> serde_json::Value {
    match value {
        Value::Nil => json!(null),
        Value::Int(number) => json!(number),
        Value::Okay => json!("OK"),
        Value::BulkString(bytes) => json!(STANDARD.encode(bytes)),
        Value::Array(values) => values.into_iter().map(result).collect(),
        other => panic!("{other:?} is not expected of these commands"),
    }
}
