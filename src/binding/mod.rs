//! The Node-API binding, the only code that knows Node: it converts, delegates and decides nothing.
//!
//! napi-rs exposes the async functions of [`adapter`] and [`store`], which `lib/adapter/` and
//! `lib/stores/` wrap. They run on a thread of this addon's own, see [`runtime`].
//!
//! * Arguments that are more than a text or a number cross as JSON texts, and so do results, errors
//!   among them (see [`outcome`]).
//! * Everything is owned by an instance of a class, and ends with it and the calls that have a share
//!   of it (see [`handle`]), but for the one thread.

pub mod adapter;
mod code;
pub mod devices;
mod environment;
pub mod extensions;
mod fingerprint;
mod handle;
mod javascript_store;
mod options;
mod outcome;
mod runtime;
pub mod store;
mod store_options;

pub use code::generate_code;
pub use options::NativeOptions;
pub use store_options::{KvOptions, PostgresOptions, RedisOptions, SqliteOptions};
