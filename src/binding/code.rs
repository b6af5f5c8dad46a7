//! Random sign-in codes.

use napi_derive::napi;

/// A code of `length` characters of `alphabet` from the operating system's random source.
#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands arguments over by value"
)]
pub fn generate_code(length: u32, alphabet: String) -> napi::Result<String> {
    // No code is that long; the core says so in its own words.
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    crate::adapter::code(length, &alphabet)
        .map_err(|error| napi::Error::new(napi::Status::InvalidArg, error.to_string()))
}
