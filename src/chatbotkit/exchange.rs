//! One HTTP exchange: a request, and its whole response or why there is none.

use std::error::Error as _;

use reqwest::Response;

use super::response::{ApiResponse, RESPONSE_LIMIT};
use super::{Error, ErrorKind, Result};
use crate::http::{self, BodyError};

/// Waits for the response to a request and reads its body up to [`RESPONSE_LIMIT`].
pub(super) async fn exchange(
    response: impl Future<Output = reqwest::Result<Response>>,
) -> Result<ApiResponse> {
    let mut response = response.await.map_err(|error| transport_error(&error))?;
    let status = response.status().as_u16();
    let body = http::read_body(&mut response, RESPONSE_LIMIT).await;
    let body = body.map_err(|error| match error {
        BodyError::TooLong => {
            let detail = format!("answered with more than {RESPONSE_LIMIT} bytes");
            Error::new(ErrorKind::TooLarge, detail).with_status(status)
        }
        BodyError::Transport(error) => transport_error(&error),
    })?;
    let headers = std::mem::take(response.headers_mut());
    Ok(ApiResponse {
        status,
        headers,
        body,
    })
}

/// The error of an exchange that brought no complete answer. Its words are those of the innermost
/// cause: the outer ones repeat the URL, which holds an e-mail address.
fn transport_error(error: &reqwest::Error) -> Error {
    let mut cause: &dyn std::error::Error = error;
    let mut untrusted = false;
    loop {
        untrusted |= cause.is::<rustls::Error>();
        // An io::Error gives out what it wraps only by a door of its own, and they are nested.
        let wrapped = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        cause = match (wrapped, cause.source()) {
            (Some(inner), _) => inner,
            (None, Some(source)) => source,
            (None, None) => break,
        };
    }
    let (kind, what) = if untrusted && error.is_connect() {
        (ErrorKind::Untrusted, "could not be trusted")
    } else if error.is_connect() {
        (ErrorKind::Unreachable, "could not be reached")
    } else {
        (ErrorKind::Unreachable, "broke the connection off")
    };
    let words = if error.source().is_some() {
        format!(": {cause}")
    } else {
        String::new()
    };
    let failure = Error::new(kind, format!("{what}{words}"));
    if error.is_connect() {
        failure.not_sent()
    } else {
        failure
    }
}
