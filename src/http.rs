//! HTTP clients, those of the API and those of stores: whom they trust, how they connect, and how
//! much they read.

#![forbid(unsafe_code)]

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response, Url, redirect, retry};
use rustls::{ClientConfig, RootCertStore};

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

/// A client that calls `base`.
pub(crate) async fn client(
    base: &Url,
    connect_timeout: Duration,
) -> Result<Client, Box<dyn Error + Send + Sync>> {
    // A client that will never speak TLS is spared the reading of files, which may hang where they
    // are on a network: everybody else's calls must not wait for them.
    let roots = if base.scheme() == "https" {
        tokio::task::spawn_blocking(roots).await?
    } else {
        RootCertStore::empty()
    };
    let client = Client::builder()
        .tls_backend_preconfigured(tls(roots)?)
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .http2_keep_alive_interval(SILENCE)
        .http2_keep_alive_timeout(connect_timeout)
        // Whoever sends decides what may be sent twice of what has reached a server.
        .retry(retry::never())
        .redirect(redirect::Policy::none())
        .referer(false)
        .build()?;
    Ok(client)
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

/// Trusted are the platform's certificates and, beside them, the Mozilla roots that are built in:
/// slim container images often ship no certificates at all. `SSL_CERT_FILE` and `SSL_CERT_DIR` take
/// the place of the platform's certificates, as they do in OpenSSL; `NODE_EXTRA_CA_CERTS` adds to
/// them, as it does in Node.
fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    // Unreadable or malformed certificates of the platform are passed over: the built-in ones
    // remain, and a host that only the missing one vouched for is refused at the handshake.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(extra) = std::env::var_os("NODE_EXTRA_CA_CERTS").map(PathBuf::from) {
        let extra = rustls_native_certs::load_certs_from_paths(Some(&extra), None);
        roots.add_parsable_certificates(extra.certs);
    }
    roots
}

fn tls(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = PROTOCOLS.map(Vec::from).into();
    Ok(config)
}
