//! How outcomes get to Node's thread: all that are there at once, as one JSON text.
//!
//! A promise of N-API's own would cost each call a function of its own that other threads can call,
//! and each outcome a wake-up of Node's thread, a text and a parse. So a call has a ticket, under
//! which `lib/outcomes.js` keeps who waits for it, and outcomes that come while Node is busy wait for
//! one another.

use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use serde::Serialize;

use super::calls::{Calls, Subject};
use super::outcome::{failed, outcome, unstarted};
use super::runtime;
use crate::adapter::Result;

/// Weak: calls keep Node alive, see `lib/outcomes.js`, and what stands by for them does not.
type Wake = ThreadsafeFunction<(), (), String, napi::Status, false, true>;

/// Where calls hand their outcomes over, one for each copy of the JavaScript modules.
#[napi]
pub struct NativeOutcomes {
    outcomes: Arc<Outcomes>,
}

#[napi]
impl NativeOutcomes {
    /// `settle` gets a JSON array: a ticket, the members of its outcome, another ticket, and so on.
    #[napi(constructor)]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "napi hands arguments over by value"
    )]
    pub fn new(settle: Function<'_, String, ()>) -> napi::Result<Self> {
        let waiting = Arc::new(Waiting::default());
        let taken = Arc::clone(&waiting);
        let wake = settle
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .callee_handled::<false>()
            .build_callback(move |_| Ok(taken.take()))?;
        Ok(Self {
            outcomes: Arc::new(Outcomes {
                calls: Calls::default(),
                waiting,
                wake,
            }),
        })
    }
}

impl NativeOutcomes {
    pub(super) fn outcomes(&self) -> Arc<Outcomes> {
        Arc::clone(&self.outcomes)
    }
}

/// Begins calls and takes their outcomes to Node's thread.
pub(super) struct Outcomes {
    calls: Calls,
    waiting: Arc<Waiting>,
    wake: Wake,
}

impl Outcomes {
    /// Runs `method` with `subject` and `text` and hands its outcome over.
    ///
    /// Methods of classes are synchronous and call this. An `async` method would hold on to the
    /// object behind `self` while it waits, and a worker thread that ends meanwhile frees that
    /// object: `method` owns all that it needs. One that captures nothing takes no memory here.
    pub(super) fn run<S, T, F>(
        self: &Arc<Self>,
        ticket: u32,
        subject: Arc<S>,
        text: &str,
        method: impl FnOnce(Arc<S>, String) -> F + Send + 'static,
    ) where
        S: Send + Sync + 'static,
        T: Serialize + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let ticket = Ticket {
            number: ticket,
            outcomes: Arc::clone(self),
            is_open: true,
        };
        let begin = Box::new(move |subject: Subject, text| {
            let subject = subject.downcast().expect("the subject of this call");
            // Boxed by itself, so that nothing around it moves it: it has some kilobytes.
            outcome(method(subject, text).boxed()).boxed()
        });
        if self.calls.add(ticket, subject, text, begin) {
            match runtime::handle() {
                Ok(handle) => {
                    let turn = Turn {
                        outcomes: Arc::clone(self),
                        is_over: false,
                    };
                    handle.spawn(async move { turn.begin() });
                }
                Err(error) => self.refuse(&error),
            }
        }
    }

    /// Ends the calls that wait, because there is nothing to run them on.
    fn refuse(&self, error: &io::Error) {
        for ticket in self.calls.take().into_tickets() {
            drop(ticket.settle(&unstarted(error)));
        }
    }

    fn hand_over(self: &Arc<Self>, ticket: u32, outcome: &str) -> Option<Knock> {
        // One flat array is what Node reads fastest.
        let members = &outcome[1..outcome.len() - 1];
        self.waiting
            .add(ticket, members)
            .then(|| Knock(Arc::clone(self)))
    }
}

/// Wakes Node's thread when it is dropped.
struct Knock(Arc<Outcomes>);

impl Drop for Knock {
    fn drop(&mut self) {
        // Fails only when Node's thread is ending: nobody waits any more.
        self.0
            .wake
            .call((), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

/// Who waits for a call hears of it, even of one that the runtime drops.
pub(super) struct Ticket {
    number: u32,
    outcomes: Arc<Outcomes>,
    is_open: bool,
}

impl Ticket {
    /// Hands over what comes of the call. Calls of all methods are this one type of task: the binary
    /// has its code once.
    pub(super) async fn wait_for(self, outcome: BoxFuture<'static, String>) {
        if let Some(knock) = self.settle(&outcome.await) {
            others_first().await;
            drop(knock);
        }
    }

    fn settle(mut self, outcome: &str) -> Option<Knock> {
        self.is_open = false;
        self.outcomes.hand_over(self.number, outcome)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.is_open {
            let outcome = failed("the native code let go of the call");
            self.outcomes.hand_over(self.number, &outcome);
        }
    }
}

/// Lets the tasks go first that are ready to run on this thread of the runtime: their outcomes then
/// travel with the one that is there. Unlike tokio's own `yield_now`, which waits for what the network
/// brings as well.
async fn others_first() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The runtime's turn to begin the calls that wait. Should it end before it takes it, their tickets
/// are dropped.
struct Turn {
    outcomes: Arc<Outcomes>,
    is_over: bool,
}

impl Turn {
    fn begin(mut self) {
        self.is_over = true;
        self.outcomes.calls.take().begin();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_over {
            drop(self.outcomes.calls.take());
        }
    }
}

/// Outcomes that nobody fetched yet, as the beginning of a JSON array.
#[derive(Default)]
struct Waiting(Mutex<String>);

impl Waiting {
    fn text(&self) -> MutexGuard<'_, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the members of an outcome and says whether it is the first one.
    fn add(&self, ticket: u32, members: &str) -> bool {
        let mut text = self.text();
        let is_first = text.is_empty();
        text.push(if is_first { '[' } else { ',' });
        text.push_str(&ticket.to_string());
        text.push(',');
        text.push_str(members);
        is_first
    }

    /// Takes all of them.
    fn take(&self) -> String {
        let mut text = std::mem::take(&mut *self.text());
        text.push(']');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_that_wait_are_one_array_and_only_the_first_wakes() {
        let waiting = Waiting::default();
        assert!(waiting.add(7, "null,0,1"));
        assert!(!waiting.add(8, r#""it",1,0"#));
        assert_eq!(waiting.take(), r#"[7,null,0,1,8,"it",1,0]"#);
        assert!(waiting.add(9, "{}"));
    }
}
