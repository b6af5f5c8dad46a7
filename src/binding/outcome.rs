//! Results as JSON texts, and the only table of public error codes.

use std::io;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Serialize;

use crate::adapter::{Error, ErrorKind, Result};
use crate::call_metrics::{CallMetrics, Notice, measured};
use crate::{chatbotkit, store};

/// A failure, as `lib/outcome.js` reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_code: Option<&'a str>,
    retryable: bool,
    /// The number under which `lib/javascript-store.js` keeps what the store threw.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<u32>,
}

/// What is rarely there.
#[derive(Serialize)]
struct More<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    err: Option<Failure<'a>>,
    #[serde(skip_serializing_if = "<[Notice]>::is_empty")]
    notices: &'a [Notice],
}

/// Runs `call` and turns what comes of it into a JSON text: an array of the value, the numbers of API
/// requests and of store calls, and [`More`] or null. A panic becomes `ERR_INTERNAL`. What it left half
/// done is the call's own or behind a lock, which all here take even when poisoned.
pub(super) async fn outcome<T: Serialize>(call: BoxFuture<'static, Result<T>>) -> String {
    match AssertUnwindSafe(measured(call)).catch_unwind().await {
        Ok((Ok(value), cost)) => json(Some(value), None, &cost),
        Ok((Err(error), cost)) => json(None::<()>, Some(failure(&error)), &cost),
        Err(_) => failed("the native code failed unexpectedly"),
    }
}

fn json<T: Serialize>(value: Option<T>, err: Option<Failure<'_>>, cost: &CallMetrics) -> String {
    let notices = &*cost.notices;
    let more = (err.is_some() || !notices.is_empty()).then_some(More { err, notices });
    serde_json::to_string(&(value, cost.api_requests, cost.store_calls, more))
        .unwrap_or_else(|_| failed("the result is no JSON"))
}

/// A fault of this package.
pub(super) fn failed(message: &str) -> String {
    internal(format!("{message}; please report this"), false)
}

/// The system does not give what it takes to run a call: a thread, or descriptors.
pub(super) fn unstarted(error: &io::Error) -> String {
    internal(
        format!("the native code could not be started ({error})"),
        true,
    )
}

fn internal(message: String, retryable: bool) -> String {
    let failure = Failure {
        code: "ERR_INTERNAL",
        message,
        status: None,
        api_code: None,
        retryable,
        cause: None,
    };
    json(None::<()>, Some(failure), &CallMetrics::default())
}

fn failure(error: &Error) -> Failure<'_> {
    Failure {
        code: code(error.kind()),
        message: error.to_string(),
        status: error.status(),
        api_code: error.api_code(),
        retryable: error.is_retryable(),
        cause: error.store_cause(),
    }
}

/// The public code of each kind of failure, as docs/errors.md lists them.
fn code(kind: ErrorKind) -> &'static str {
    use chatbotkit::ErrorKind as Api;
    use store::ErrorKind as Kv;
    match kind {
        ErrorKind::InvalidArgument => "ERR_INVALID_ARGUMENT",
        ErrorKind::CreateDisabled => "ERR_CREATE_DISABLED",
        ErrorKind::UpdateDisabled => "ERR_UPDATE_DISABLED",
        ErrorKind::DeleteDisabled => "ERR_DELETE_DISABLED",
        ErrorKind::UserNotFound => "ERR_USER_NOT_FOUND",
        ErrorKind::EmailTaken => "ERR_EMAIL_TAKEN",
        ErrorKind::AccountTaken => "ERR_ACCOUNT_TAKEN",
        ErrorKind::AuthenticatorTaken => "ERR_AUTHENTICATOR_TAKEN",
        ErrorKind::AuthenticatorNotFound => "ERR_AUTHENTICATOR_NOT_FOUND",
        ErrorKind::Closed => "ERR_CLOSED",
        ErrorKind::NoRandomness => "ERR_INTERNAL",
        ErrorKind::Partner(kind) => match kind {
            Api::MissingSecret => "ERR_MISSING_SECRET",
            Api::Misconfigured => "ERR_INVALID_OPTION",
            Api::Unreachable => "ERR_API_UNREACHABLE",
            Api::Untrusted => "ERR_API_UNTRUSTED",
            Api::TimedOut => "ERR_API_TIMEOUT",
            Api::Unintelligible => "ERR_API_RESPONSE",
            Api::NotAuthenticated => "ERR_API_UNAUTHENTICATED",
            Api::NotAuthorized => "ERR_API_FORBIDDEN",
            Api::RateLimited => "ERR_API_RATE_LIMITED",
            Api::LimitReached => "ERR_API_LIMIT_REACHED",
            Api::Unavailable => "ERR_API_UNAVAILABLE",
            Api::NotFound | Api::Conflict | Api::Rejected => "ERR_API_REJECTED",
        },
        ErrorKind::Store(kind) => match kind {
            Kv::Failed | Kv::Refused => "ERR_STORE",
            Kv::TimedOut => "ERR_STORE_TIMEOUT",
            Kv::Malformed => "ERR_STORE_VALUE",
            Kv::Misconfigured => "ERR_INVALID_OPTION",
            Kv::Closed => "ERR_CLOSED",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        let call = async {
            let nothing: Option<u8> = std::hint::black_box(None);
            Ok(nothing.expect("a fault"))
        };
        let text = outcome(call.boxed()).await;
        assert!(
            text.starts_with(r#"[null,0,0,{"err":{"code":"ERR_INTERNAL""#),
            "{text}"
        );
        assert!(!text.contains("a fault"));
    }
}
