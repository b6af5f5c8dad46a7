//! HTTP clients, those of the API and those of stores: how they connect, and how much they read.

#![forbid(unsafe_code)]

mod connections;

use std::error::Error;
use std::time::Duration;

use reqwest::{Client, Response, Url, redirect, retry};
use rustls::{ClientConfig, RootCertStore};

use crate::tls;
pub(crate) use connections::Connections;

/// How long an unused connection is kept for the next call.
const IDLE_TIMEOUT: Duration = Duration::from_millis(90_000);

/// Over HTTP/2 many calls share a connection, and would all wait for one that is dead. When nothing
/// came over it for this long while a call waits, it is asked for a sign of life. It is given up when
/// there is none for as long as connecting may take.
const SILENCE: Duration = Duration::from_millis(2_000);

/// How many requests a client has under way at once; others wait for one of them to end. Each may need
/// a connection of its own, and the rest of the process needs files as well.
pub(crate) const CONCURRENT_REQUESTS: usize = 128;

/// What a server may choose from when TLS begins, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// How a client speaks TLS to `base`, and whether over HTTP/2 where the server offers that.
pub(crate) async fn tls_for(
    base: &Url,
    http2: bool,
) -> Result<ClientConfig, Box<dyn Error + Send + Sync>> {
    // A client that will never speak TLS is spared the reading of files, which may hang where they
    // are on a network: everybody else's calls must not wait for them.
    let roots = if base.scheme() == "https" {
        tls::platform_authorities().await?
    } else {
        RootCertStore::empty()
    };
    let mut config = tls::client(roots, None)?;
    let offered = &PROTOCOLS[usize::from(!http2)..];
    config.alpn_protocols = offered.iter().map(|it| it.to_vec()).collect();
    Ok(config)
}

/// A client that speaks TLS as `tls` says.
fn client_over(tls: ClientConfig, connect_timeout: Duration) -> reqwest::Result<Client> {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .http2_keep_alive_interval(SILENCE)
        .http2_keep_alive_timeout(connect_timeout)
        // Whoever sends decides what may be sent twice of what has reached a server.
        .retry(retry::never())
        .redirect(redirect::Policy::none())
        .referer(false)
        .build()
}

/// What the innermost cause of a failure says, behind a colon; the outer ones repeat the URL.
pub(crate) fn innermost_words(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(next) = cause.and_then(Error::source) {
        cause = Some(next);
    }
    cause.map_or_else(String::new, |cause| format!(": {cause}"))
}

/// Why a body was not read to its end.
pub(crate) enum BodyError {
    /// It is longer than allowed.
    TooLong,
    /// The connection failed.
    Transport(reqwest::Error),
}

/// The body of a response, of at most `limit` bytes.
pub(crate) async fn read_body(response: &mut Response, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Transport)? {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
