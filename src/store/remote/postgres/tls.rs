//! TLS to PostgreSQL: what each `sslmode` asks of the server's certificate.

use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use super::super::Tls;
use super::channel_binding::digest;
use crate::tls::{authorities, client, client_with, platform_authorities, provider};

/// `sslmode`. <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// No TLS.
    Disable,
    /// TLS where the server speaks it, with whoever it is.
    Prefer,
    /// TLS, with whoever it is.
    Require,
    /// TLS with a server that the authorities vouch for, whatever its name is.
    VerifyCa,
    /// TLS with the host that the URL names.
    VerifyFull,
}

/// Who vouches for servers.
pub(super) enum Authorities {
    /// Whom everything else trusts.
    Platform,
    /// Those in a file of PEM, which is read when the first connection is opened.
    File(PathBuf),
    /// These.
    Given(RootCertStore),
}

impl Mode {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "disable" => Self::Disable,
            // Without TLS first is worse than with it first, and no less is accepted.
            "allow" | "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

    /// How a client speaks TLS that asks for this.
    pub(super) async fn client(
        self,
        authorities: &Authorities,
        tls: &Tls,
    ) -> Result<ClientConfig, String> {
        let config = match self {
            Self::Disable | Self::Prefer | Self::Require => {
                client_with(Verifier::new(None), tls.identity())
            }
            Self::VerifyCa => {
                let roots = Arc::new(authorities.read().await?);
                let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider());
                let verifier = verifier.build().map_err(|error| error.to_string())?;
                client_with(Verifier::new(Some(verifier)), tls.identity())
            }
            Self::VerifyFull => client(authorities.read().await?, tls.identity()),
        };
        config.map_err(|error| error.to_string())
    }
}

impl Authorities {
    async fn read(&self) -> Result<RootCertStore, String> {
        match self {
            Self::Platform => platform_authorities().await.map_err(|it| it.to_string()),
            Self::Given(roots) => Ok(roots.clone()),
            Self::File(path) => {
                let path = path.clone();
                let reading = tokio::task::spawn_blocking(move || read(&path));
                reading.await.map_err(|error| error.to_string())?
            }
        }
    }
}

fn read(path: &Path) -> Result<RootCertStore, String> {
    let pem = std::fs::read_to_string(path)
        .map_err(|error| format!("sslrootcert ({}) cannot be read: {error}", path.display()))?;
    authorities(&pem)
        .ok_or_else(|| format!("sslrootcert ({}) holds no certificate", path.display()))
}

/// Asks less of a certificate than that it is the host's.
#[derive(Debug)]
struct Verifier {
    /// None: anybody's will do.
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(authorities: Option<Arc<WebPkiServerVerifier>>) -> Arc<Self> {
        Arc::new(Self {
            authorities,
            provider: provider(),
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(authorities) = &self.authorities else {
            return Ok(ServerCertVerified::assertion());
        };
        match authorities.verify_server_cert(certificate, chain, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// Speaks TLS for the driver.
#[derive(Clone)]
pub(super) struct Connector(Arc<ClientConfig>);

impl Connector {
    pub(super) fn new(mut client: ClientConfig) -> Self {
        // What `sslnegotiation=direct` needs, and libpq always says.
        client.alpn_protocols = vec![b"postgresql".to_vec()];
        Self(Arc::new(client))
    }

    pub(super) fn handshake(&self, host: &str) -> Handshake {
        Handshake {
            client: Arc::clone(&self.0),
            host: host.to_owned(),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Connector {
    type Stream = Stream<S>;
    type TlsConnect = Handshake;
    type Error = Infallible;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, Infallible> {
        Ok(self.handshake(host))
    }
}

/// A handshake with `host`.
pub(super) struct Handshake {
    client: Arc<ClientConfig>,
    host: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = Stream<S>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Stream<S>>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let name = ServerName::try_from(self.host);
            let name = name.map_err(|_| io::Error::other("the host of the url is not valid"))?;
            let stream = TlsConnector::from(self.client)
                .connect(name, stream)
                .await?;
            Ok(Stream(stream))
        })
    }
}

/// What is encrypted.
pub(super) struct Stream<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        let certificates = self.0.get_ref().1.peer_certificates();
        let digest = certificates.and_then(|it| it.first()).and_then(digest);
        digest.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
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

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
