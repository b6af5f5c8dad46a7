//! Stores behind a connection: what they share, and one file or folder for each driver.
//!
//! A call passes these, in order:
//!
//! * [`commands`]: the operations of [`super::Store`] as Redis commands.
//! * [`entries`]: what is in a server, for copying it elsewhere.
//! * [`calls`]: the deadline of a call, its retries, and the end of all calls.
//! * [`transport`]: how a command gets to a server.
//! * [`connection`]: the one connection that calls share, opened when it is needed.
//! * [`redis`] or [`rest`]: a driver. It opens a connection once, sends a command once, and says
//!   what may help where that failed ([`retry`], and [`server_error`] for a server's own errors).
//!
//! A driver whose server does not speak Redis commands implements [`super::Store`] over [`calls`], as
//! [`postgres`] does. [`tls`] is what stores can be told of TLS.

mod calls;
mod commands;
mod connection;
mod entries;
mod postgres;
mod redis;
mod rest;
mod retry;
mod server_error;
mod tls;
mod transport;

pub use postgres::{PostgresConfig, PostgresStore};
pub use redis::{Credentials, Deployment, RedisConfig, RedisStore};
pub use rest::{RestConfig, RestStore};
pub use tls::Tls;
