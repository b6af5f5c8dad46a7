//! Calls a store written in JavaScript, on Node's thread, and reads what it answers.

use std::time::Duration;

use async_trait::async_trait;
use napi::bindgen_prelude::{FnArgs, Promise};
use napi::threadsafe_function::ThreadsafeFunction;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::environment::Environment;
use crate::store::{JavaScriptCalls, JavaScriptFailure};

/// Operation, key, value, expected value, lifetime in milliseconds.
type Arguments = FnArgs<(String, String, Option<String>, Option<String>, Option<f64>)>;

/// The one function through which a JavaScript store is called. It is weak: a store at rest does
/// not keep Node alive. It never throws, and answers with a JSON text.
pub(super) type StoreFunction =
    ThreadsafeFunction<Arguments, Promise<String>, Arguments, napi::Status, false, true>;

/// [`JavaScriptCalls`] over Node's thread.
pub(super) struct NodeStore {
    function: StoreFunction,
    has_compare_and_set: bool,
    environment: Environment,
}

/// What `lib/stores/javascript-store.js` answers.
#[derive(Deserialize)]
struct Reply {
    value: Option<Box<RawValue>>,
    error: Option<JavaScriptFailure>,
}

impl NodeStore {
    pub(super) fn new(
        function: StoreFunction,
        has_compare_and_set: bool,
        environment: Environment,
    ) -> Self {
        Self {
            function,
            has_compare_and_set,
            environment,
        }
    }

    async fn answer(
        &self,
        method: &'static str,
        key: &str,
        value: Option<&str>,
        expected: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<Option<String>, JavaScriptFailure> {
        // At least one: a lifetime of zero would mean none to most stores.
        let px = ttl.map(|ttl| (ttl.as_secs_f64() * 1_000.0).ceil().max(1.0));
        let text = |text: Option<&str>| text.map(str::to_owned);
        let (value, expected) = (text(value), text(expected));
        let arguments = (method.to_owned(), key.to_owned(), value, expected, px).into();
        let promise = self.function.call_async_catch(arguments).await;
        let promise = promise.map_err(|_| lost())?;
        // A promise that nothing can settle any more is collected, and its end of the channel with
        // it. That is a store that does not answer: let its time run out like any other's.
        let Ok(answer) = promise.await else {
            return std::future::pending().await;
        };
        let reply: Reply = serde_json::from_str(&answer).map_err(|_| JavaScriptFailure {
            cause: None,
            detail: "answered with something that cannot be JSON".to_owned(),
            malformed: true,
        })?;
        match reply.error {
            Some(failure) => Err(failure),
            None => Ok(reply
                .value
                .map(|value| Box::<str>::from(value).into_string())),
        }
    }
}

fn lost() -> JavaScriptFailure {
    JavaScriptFailure {
        cause: None,
        detail: "could not be called: its thread is shutting down".to_owned(),
        malformed: false,
    }
}

#[async_trait]
impl JavaScriptCalls for NodeStore {
    fn has_compare_and_set(&self) -> bool {
        self.has_compare_and_set
    }

    /// Ends with the thread of the store, at the latest.
    async fn call(
        &self,
        method: &'static str,
        key: &str,
        value: Option<&str>,
        expected: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<Option<String>, JavaScriptFailure> {
        tokio::select! {
            answer = self.answer(method, key, value, expected, ttl) => answer,
            () = self.environment.ended() => Err(lost()),
        }
    }
}
