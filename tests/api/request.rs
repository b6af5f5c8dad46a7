//! A request as it came over the wire.

use std::fmt;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;

/// One request.
#[derive(Clone)]
pub(crate) struct Request {
    /// Its method.
    pub(crate) method: String,
    /// Its path as it came, without the query.
    pub(crate) path: String,
    /// Its query, decoded, in order.
    pub(crate) query: Vec<(String, String)>,
    /// Its headers in order, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Its body, or null when it has none or it is no JSON.
    pub(crate) body: Value,
}

impl Request {
    /// Reads a request, or `None` when the connection ends before one is complete.
    pub(super) async fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let first = line(stream).await?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs(query),
            headers: vec![],
            body: Value::Null,
        };
        loop {
            let header = line(stream).await?;
            let Some((name, value)) = header.split_once(':') else {
                break;
            };
            let header = (name.to_ascii_lowercase(), value.trim().to_owned());
            request.headers.push(header);
        }
        let length = request.header("content-length");
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).await.ok()?;
        request.body = serde_json::from_slice(&body).unwrap_or_default();
        Some(request)
    }

    /// The last segment of the path: the route's name.
    pub(crate) fn route(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The value of the only header named `name`.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(it, _)| it == name);
        let value = values.next();
        assert!(
            values.next().is_none(),
            "more than one {name}: {:?}",
            self.headers
        );
        value.map(|(_, value)| value.as_str())
    }

    /// The value of the query parameter `name`.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.path, self.query)
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await {
        Ok(1..) => Some(line.trim_end().to_owned()),
        _ => None,
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// Undoes `application/x-www-form-urlencoded`.
fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = vec![];
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).unwrap()
}
