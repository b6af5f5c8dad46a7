//! The native half of `@chatbotkit/nextauth`: a database adapter for NextAuth.js and Auth.js
//! whose users are ChatBotKit sub-accounts.
//!
//! There are four layers, and calls go in one direction only:
//!
//! ```text
//! binding ──▶ adapter ──▶ chatbotkit  (the ChatBotKit API over HTTP)
//!                    └──▶ store       (keys, values and lifetimes)
//! ```
//!
//! * [`binding`] is the only module that knows Node. It converts, delegates and converts back.
//! * [`adapter`] is what NextAuth asks for: users, sign-in codes, sessions, accounts and passkeys. It
//!   decides; it does no I/O.
//! * [`chatbotkit`] speaks to the API and checks every response.
//! * [`store`] is one small trait and its backends.
//!
//! `tests/layers.rs` fails when a lower layer names an upper one.

pub mod adapter;
#[allow(unsafe_code, reason = "expanded from napi's macros")]
pub mod binding;
mod call_metrics;
pub mod chatbotkit;
mod http;
mod keyed_locks;
pub mod store;
mod tls;

/// A call takes memory dozens of times, and glibc's allocator took more of the processor's time
/// for that than this one. The allocators of other platforms were not measured, and are left as they
/// are. So are debug builds: `tests/allocations.rs` counts with an allocator of its own, and so cannot
/// be built with `--release`.
#[cfg(all(target_os = "linux", target_env = "gnu", not(debug_assertions)))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
