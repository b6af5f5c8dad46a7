//! What an async function owns of the object that it is called with.

use napi::bindgen_prelude::{ClassInstance, FromNapiValue, MaybeTypeTag, sys};

/// A class whose instances share something with the calls that are under way.
pub trait Shared: MaybeTypeTag + 'static {
    /// What calls need. It lives for as long as one of them does.
    type Inner;

    /// A share of it.
    fn share(&self) -> Self::Inner;
}

/// A share of a class instance, taken on Node's thread when a function is called.
///
/// An `async` method with `&self` would borrow the instance itself while it waits. A worker thread
/// that is terminated meanwhile frees that instance, and the method would go on with memory that is
/// no longer its own. So the async functions are no methods, and this is their first parameter.
pub struct Handle<C: Shared>(pub(super) C::Inner);

impl<C: Shared> FromNapiValue for Handle<C> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: `value` is an argument of the call that is being made in `env`.
        let instance = unsafe { ClassInstance::<C>::from_napi_value(env, value)? };
        Ok(Self(instance.share()))
    }
}
