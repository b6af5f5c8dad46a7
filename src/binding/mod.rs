//! The doorway to Node: it converts, delegates and converts back, and decides nothing.
//!
//! * Arguments that are more than a text cross as JSON texts, and so do results, errors among them
//!   (see [`outcome`] and [`outcomes`]): an async N-API function cannot reject with a custom error
//!   code, and an error made in JavaScript has a whole stack.
//! * Everything is owned by an instance of a class, and ends with it, but for the one thread that
//!   all calls run on (see [`runtime`]).
//! * `index.js` is the face of the package; nobody else calls these functions.

mod adapter;
mod calls;
mod code;
mod javascript_store;
mod life;
mod options;
mod outcome;
mod outcomes;
mod rows;
mod runtime;
mod store;
mod store_options;

pub use adapter::NativeAdapter;
pub use code::generate_code;
pub use options::NativeOptions;
pub use outcomes::NativeOutcomes;
pub use store::NativeStore;
pub use store_options::{KvOptions, RedisOptions};
