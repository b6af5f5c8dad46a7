//! What the failures of PostgreSQL mean: what to show of them, and what may help.
//!
//! A server's words can quote a key or a value. Only its code is passed on, of those known with a
//! meaning. <https://www.postgresql.org/docs/current/errcodes-appendix.html>

use std::error::Error as _;

use tokio_postgres::Error as Cause;

use crate::store::remote::retry::{Failure, Retry};
use crate::store::remote::tls::tls_failure;
use crate::store::{Error, ErrorKind};
use crate::tls;

/// The store's name.
pub(super) const NAME: &str = "postgres";

/// What cannot work at all. URLs are not quoted: they hold passwords.
pub(super) fn misconfigured(problem: &str) -> Error {
    let detail = format!("cannot be used: {problem}");
    Error::new(ErrorKind::Misconfigured, NAME, detail)
}

/// A row that is none of those that the statement can have.
pub(super) fn unexpected() -> Error {
    Failure::unexpected_reply(NAME).error
}

/// The role may not make the table, so somebody else has to.
pub(super) fn no_right_to_create(place: &str, statement: &str) -> Failure {
    let detail = format!(
        "at {place} has no table yet, and the role may not make one. Have its owner run: {statement}"
    );
    Failure::permanent(ErrorKind::Refused, NAME, &detail)
}

/// The failure of an attempt to connect.
pub(super) fn connect_failure(place: &str, error: &Cause) -> Failure {
    if let Some(failure) = tls::problem(error).and_then(|it| tls_failure(NAME, place, it)) {
        return failure;
    }
    if reason(error).contains("does not support TLS") {
        let detail = format!("at {place} speaks no TLS, which sslmode asks for");
        return Failure::permanent(ErrorKind::Refused, NAME, &detail);
    }
    let words = error.to_string();
    if words.starts_with("authentication error") || words.starts_with("invalid configuration") {
        let detail = format!("at {place} was not let in: {}", reason(error));
        return Failure::permanent(ErrorKind::Misconfigured, NAME, &detail);
    }
    answered(place, error)
        .unwrap_or_else(|| failed(place, &format!("could not be reached: {}", reason(error))))
}

/// The failure of a statement.
pub(super) fn statement_failure(place: &str, error: &Cause) -> Failure {
    answered(place, error)
        .unwrap_or_else(|| failed(place, &format!("lost its connection: {}", reason(error))))
}

/// The connection has yet to answer to a call that was given up.
pub(super) fn interrupted(place: &str) -> Failure {
    failed(place, "did not answer to an earlier call")
}

fn failed(place: &str, what: &str) -> Failure {
    Failure {
        error: Error::new(ErrorKind::Failed, NAME, format!("at {place} {what}")),
        retry: Retry::OnNewConnection,
    }
}

/// The words of the driver, or of the system.
fn reason(error: &Cause) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// What an error means that the server answered with.
fn answered(place: &str, error: &Cause) -> Option<Failure> {
    let error = error.as_db_error()?;
    let code = error.code().code();
    let (kind, retry, meaning) = meaning(code, error.message());
    let colon = if meaning.is_empty() { "" } else { ": " };
    let detail = format!("at {place} answered with the error {code}{colon}{meaning}");
    Some(Failure {
        error: Error::new(kind, NAME, detail),
        retry,
    })
}

fn meaning(code: &str, message: &str) -> (ErrorKind, Retry, &'static str) {
    use ErrorKind::{Failed, Misconfigured, Refused};
    use Retry::{AfterDelay, Never, OnNewConnection};
    // PgBouncer says with one code what PostgreSQL has several for.
    let says = |words| code == "08P01" && message.contains(words);
    match code {
        _ if says("unsupported startup parameter") => (
            Misconfigured,
            Never,
            "the pooler does not know a parameter of the url",
        ),
        _ if says("no such database") => (Misconfigured, Never, NO_DATABASE),
        _ if says("no such user") || says("authentication failed") => {
            (Misconfigured, Never, NOT_LET_IN)
        }
        "57014" => (
            Failed,
            AfterDelay,
            "it canceled the statement (statement_timeout)",
        ),
        "55P03" => (
            Failed,
            AfterDelay,
            "another transaction keeps the row (lock_timeout)",
        ),
        "25006" => (
            Failed,
            OnNewConnection,
            "it takes no writes: it is a replica, or read-only",
        ),
        "40001" | "40P01" => (Failed, AfterDelay, "another transaction was in the way"),
        "53100" => (Failed, Never, "its disk is full"),
        "53300" => (Failed, OnNewConnection, "it has too many connections"),
        "57P04" | "3D000" => (Misconfigured, Never, NO_DATABASE),
        "3F000" => (Misconfigured, Never, "it has no schema of the table's name"),
        "42501" => (
            Refused,
            Never,
            "the role lacks a right; docs/stores.md lists those that it needs",
        ),
        "42703" | "42804" | "42P10" | "42809" => (
            Misconfigured,
            Never,
            "the table is another than this store makes",
        ),
        "22021" => (
            Refused,
            Never,
            "the key holds a character that it does not take",
        ),
        "54000" => (Refused, Never, "the key is too long for it"),
        _ if code.starts_with("28") => (Misconfigured, Never, NOT_LET_IN),
        _ if code.starts_with("57P") => {
            (Failed, OnNewConnection, "it is shutting down, or starting")
        }
        _ if code.starts_with("08") => (Failed, OnNewConnection, "the way to it is broken"),
        _ if code.starts_with("53") || code.starts_with("58") => {
            (Failed, AfterDelay, "it lacks what it needs for the moment")
        }
        _ => (Refused, Never, ""),
    }
}

const NO_DATABASE: &str = "it has no database of that name";
const NOT_LET_IN: &str =
    "it does not accept the user or the password, or nobody from here (pg_hba.conf)";
