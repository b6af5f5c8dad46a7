//! What can go wrong between this process and the API.

use std::fmt;

/// What kind of failure a request met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No secret is configured.
    MissingSecret,
    /// The client cannot be built from its configuration.
    Misconfigured,
    /// The host could not be reached, or the connection broke.
    Unreachable,
    /// The host's certificate was not accepted.
    Untrusted,
    /// No complete response within the timeout.
    TimedOut,
    /// The response is not what the API answers: not JSON, a redirect, a wrong shape.
    Unintelligible,
    /// The response is longer than what is read.
    TooLarge,
    /// 401: the secret was not accepted.
    NotAuthenticated,
    /// 403: the secret may not do this, or the sub-account belongs to another parent.
    NotAuthorized,
    /// 404.
    NotFound,
    /// 409: what has to be unique belongs to another record.
    Conflict,
    /// A contact has no `verifiedAt`, and the API hands out verified ones only.
    NotVerified,
    /// 429 `TOO_MANY_REQUESTS`, or `LIMITS_REACHED` of a list: wait and retry.
    RateLimited,
    /// 429 `LIMITS_REACHED` of anything else: the plan is full, and waiting does not help.
    LimitReached,
    /// Another 4xx: the request was understood and refused.
    Rejected,
    /// 408 or 5xx: the API or a gateway before it failed.
    Unavailable,
}

/// A failed request. It holds no secret: the API's own words are stripped of it.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    detail: String,
    status: Option<u16>,
    api_code: Option<String>,
    sent: bool,
    pub(super) retry_after: Option<std::time::Duration>,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            status: None,
            api_code: None,
            sent: true,
            retry_after: None,
        }
    }

    /// The error of something that took too long in all.
    pub(crate) fn total_timeout() -> Self {
        let limit = super::TOTAL_TIMEOUT.as_millis();
        Self::new(
            ErrorKind::TimedOut,
            format!("did not answer within {limit} ms in all"),
        )
    }

    /// The error of a create that was answered with an id, of a record that is not there or that
    /// something else has made. A record that comes late is found by a later call.
    pub(crate) fn unconfirmed_create() -> Self {
        let detail = "does not show the user that it says it has made";
        Self::new(ErrorKind::Unavailable, detail)
    }

    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub(super) fn with_api_code(mut self, code: Option<String>) -> Self {
        self.api_code = code;
        self
    }

    pub(super) fn not_sent(mut self) -> Self {
        self.sent = false;
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The HTTP status, if there was a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The API's own code, such as `CONFLICT`.
    #[must_use]
    pub fn api_code(&self) -> Option<&str> {
        self.api_code.as_deref()
    }

    /// Whether the same request may succeed a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unreachable
                | ErrorKind::TimedOut
                | ErrorKind::RateLimited
                | ErrorKind::Unavailable
        )
    }

    /// Whether the API may have carried the request out although no response says so.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        self.sent
            && matches!(
                self.kind,
                ErrorKind::Unreachable
                    | ErrorKind::TimedOut
                    | ErrorKind::Unavailable
                    | ErrorKind::Unintelligible
                    | ErrorKind::TooLarge
            )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {}
