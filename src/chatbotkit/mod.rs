//! The ChatBotKit Partner API: a client for the sub-accounts of one parent account.
//!
//! The API is given five calls ([`Client::find_by_email`], [`fetch`](Client::fetch),
//! [`create`](Client::create), [`update`](Client::update), [`delete`](Client::delete)) and little
//! trust: answers are read up to [`ANSWER_LIMIT`], redirects are not followed (they would carry
//! the secret elsewhere), every item is checked against what was asked for, and a 200 whose body
//! is an error is an error. What was not understood is an [`Error`], never "no such user".
//!
//! Two generations of the same routes are in the field, `/partner/user/…` and `/user/…`. The
//! client finds out which one answers and remembers it; see [`Generation`].
//!
//! A [`Client`] does nothing until its first call: it has no connection, no thread, and needs
//! neither a secret nor a reachable host to exist.

#![forbid(unsafe_code)]

mod answer;
mod budget;
mod call;
mod client;
mod config;
mod error;
mod exchange;
mod lookup;
mod retry;
mod routes;
mod user;

pub use answer::ANSWER_LIMIT;
pub use budget::PURSE;
pub use call::{CALL_LIMIT, CONNECT_TIMEOUT};
pub use client::Client;
pub use config::{Config, ConfigError, HOSTED, TIMEOUT_LIMIT};
pub use error::{Error, ErrorKind};
pub use lookup::PAGE_LIMIT;
pub use retry::RETRY_AFTER_LIMIT;
pub use routes::Generation;
pub use user::{Change, Changes, NewUser, TIME_LIMIT, User, folded, is_user_id};

/// The result of an API call.
pub type Result<T> = std::result::Result<T, Error>;
