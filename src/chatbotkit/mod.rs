//! The ChatBotKit API.
//!
//! [`Client`] is the HTTP shell: connections, timeouts, retries, and limits on what is believed.
//! The routes stand on it, in one folder for each kind of record: [`SubAccounts`], [`Contacts`].
//!
//! The API is given little trust: responses are read up to [`RESPONSE_LIMIT`], redirects are not
//! followed (they would carry the secret elsewhere), every item is checked against what was asked
//! for, and a 200 whose body is an error is an error. What was not understood is an [`Error`],
//! never "no such user".
//!
//! Nothing happens until the first request: there is no connection, no thread, and neither a secret
//! nor a reachable host is needed to construct what is here.

#![forbid(unsafe_code)]

mod client;
mod collection;
mod config;
mod contacts;
mod error;
mod exchange;
mod fields;
mod pages;
mod response;
mod retry;
mod retry_budget;
mod sub_accounts;

pub use client::{CONNECT_TIMEOUT, Client, TOTAL_TIMEOUT};
pub use config::{Config, ConfigError, HOSTED, TIMEOUT_LIMIT};
pub use contacts::{Contact, ContactChanges, Contacts, NewContact};
pub use error::{Error, ErrorKind};
pub use fields::{TIME_LIMIT, folded, is_user_id};
pub use response::RESPONSE_LIMIT;
pub use retry::RETRY_AFTER_LIMIT;
pub use retry_budget::MAX_TOKENS;
pub use sub_accounts::{
    ApiSession, ApiSessionConfig, Changes, Generation, NewApiSession, NewSubAccount, PAGE_LIMIT,
    SubAccount, SubAccounts,
};

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;
