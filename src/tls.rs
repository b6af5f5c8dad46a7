//! Whom HTTP clients trust, those of the API and those of stores.
//!
//! The platform's certificates and, beside them, the Mozilla roots that are built in: slim
//! container images often ship no certificates at all. `SSL_CERT_FILE` and `SSL_CERT_DIR` take
//! the place of the platform's certificates, as they do in OpenSSL; `NODE_EXTRA_CA_CERTS` adds to
//! them, as it does in Node.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::sync::Arc;

use reqwest::Url;
use rustls::{ClientConfig, RootCertStore};

/// The TLS settings of a client that calls `base`. Reads files, so it is made once, off Node's
/// thread. A client that will never speak TLS is spared the reading.
pub(crate) fn config(base: &Url) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    if base.scheme() == "https" {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        // Unreadable or malformed certificates of the platform are passed over: the built-in ones
        // remain, and a host that only the missing one vouched for is refused at the handshake.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(extra) = std::env::var_os("NODE_EXTRA_CA_CERTS").map(PathBuf::from) {
            let extra = rustls_native_certs::load_certs_from_paths(Some(&extra), None);
            roots.add_parsable_certificates(extra.certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
