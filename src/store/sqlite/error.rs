//! What the failures of SQLite mean. Each names the file; none holds a key or a value.

use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Error as Cause, ErrorCode};

use super::NAME;
use crate::store::{Error, ErrorKind};

pub(super) fn misconfigured(problem: &str) -> Error {
    Error::new(
        ErrorKind::Misconfigured,
        NAME,
        format!("cannot be used: {problem}"),
    )
}

pub(super) fn closed() -> Error {
    Error::new(ErrorKind::Closed, NAME, "is closed")
}

/// The thread could not be started, or ended in the midst of a call.
pub(super) fn no_thread(path: &Path, problem: &str) -> Error {
    at(path, ErrorKind::Failed, problem)
}

pub(super) fn timed_out(path: &Path, limit: Duration) -> Error {
    let limit = limit.as_millis();
    let problem =
        format!("did not answer within {limit} ms: another process keeps it, or the disk is busy");
    at(path, ErrorKind::TimedOut, &problem)
}

pub(super) fn read_only(path: &Path) -> Error {
    at(path, ErrorKind::Refused, READ_ONLY)
}

pub(super) fn foreign(path: &Path) -> Error {
    at(
        path,
        ErrorKind::Misconfigured,
        "is the database of another application",
    )
}

pub(super) fn newer(path: &Path, version: i64) -> Error {
    let problem = format!(
        "has version {version} of the schema, which a newer version of this package made: use that one"
    );
    at(path, ErrorKind::Misconfigured, &problem)
}

/// The file was not there, and could not be made.
pub(super) fn not_created(path: &Path, error: &io::Error) -> Error {
    use ErrorKind::{Failed, Misconfigured, Refused};
    let (kind, problem) = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => (
            Misconfigured,
            "cannot be made: the folder that it is to be in does not exist",
        ),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
            Refused,
            "cannot be made: the folder that it is to be in cannot be written",
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (Failed, FULL),
        io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput => {
            (Misconfigured, "is no name that a file can have")
        }
        _ => return at(path, Failed, &format!("could not be made: {error}")),
    };
    at(path, kind, problem)
}

const READ_ONLY: &str =
    "cannot be written: it, its folder or its file system may only be read by this process";

const FULL: &str = "could not be written: there is no room left on the disk";

/// What `error` means for a call.
pub(super) fn failure(path: &Path, error: &Cause) -> Error {
    use ErrorKind::{Failed, Malformed, Misconfigured, Refused, TimedOut};
    let Some(code) = error.sqlite_error() else {
        return match error {
            Cause::InvalidPath(_) | Cause::NulError(_) => misconfigured("the path is none"),
            // A text that is not UTF-8, or a number in the place of a text.
            _ => at(
                path,
                Malformed,
                "holds something that this store did not write",
            ),
        };
    };
    let (kind, problem) = match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            (TimedOut, "is kept by another process for too long")
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => (
            Refused,
            "is damaged, or no SQLite database: bring a copy back, or move it away to begin with an empty one",
        ),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => (Refused, READ_ONLY),
        ErrorCode::DiskFull => (Failed, FULL),
        ErrorCode::CannotOpen if path.is_dir() => (Misconfigured, "is a folder"),
        ErrorCode::CannotOpen => (
            Failed,
            "could not be opened: see the rights to it and to its folder, and how many files may be open",
        ),
        ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed => {
            (Failed, "could not be read or written")
        }
        ErrorCode::OutOfMemory => (Failed, "could not be used: there is no memory left"),
        _ => (Refused, "refuses the operation"),
    };
    at(
        path,
        kind,
        &format!("{problem} (SQLite error {})", code.extended_code),
    )
}

/// Whether somebody else has the file at the moment.
pub(super) fn is_busy(error: &Cause) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

fn at(path: &Path, kind: ErrorKind, problem: &str) -> Error {
    Error::new(kind, NAME, format!("at {} {problem}", path.display()))
}
