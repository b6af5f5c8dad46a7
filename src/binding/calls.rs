//! Calls on their way to the runtime: all that are there when it gets to them.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;

use super::outcomes::Ticket;

/// Calls that have not begun.
///
/// Node's thread only notes them down, and the thread of the runtime makes the tasks: their memory,
/// some kilobytes each, would otherwise be taken on one thread and given back on another, which
/// allocators pay for. The texts of all are one for the same reason.
#[derive(Default)]
pub(super) struct Calls(Mutex<Noted>);

#[derive(Default)]
pub(super) struct Noted {
    calls: Vec<Call>,
    texts: String,
}

/// One of them.
struct Call {
    ticket: Ticket,
    subject: Subject,
    /// Where its text ends in those of all; it begins where the one before ends.
    end: usize,
    begin: Begin,
}

/// What a method is called on.
pub(super) type Subject = Arc<dyn Any + Send + Sync>;

/// Begins a call, whose outcome is a text.
pub(super) type Begin = Box<dyn FnOnce(Subject, String) -> BoxFuture<'static, String> + Send>;

impl Calls {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a call and says whether it is the first one.
    pub(super) fn add(&self, ticket: Ticket, subject: Subject, text: &str, begin: Begin) -> bool {
        let mut noted = self.noted();
        noted.texts.push_str(text);
        let end = noted.texts.len();
        noted.calls.push(Call {
            ticket,
            subject,
            end,
            begin,
        });
        noted.calls.len() == 1
    }

    pub(super) fn take(&self) -> Noted {
        std::mem::take(&mut *self.noted())
    }
}

impl Noted {
    /// Begins all of them, as tasks of the runtime that this runs on.
    pub(super) fn begin(self) {
        let mut from = 0;
        for call in self.calls {
            let text = self.texts[from..call.end].to_owned();
            from = call.end;
            let outcome = (call.begin)(call.subject, text);
            tokio::spawn(call.ticket.wait_for(outcome));
        }
    }

    /// Those who wait for them.
    pub(super) fn into_tickets(self) -> impl Iterator<Item = Ticket> {
        self.calls.into_iter().map(|call| call.ticket)
    }
}
