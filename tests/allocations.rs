//! How often a call asks the allocator for memory: what a machine's speed does not change.
//!
//! The bounds are what was counted, and for requests a few more: how an answer is cut into reads
//! varies. Where a change needs more, it has to say so here.

#[path = "api/mod.rs"]
mod api;

use std::sync::{Arc, mpsc};
use std::thread;

use allocation_counter::AllocationInfo;
use api::{Accounts, Api};
use chatbotkit_nextauth::adapter::{
    Adapter, Options, PresentedToken, Session, SubAccountDirectory, VerificationToken,
};
use chatbotkit_nextauth::chatbotkit::Config;
use chatbotkit_nextauth::store::MemoryStore;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

const NOW: i64 = 1_750_000_000_000;
const LATER: i64 = NOW + 600_000;
const ADA: &str = "ada@example.com";

/// Calls before the one that is counted: connections, snapshots and tables are there by then.
const WARMUP: usize = 20;

/// An adapter on this thread, whose API is on another one: what that allocates does not count.
struct Bench {
    runtime: Runtime,
    adapter: Adapter,
    ada: String,
}

impl Bench {
    fn new() -> Self {
        let (config, ada) = serve();
        let options = Options::default();
        let directory = Arc::new(SubAccountDirectory::new(config));
        let store = Arc::new(MemoryStore::new());
        Self {
            runtime: runtime(),
            adapter: Adapter::with_clock(directory, store, options, Arc::new(|| NOW)),
            ada,
        }
    }

    /// What one of many equal calls allocates. `call` gets its number; `did` says whether what came
    /// of it is what should.
    fn count<F: Future>(
        &self,
        call: impl Fn(usize) -> F,
        did: impl Fn(F::Output) -> bool,
    ) -> AllocationInfo {
        for number in 0..WARMUP {
            assert!(did(self.runtime.block_on(call(number))));
        }
        let mut outcome = None;
        let counted = allocation_counter::measure(|| {
            outcome = Some(self.runtime.block_on(call(WARMUP)));
        });
        assert!(outcome.is_some_and(did));
        counted
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// An API with Ada in it: how to reach it, and her id.
fn serve() -> (Config, String) {
    let (ready, started) = mpsc::channel();
    thread::spawn(move || {
        runtime().block_on(async move {
            let accounts = Accounts::new();
            let ada = accounts.add(&json!({ "id": "user0001", "email": ADA, "name": "Ada" }));
            let api = Api::start(move |request| accounts.answer(request)).await;
            ready.send((api.config(), ada)).unwrap();
            std::future::pending::<()>().await;
        });
    });
    started.recv().unwrap()
}

#[track_caller]
fn assert_at_most(counted: &AllocationInfo, count: u64, bytes: u64) {
    let (counts, within) = (counted.count_total > 0, counted.count_total <= count);
    assert!(
        counts && within && counted.bytes_total <= bytes,
        "{counted:#?}"
    );
}

fn code(number: usize) -> VerificationToken {
    VerificationToken {
        identifier: format!("{number}@example.com"),
        token: format!("hash-{number}"),
        expires: LATER,
    }
}

#[test]
fn a_user_by_id() {
    let bench = Bench::new();
    let counted = bench.count(
        |_| bench.adapter.get_user(&bench.ada),
        |found| found.unwrap().is_some(),
    );
    assert_at_most(&counted, 62, 21_200);
}

#[test]
fn a_user_by_address() {
    let bench = Bench::new();
    let counted = bench.count(
        |_| bench.adapter.get_user_by_email(ADA),
        |found| found.unwrap().is_some(),
    );
    assert_at_most(&counted, 77, 25_000);
}

#[test]
fn a_code_that_is_made() {
    let bench = Bench::new();
    let counted = bench.count(
        |number| bench.adapter.create_verification_token(code(number)),
        |made| made.is_ok(),
    );
    // The record says which attempt made the code, and is sealed. Who has the address is looked for
    // among those who were seen.
    assert_at_most(&counted, 31, 2_700);
}

#[test]
fn a_code_that_is_wrong() {
    let bench = Bench::new();
    for number in 0..=WARMUP {
        let made = bench.adapter.create_verification_token(code(number));
        bench.runtime.block_on(made).unwrap();
    }
    let counted = bench.count(
        |number| {
            bench.adapter.use_verification_token(PresentedToken {
                identifier: Some(format!("{number}@example.com")),
                token: String::from("wrong"),
            })
        },
        |redeemed| redeemed.unwrap().is_none(),
    );
    // The record says which attempt made the code, and is opened and sealed. A look-up would be told to
    // begin, and how far it has counted is remembered.
    assert_at_most(&counted, 34, 5_500);
}

#[test]
fn a_session_that_is_made() {
    let bench = Bench::new();
    let counted = bench.count(
        |number| bench.adapter.create_session(session(&bench, number)),
        |made| made.is_ok(),
    );
    // The mark of a deletion of its user is looked for, and the record is sealed.
    assert_at_most(&counted, 24, 1_500);
}

#[test]
fn a_session_that_is_read() {
    let bench = Bench::new();
    let made = bench.adapter.create_session(session(&bench, 1));
    let token = bench.runtime.block_on(made).unwrap().session_token;
    let counted = bench.count(
        |_| bench.adapter.get_session_and_user(&token),
        |found| found.unwrap().is_some(),
    );
    assert_at_most(&counted, 24, 3_900);
}

fn session(bench: &Bench, number: usize) -> Session {
    Session {
        session_token: format!("token-{number}"),
        user_id: bench.ada.clone(),
        expires: LATER,
    }
}
