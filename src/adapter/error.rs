//! Why an adapter method failed.

use std::fmt;

use crate::{chatbotkit, store};

/// What kind of failure an adapter method met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is missing or of a wrong form.
    InvalidArgument,
    /// There is no such user and `autoCreateUser` is off.
    CreateDisabled,
    /// A change was asked for and `autoUpdateUser` is off.
    UpdateDisabled,
    /// A deletion was asked for and `autoDeleteUser` is off.
    DeleteDisabled,
    /// The user to change does not exist.
    UserNotFound,
    /// The e-mail address belongs to another user.
    EmailTaken,
    /// The account is linked to another user.
    AccountTaken,
    /// The credential is registered already.
    AuthenticatorTaken,
    /// The passkey does not exist.
    AuthenticatorNotFound,
    /// The adapter was closed.
    Closed,
    /// The system gave no random numbers.
    NoRandomness,
    /// The Partner API failed.
    Partner(chatbotkit::ErrorKind),
    /// The store failed.
    Store(store::ErrorKind),
}

/// A failed adapter method. It holds no secret, code or token.
#[derive(Debug)]
pub struct Error(Repr);

#[derive(Debug)]
enum Repr {
    Refused {
        kind: ErrorKind,
        message: String,
    },
    Partner {
        host: String,
        error: chatbotkit::Error,
    },
    Store(store::Error),
}

impl Error {
    pub(super) fn refused(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Repr::Refused {
            kind,
            message: message.into(),
        })
    }

    /// The error for an argument that is not of the form that the method takes.
    #[must_use]
    pub fn invalid_argument() -> Self {
        Self::refused(
            ErrorKind::InvalidArgument,
            "the argument has a member of a wrong type",
        )
    }

    /// The error for a call to an adapter that was closed.
    #[must_use]
    pub fn closed() -> Self {
        Self::refused(ErrorKind::Closed, "the adapter is closed")
    }

    /// The error for a record that somebody else changed each time before it could be written.
    pub(super) fn contended(store: &dyn store::Store) -> Self {
        let detail = "changed a value again and again while it was being written";
        store::Error::new(store::ErrorKind::Failed, store.name(), detail).into()
    }

    pub(super) fn partner(host: String, error: chatbotkit::Error) -> Self {
        Self(Repr::Partner { host, error })
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0 {
            Repr::Refused { kind, .. } => *kind,
            Repr::Partner { error, .. } => ErrorKind::Partner(error.kind()),
            Repr::Store(error) => ErrorKind::Store(error.kind()),
        }
    }

    /// The HTTP status of the API's answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.0 {
            Repr::Partner { error, .. } => error.status(),
            _ => None,
        }
    }

    /// The API's own code, such as `LIMITS_REACHED`.
    #[must_use]
    pub fn api_code(&self) -> Option<&str> {
        match &self.0 {
            Repr::Partner { error, .. } => error.api_code(),
            _ => None,
        }
    }

    /// Whether the same call may succeed a little later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match &self.0 {
            Repr::Partner { error, .. } => error.is_transient(),
            Repr::Store(error) => error.is_temporary(),
            Repr::Refused { .. } => false,
        }
    }

    /// The number under which the JavaScript side keeps the value that a store threw.
    #[must_use]
    pub fn store_cause(&self) -> Option<u32> {
        match &self.0 {
            Repr::Store(error) => error.cause(),
            _ => None,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self(Repr::Store(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Refused { message, .. } => f.write_str(message),
            Repr::Partner { host, error } => write!(f, "the ChatBotKit API at {host} {error}"),
            Repr::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Repr::Refused { .. } => None,
            Repr::Partner { error, .. } => Some(error),
            Repr::Store(error) => Some(error),
        }
    }
}
