//! What holds for every identifier, every answer of the API and everything that a store may hold.
//!
//! `proptest` tries hundreds of random ones each time, and keeps those that once failed in
//! `proptest-regressions/`.

#[path = "../api/mod.rs"]
#[allow(unused_imports, reason = "one fixture, several test crates")]
mod api;

mod answers;
mod codes;
mod faulty;
mod records;
mod redemptions;

#[path = "../stores/servers.rs"]
#[allow(dead_code, reason = "one fixture, several test crates")]
mod servers;

use std::future::Future;

/// Runs a future to its end: properties are synchronous.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
