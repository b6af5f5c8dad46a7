//! Results as JSON texts, and the only table of public error codes.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use serde::Serialize;

use crate::adapter::{Error, ErrorKind, Result};
use crate::call_metrics::{CallMetrics, Notice, measured};
use crate::{chatbotkit, store};

/// What a call came to, as `lib/native/call.js` reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a, T> {
    /// The value; null beside an error.
    ok: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    err: Option<Failure<'a>>,
    api_requests: u32,
    store_calls: u32,
    #[serde(skip_serializing_if = "<[Notice]>::is_empty")]
    notices: &'a [Notice],
}

/// An error as data: an async N-API function cannot reject with a code of its own.
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
    /// The number under which `lib/native/causes.js` keeps what was thrown.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<u32>,
}

/// Runs `call` and turns what it comes to into a JSON text. A panic becomes `ERR_INTERNAL`. What it
/// left half done is the call's own or behind a lock, which all here take even when poisoned.
pub(super) async fn outcome<T: Serialize>(
    call: impl Future<Output = Result<T>> + Send + 'static,
) -> String {
    // Boxed: it has some kilobytes, which would be moved again and again.
    match AssertUnwindSafe(measured(call.boxed()))
        .catch_unwind()
        .await
    {
        Ok((Ok(value), metrics)) => json(Some(value), None, &metrics),
        Ok((Err(error), metrics)) => json(None::<()>, Some(failure(&error)), &metrics),
        Err(_) => internal("the native code failed unexpectedly"),
    }
}

fn json<T: Serialize>(ok: Option<T>, err: Option<Failure<'_>>, metrics: &CallMetrics) -> String {
    let outcome = Outcome {
        ok,
        err,
        api_requests: metrics.api_requests,
        store_calls: metrics.store_calls,
        notices: &metrics.notices,
    };
    serde_json::to_string(&outcome).unwrap_or_else(|_| internal("the result is no JSON"))
}

/// A fault of this package.
fn internal(message: &str) -> String {
    let failure = Failure {
        code: "ERR_INTERNAL",
        message: format!("{message}; please report this"),
        status: None,
        api_code: None,
        retryable: false,
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
        cause: error.thrown_cause(),
    }
}

/// The public code of each kind of failure, as docs/errors.md lists them.
fn code(kind: ErrorKind) -> &'static str {
    use chatbotkit::ErrorKind as Api;
    use store::ErrorKind as Kv;
    match kind {
        ErrorKind::InvalidArgument => "ERR_INVALID_ARGUMENT",
        ErrorKind::CreateDisabled => "ERR_CREATE_DISABLED",
        ErrorKind::ApprovalPending => "ERR_APPROVAL_PENDING",
        ErrorKind::RequestNotFound => "ERR_REQUEST_NOT_FOUND",
        ErrorKind::UpdateDisabled => "ERR_UPDATE_DISABLED",
        ErrorKind::DeleteDisabled => "ERR_DELETE_DISABLED",
        ErrorKind::UserNotFound => "ERR_USER_NOT_FOUND",
        ErrorKind::EmailTaken => "ERR_EMAIL_TAKEN",
        ErrorKind::ContactUnusable => "ERR_CONTACT_UNUSABLE",
        ErrorKind::InvalidOption => "ERR_INVALID_OPTION",
        ErrorKind::CodeLost => "ERR_CODE_LOST",
        ErrorKind::SessionTaken => "ERR_SESSION_TAKEN",
        ErrorKind::AccountTaken => "ERR_ACCOUNT_TAKEN",
        ErrorKind::AuthenticatorTaken => "ERR_AUTHENTICATOR_TAKEN",
        ErrorKind::AuthenticatorNotFound => "ERR_AUTHENTICATOR_NOT_FOUND",
        ErrorKind::RecordSealed => "ERR_RECORD_SEALED",
        ErrorKind::Closed => "ERR_CLOSED",
        ErrorKind::NoRandomness => "ERR_INTERNAL",
        ErrorKind::Partner(kind) => match kind {
            Api::MissingSecret => "ERR_MISSING_SECRET",
            Api::Misconfigured => "ERR_INVALID_OPTION",
            Api::Unreachable => "ERR_API_UNREACHABLE",
            Api::Untrusted => "ERR_API_UNTRUSTED",
            Api::TimedOut => "ERR_API_TIMEOUT",
            Api::Unintelligible | Api::TooLarge => "ERR_API_RESPONSE",
            Api::NotAuthenticated => "ERR_API_UNAUTHENTICATED",
            Api::NotAuthorized => "ERR_API_FORBIDDEN",
            Api::RateLimited => "ERR_API_RATE_LIMITED",
            Api::LimitReached => "ERR_API_LIMIT_REACHED",
            Api::Unavailable => "ERR_API_UNAVAILABLE",
            Api::NotVerified => "ERR_CONTACT_UNUSABLE",
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
        let text = outcome(call).await;
        assert!(
            text.starts_with(r#"{"ok":null,"err":{"code":"ERR_INTERNAL""#),
            "{text}"
        );
        assert!(!text.contains("a fault"));
    }
}
