//! Why an adapter method failed.

use std::fmt;
use std::sync::Arc;

use crate::{chatbotkit, store};

/// What kind of failure an adapter method met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is missing or of a wrong form.
    InvalidArgument,
    /// There is no such user and `autoCreateUser` is off.
    CreateDisabled,
    /// Somebody new has to be approved first.
    ApprovalPending,
    /// There is no such request.
    RequestNotFound,
    /// A change was asked for and `autoUpdateUser` is off.
    UpdateDisabled,
    /// A deletion was asked for and `autoDeleteUser` is off.
    DeleteDisabled,
    /// The user to change does not exist.
    UserNotFound,
    /// The e-mail address belongs to another user.
    EmailTaken,
    /// The contact that has the fingerprint of the address cannot be used.
    ContactUnusable,
    /// An option does not do what it has to.
    InvalidOption,
    /// The session token is another user's.
    SessionTaken,
    /// The account is linked to another user.
    AccountTaken,
    /// The credential is registered already.
    AuthenticatorTaken,
    /// The passkey does not exist.
    AuthenticatorNotFound,
    /// A linked account or a passkey in the store cannot be opened.
    RecordSealed,
    /// The adapter was closed.
    Closed,
    /// The system gave no random numbers.
    NoRandomness,
    /// A code was redeemed, what had to follow failed, and the code could not be put back.
    CodeLost,
    /// The Partner API failed.
    Partner(chatbotkit::ErrorKind),
    /// The store failed.
    Store(store::ErrorKind),
}

/// A failed adapter method. It holds no secret, code or token. Those who shared a look-up share its
/// error.
#[derive(Clone, Debug)]
pub struct Error(Arc<Repr>);

#[derive(Debug)]
enum Repr {
    Refused {
        kind: ErrorKind,
        message: String,
        cause: Option<u32>,
    },
    Api {
        host: String,
        error: chatbotkit::Error,
    },
    Store(store::Error),
    /// The first failure, and that of putting the code back.
    CodeLost(Error, Option<Error>),
    /// The failure of consuming a code, which may have been consumed.
    InDoubt(Error),
}

impl Error {
    pub(super) fn refused(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::refused_because(kind, message, None)
    }

    /// A refusal because of what JavaScript code of the application threw.
    pub(super) fn refused_because(
        kind: ErrorKind,
        message: impl Into<String>,
        cause: Option<u32>,
    ) -> Self {
        let message = message.into();
        Self(Arc::new(Repr::Refused {
            kind,
            message,
            cause,
        }))
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

    /// The error for a user without an address.
    pub(super) fn no_address() -> Self {
        Self::refused(ErrorKind::InvalidArgument, "a user needs an e-mail address")
    }

    /// The error for a rule for fingerprints that threw, or returned no text.
    #[must_use]
    pub fn no_fingerprint(cause: Option<u32>) -> Self {
        let message = "the option fingerprint made no text of the e-mail address: it has to return a \
                       string, not a promise, and must not throw";
        Self::refused_because(ErrorKind::InvalidOption, message, cause)
    }

    /// The error for an address that is somebody else's.
    pub(super) fn email_taken() -> Self {
        let message = "the e-mail address belongs to another user";
        Self::refused(ErrorKind::EmailTaken, message)
    }

    /// The error for a change of a user who is not there.
    pub(super) fn no_such_user() -> Self {
        Self::refused(ErrorKind::UserNotFound, "there is no such user")
    }

    /// The error for a code that is used up because of `first`, and that is not in the store any more or
    /// could not be put back there because of `second`.
    pub(super) fn code_lost(first: Self, second: Option<Self>) -> Self {
        Self(Arc::new(Repr::CodeLost(first, second)))
    }

    /// The error for a store that failed while a code was consumed: its answer may be lost.
    pub(super) fn code_in_doubt(self) -> Self {
        Self(Arc::new(Repr::InDoubt(self)))
    }

    /// The error of an API behind a directory.
    pub(super) fn api(host: String, error: chatbotkit::Error) -> Self {
        Self(Arc::new(Repr::Api { host, error }))
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Refused { kind, .. } => *kind,
            Repr::Api { error, .. } => ErrorKind::Partner(error.kind()),
            Repr::Store(error) => ErrorKind::Store(error.kind()),
            Repr::CodeLost(..) => ErrorKind::CodeLost,
            Repr::InDoubt(error) => error.kind(),
        }
    }

    /// The HTTP status of the API's answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &*self.0 {
            Repr::Api { error, .. } => error.status(),
            Repr::CodeLost(first, _) => first.status(),
            _ => None,
        }
    }

    /// The API's own code, such as `LIMITS_REACHED`.
    #[must_use]
    pub fn api_code(&self) -> Option<&str> {
        match &*self.0 {
            Repr::Api { error, .. } => error.api_code(),
            Repr::CodeLost(first, _) => first.api_code(),
            _ => None,
        }
    }

    /// Whether the adapter itself refused the call: nothing failed.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(&*self.0, Repr::Refused { .. })
    }

    /// Whether the same call may succeed a little later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match &*self.0 {
            Repr::Api { error, .. } => error.is_transient(),
            Repr::Store(error) => error.is_temporary(),
            Repr::InDoubt(error) => error.is_retryable(),
            Repr::Refused { .. } | Repr::CodeLost(..) => false,
        }
    }

    /// Whether the API or the store failed, instead of the adapter refusing something.
    pub(super) fn is_outage(&self) -> bool {
        !matches!(&*self.0, Repr::Refused { .. })
    }

    /// Whether the API may have carried out what was asked. An address is taken by somebody else, or by
    /// what an earlier attempt of the same call has made.
    pub(super) fn is_unclear(&self) -> bool {
        let is_conflict =
            |error: &chatbotkit::Error| error.kind() == chatbotkit::ErrorKind::Conflict;
        matches!(&*self.0, Repr::Api { error, .. } if error.is_unclear() || is_conflict(error))
    }

    /// The number under which the JavaScript side keeps the value that the application's code threw.
    #[must_use]
    pub fn thrown_cause(&self) -> Option<u32> {
        match &*self.0 {
            Repr::Store(error) => error.cause(),
            Repr::Refused { cause, .. } => *cause,
            Repr::CodeLost(first, second) => {
                let second = second.as_ref().and_then(Self::thrown_cause);
                first.thrown_cause().or(second)
            }
            Repr::InDoubt(error) => error.thrown_cause(),
            Repr::Api { .. } => None,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self(Arc::new(Repr::Store(error)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Repr::Refused { message, .. } => f.write_str(message),
            Repr::Api { host, error } => write!(f, "the ChatBotKit API at {host} {error}"),
            Repr::Store(error) => error.fmt(f),
            Repr::CodeLost(first, second) => {
                write!(f, "{first}. The sign-in code is used up: it ")?;
                match second {
                    Some(second) => write!(f, "could not be put back, because {second}")?,
                    None => f.write_str("is not in the store any more")?,
                }
                f.write_str(". Another code has to be asked for")
            }
            Repr::InDoubt(error) => {
                write!(f, "{error}. The sign-in code may be used up by that")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Repr::Refused { .. } => None,
            Repr::Api { error, .. } => Some(error),
            Repr::Store(error) => Some(error),
            Repr::CodeLost(error, _) | Repr::InDoubt(error) => Some(error),
        }
    }
}
