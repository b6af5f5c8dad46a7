//! TLS of stores: what can be configured, and what its failures mean.

use std::fmt::Display;
use std::sync::Arc;

use rustls::{AlertDescription, ClientConfig, Error as TlsError, RootCertStore};

use super::retry::Failure;
use crate::store::ErrorKind;
use crate::tls::{self, Identity};

/// Whom to trust, and what to show, where TLS is spoken.
#[derive(Clone, Default)]
pub struct Tls {
    authorities: Option<RootCertStore>,
    identity: Option<Arc<Identity>>,
}

impl Tls {
    /// The authorities to trust instead of those that everything else trusts, and a certificate to
    /// show with its key, as PEM texts. Says which of them cannot be used.
    pub fn new(ca: Option<&str>, identity: Option<(&str, &str)>) -> Result<Self, String> {
        let unusable = |name| format!("the option tls.{name} holds none in PEM");
        let authorities = ca.map(|pem| tls::authorities(pem).ok_or_else(|| unusable("ca")));
        let identity = identity.map(|(certificate, key)| {
            let identity = Identity::parse(certificate, key).map_err(unusable)?;
            tls::client(RootCertStore::empty(), Some(&identity)).map_err(|_| {
                "the options tls.cert and tls.key do not belong together".to_owned()
            })?;
            Ok::<_, String>(Arc::new(identity))
        });
        Ok(Self {
            authorities: authorities.transpose()?,
            identity: identity.transpose()?,
        })
    }

    pub(super) fn authorities(&self) -> Option<&RootCertStore> {
        self.authorities.as_ref()
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// How to speak TLS.
    pub(super) async fn client(&self) -> Result<ClientConfig, String> {
        let roots = match &self.authorities {
            Some(roots) => roots.clone(),
            None => tls::platform_authorities()
                .await
                .map_err(|error| error.to_string())?,
        };
        tls::client(roots, self.identity.as_deref()).map_err(|error| error.to_string())
    }
}

/// What TLS refuses once, it refuses always; apart from what a server calls a fault of its own.
pub(super) fn tls_failure(
    store: &'static str,
    address: impl Display,
    problem: &TlsError,
) -> Option<Failure> {
    let what = match problem {
        TlsError::InvalidCertificate(_) => {
            format!(
                "could not be trusted: {problem}. The option tls.ca names the authorities to trust"
            )
        }
        TlsError::AlertReceived(
            AlertDescription::InternalError
            | AlertDescription::UserCanceled
            | AlertDescription::CloseNotify,
        ) => return None,
        TlsError::AlertReceived(_) => format!("did not accept the connection: {problem}"),
        _ => format!("does not speak TLS: {problem}"),
    };
    let detail = format!("at {address} {what}");
    Some(Failure::permanent(ErrorKind::Refused, store, &detail))
}
