//! What can go wrong in a store.

use std::fmt;

/// What kind of failure a store met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The store could not be reached, lost its connection, or could not serve for the moment.
    Failed,
    /// The store refuses the operation, and waiting will not change that.
    Refused,
    /// The store did not answer in time.
    TimedOut,
    /// The store answered with something that is not a JSON value.
    Malformed,
    /// The store cannot be used as it is configured.
    Misconfigured,
    /// The store was closed.
    Closed,
}

/// A failed store operation. It never holds a key or a value.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    store: &'static str,
    detail: String,
    cause: Option<u32>,
}

impl Error {
    /// An error of `kind` from the backend named `store`.
    #[must_use]
    pub fn new(kind: ErrorKind, store: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            store,
            detail: detail.into(),
            cause: None,
        }
    }

    /// Names the value that a JavaScript store threw, kept on the JavaScript side.
    #[must_use]
    pub fn with_cause(mut self, cause: Option<u32>) -> Self {
        self.cause = cause;
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the same call may succeed a little later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self.kind, ErrorKind::Failed | ErrorKind::TimedOut)
    }

    /// The number under which the JavaScript side keeps the thrown value.
    #[must_use]
    pub fn cause(&self) -> Option<u32> {
        self.cause
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} store {}", self.store, self.detail)
    }
}

impl std::error::Error for Error {}
