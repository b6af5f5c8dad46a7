//! What a failure of a connection means: what to show of it, and what may help.

use std::error::Error as _;
use std::fmt::Display;
use std::io;

use redis::RedisError;

use super::node::Address;
use crate::store::remote::retry::{Failure, Retry};
use crate::store::remote::tls::tls_failure;
use crate::store::{Error, ErrorKind};
use crate::tls;

/// The store's name.
pub(super) const NAME: &str = "redis";

/// What cannot work at all. URLs are not quoted: they hold passwords.
pub(super) fn misconfigured(problem: &str) -> Error {
    let detail = format!("cannot be used: {problem}");
    Error::new(ErrorKind::Misconfigured, NAME, detail)
}

/// A failure that another connection may help.
pub(super) fn failed(address: impl Display, what: &str) -> Failure {
    Failure {
        error: Error::new(ErrorKind::Failed, NAME, format!("at {address} {what}")),
        retry: Retry::OnNewConnection,
    }
}

/// The failure of an attempt to connect.
pub(super) fn connect_failure(address: &Address, error: &io::Error) -> Failure {
    tls::problem(error)
        .and_then(|problem| tls_failure(NAME, address, problem))
        .unwrap_or_else(|| failed(address, &format!("could not be reached: {error}")))
}

/// The failure of a connection that was open.
pub(super) fn connection_failure(address: &Address, error: &RedisError) -> Failure {
    let tls = tls::problem(error).and_then(|problem| tls_failure(NAME, address, problem));
    tls.unwrap_or_else(|| {
        let what = if error.is_io_error() {
            format!("lost its connection: {error}")
        } else {
            format!("failed: {}", error.category())
        };
        failed(address, &what)
    })
}

/// Whether a name cannot be resolved. That may be so for the moment only, which resolvers tell by
/// their words alone (`EAI_AGAIN`).
pub(super) fn is_unknown_name(error: &io::Error) -> bool {
    let words = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    !words.contains("emporary") && !words.contains("ry again")
}
