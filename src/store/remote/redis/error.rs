//! What an error of the driver means: what to show of it, and what may help.

use redis::RedisError;

use crate::store::remote::retry::{Failure, Retry};
use crate::store::{Error, ErrorKind};

/// The store's name.
pub(super) const NAME: &str = "redis";

/// What cannot work at all. URLs are not quoted: they hold passwords.
pub(super) fn misconfigured(problem: &str) -> Error {
    let detail = format!("cannot be used: {problem}");
    Error::new(ErrorKind::Misconfigured, NAME, detail)
}

/// The failure of an attempt to connect.
pub(super) fn connect_failure(error: &RedisError) -> Failure {
    if error.kind() == redis::ErrorKind::AuthenticationFailed {
        return Failure {
            error: misconfigured("the user or the password is not accepted"),
            retry: Retry::Never,
        };
    }
    Failure {
        error: Error::new(ErrorKind::Failed, NAME, describe(error)),
        retry: Retry::OnNewConnection,
    }
}

/// The failure of a command.
pub(super) fn command_failure(error: &RedisError) -> Failure {
    let retry = retry(error);
    let kind = if retry == Retry::Never {
        ErrorKind::Refused
    } else {
        ErrorKind::Failed
    };
    Failure {
        error: Error::new(kind, NAME, describe(error)),
        retry,
    }
}

/// Errors whose code the driver knows have a method of their own; `READONLY` outside a cluster
/// means that the primary became a replica.
fn retry(error: &RedisError) -> Retry {
    match error.code() {
        Some("READONLY" | "MASTERDOWN") => Retry::OnNewConnection,
        Some("LOADING" | "TRYAGAIN" | "CLUSTERDOWN") => Retry::AfterDelay,
        None if error.is_io_error()
            || error.is_unrecoverable_error()
            || error.is_cluster_error() =>
        {
            Retry::OnNewConnection
        }
        _ => Retry::Never,
    }
}

/// A server's message can quote a command's arguments, so only its code is passed on.
fn describe(error: &RedisError) -> String {
    match error.code() {
        Some(code) => format!("answered with the error {code}"),
        None if error.is_io_error() => format!("lost its connection: {error}"),
        None => format!("failed: {}", error.category()),
    }
}
