//! TLS of clients, those over HTTP and those of Redis: whom they trust, and what they show.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use tokio::sync::Mutex;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

/// A certificate to show to servers, with its chain and its key.
pub(crate) struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// What PEM texts hold, or the name of what is missing.
    pub(crate) fn parse(certificate: &str, key: &str) -> Result<Self, &'static str> {
        let chain = certificates(certificate).ok_or("cert")?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| "key")?;
        Ok(Self { chain, key })
    }
}

/// The authorities that a PEM text holds, if it holds any.
pub(crate) fn authorities(pem: &str) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates(pem)?);
    (added > 0).then_some(roots)
}

fn certificates(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_slice_iter(pem.as_bytes());
    let found: Vec<_> = found.collect::<Result<_, _>>().ok()?;
    (!found.is_empty()).then_some(found)
}

/// The reading of the platform's certificates that is under way. The files may hang where they are on
/// a network, and then no more than one thread does, however many calls give up waiting for it.
static READING: Mutex<Option<JoinHandle<RootCertStore>>> = Mutex::const_new(None);

/// Whom everything trusts that was told nothing else.
///
/// They are the platform's certificates and, beside them, the Mozilla roots that are built in: slim
/// container images often ship no certificates at all. `SSL_CERT_FILE` and `SSL_CERT_DIR` take the
/// place of the platform's certificates, as they do in OpenSSL; `NODE_EXTRA_CA_CERTS` adds to them, as
/// it does in Node.
pub(crate) async fn platform_authorities() -> Result<RootCertStore, JoinError> {
    let mut reading = READING.lock().await;
    loop {
        let is_new = reading.is_none();
        let handle = reading.get_or_insert_with(|| spawn_blocking(read_platform_authorities));
        let roots = handle.await;
        *reading = None;
        match roots {
            // It ended with the runtime that began it.
            Err(error) if error.is_cancelled() && !is_new => {}
            roots => return roots,
        }
    }
}

fn read_platform_authorities() -> RootCertStore {
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

/// A client that trusts `roots` and shows `identity`.
pub(crate) fn client(
    roots: RootCertStore,
    identity: Option<&Identity>,
) -> Result<ClientConfig, rustls::Error> {
    let builder = builder()?.with_root_certificates(roots);
    showing(builder, identity)
}

/// A client that asks `verifier` of servers' certificates, and shows `identity`.
pub(crate) fn client_with(
    verifier: Arc<dyn ServerCertVerifier>,
    identity: Option<&Identity>,
) -> Result<ClientConfig, rustls::Error> {
    let builder = builder()?.dangerous();
    showing(builder.with_custom_certificate_verifier(verifier), identity)
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()
}

/// What all cryptography is made of.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn showing(
    builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    identity: Option<&Identity>,
) -> Result<ClientConfig, rustls::Error> {
    match identity {
        Some(Identity { chain, key }) => {
            builder.with_client_auth_cert(chain.clone(), key.clone_key())
        }
        None => Ok(builder.with_no_client_auth()),
    }
}

/// What TLS has to say of a failure, if it is about TLS at all.
pub(crate) fn problem<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = error;
    loop {
        if let Some(problem) = cause.downcast_ref() {
            return Some(problem);
        }
        // What these wrap is not their source, but the source of that is.
        let shared = cause.downcast_ref::<Arc<dyn Error + Send + Sync>>();
        let io = cause.downcast_ref().and_then(io::Error::get_ref);
        cause = match (shared, io) {
            (Some(inner), _) => &**inner,
            (_, Some(inner)) => inner,
            _ => cause.source()?,
        };
    }
}
