//! Calls the application's rule for fingerprints, on Node's thread.

use async_trait::async_trait;
use napi::threadsafe_function::ThreadsafeFunction;
use serde::Deserialize;

use super::environment::Environment;
use crate::adapter::{Error, Fingerprint, Result};

/// The rule as `lib/adapter/fingerprint.js` wraps it. It is weak: an adapter at rest does not keep Node
/// alive. It never throws, and answers with a JSON text.
pub(super) type FingerprintFunction =
    ThreadsafeFunction<String, String, String, napi::Status, false, true>;

/// A [`Fingerprint`] that is computed in JavaScript.
pub(super) struct NodeFingerprint {
    function: FingerprintFunction,
    environment: Environment,
}

/// What `lib/adapter/fingerprint.js` answers.
#[derive(Default, Deserialize)]
struct Reply {
    value: Option<String>,
    /// The number under which the JavaScript side keeps what was thrown.
    cause: Option<u32>,
}

impl NodeFingerprint {
    pub(super) fn new(function: FingerprintFunction, environment: Environment) -> Self {
        Self {
            function,
            environment,
        }
    }
}

#[async_trait]
impl Fingerprint for NodeFingerprint {
    async fn of(&self, address: &str) -> Result<String> {
        let answer = tokio::select! {
            answer = self.function.call_async_catch(address.to_owned()) => answer.ok(),
            () = self.environment.ended() => None,
        };
        let reply: Reply = answer
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        reply
            .value
            .ok_or_else(|| Error::no_fingerprint(reply.cause))
    }
}
