//! The adapter between an API and a store that both misbehave.

#[path = "../api/mod.rs"]
mod api;

mod changes;
mod clocks;
mod code_storage;
mod codes;
mod conflicts;
mod creation;
mod deletion;
mod guessing;
mod hints;
mod lost_answers;
mod orphans;
mod outages;
mod redeemed;
mod round_trips;
mod sessions;
mod spellings;
mod unfinished;
mod users;
mod watched;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use api::{Accounts, Answer, Api, Request};
use chatbotkit_nextauth::adapter::{
    Adapter, AutoCreate, Options, PresentedToken, Sealing, SubAccountDirectory, VerificationToken,
};
use chatbotkit_nextauth::chatbotkit::Config;
use chatbotkit_nextauth::store::{MemoryStore, Store};
use serde_json::json;
use watched::Watched;

/// The time at which every test begins, in epoch milliseconds.
const NOW: i64 = 1_750_000_000_000;

/// How long a code of a test is good for, in milliseconds.
const TEN_MINUTES: i64 = 600_000;

/// The person whom most tests are about.
const ADA: &str = "ada@example.com";

/// An API, a store and a clock, for any number of adapters.
struct Site {
    api: Api,
    accounts: Accounts,
    store: Arc<dyn Store>,
    time: Arc<AtomicI64>,
}

impl Site {
    /// A site whose API behaves.
    async fn new() -> Self {
        Self::answering(Accounts::answer).await
    }

    /// A site whose store is watched.
    async fn watched() -> (Self, Arc<Watched>) {
        let store = Arc::<Watched>::default();
        let mut site = Self::new().await;
        site.store = Arc::clone(&store) as _;
        (site, store)
    }

    /// A site whose API answers as `handler` says.
    async fn answering(
        handler: impl Fn(&Accounts, &Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let accounts = Accounts::new();
        let served = accounts.clone();
        Self {
            api: Api::start(move |request| handler(&served, request)).await,
            accounts,
            store: Arc::new(MemoryStore::new()),
            time: Arc::new(AtomicI64::new(NOW)),
        }
    }

    /// Adds Ada, made by the partner, and returns her id.
    fn add_ada(&self) -> String {
        let ada = json!({ "email": ADA, "name": "Ada", "meta": { "plan": "pro" } });
        self.accounts.add(&ada)
    }

    /// An adapter that may do everything.
    fn adapter(&self) -> Adapter {
        self.adapter_with(|_| ())
    }

    /// An adapter that may do everything, whose records can be read in the store.
    fn plain_adapter(&self) -> Adapter {
        self.adapter_with(|options| options.seal = Sealing::Off)
    }

    /// An adapter that may do everything, and what `set` says.
    fn adapter_with(&self, set: impl FnOnce(&mut Options)) -> Adapter {
        self.adapter_of(self.api.config(), set)
    }

    /// An adapter on a server whose clock is `millis` ahead.
    fn adapter_ahead(&self, millis: i64) -> Adapter {
        let time = Arc::clone(&self.time);
        let clock = Arc::new(move || time.load(Ordering::SeqCst) + millis);
        let directory = Arc::new(SubAccountDirectory::new(self.api.config()));
        let store = Arc::clone(&self.store);
        Adapter::with_clock(directory, store, Options::default(), clock)
    }

    fn adapter_of(&self, config: Config, set: impl FnOnce(&mut Options)) -> Adapter {
        let mut options = Options {
            auto_create_user: AutoCreate::On,
            auto_delete_user: true,
            ..Options::default()
        };
        set(&mut options);
        let time = Arc::clone(&self.time);
        let clock = Arc::new(move || time.load(Ordering::SeqCst));
        let store = Arc::clone(&self.store);
        let directory = Arc::new(SubAccountDirectory::new(config));
        Adapter::with_clock(directory, store, options, clock)
    }

    /// An adapter that does not retry.
    fn without_retries(&self) -> Adapter {
        let config = self.api.config().with_retries(0, Duration::ZERO);
        self.adapter_of(config, |_| ())
    }

    /// An adapter that gives an attempt up early, and does not retry.
    fn impatient(&self) -> Adapter {
        let config = self.api.config().with_retries(0, Duration::ZERO);
        self.adapter_of(config.with_timeout(Duration::from_millis(150)), |_| ())
    }

    /// Lets time pass.
    fn pass(&self, millis: i64) {
        self.time.fetch_add(millis, Ordering::SeqCst);
    }

    /// A code for `identifier` that is good for ten minutes.
    fn code(&self, identifier: &str, token: &str) -> VerificationToken {
        VerificationToken {
            identifier: identifier.to_owned(),
            token: token.to_owned(),
            expires: self.time.load(Ordering::SeqCst) + TEN_MINUTES,
        }
    }
}

/// Presents a code, and says whether it was good.
async fn redeem(adapter: &Adapter, identifier: &str, token: &str) -> bool {
    let token = presented(identifier, token);
    adapter
        .use_verification_token(token)
        .await
        .unwrap()
        .is_some()
}

fn presented(identifier: &str, token: &str) -> PresentedToken {
    PresentedToken {
        identifier: Some(identifier.to_owned()),
        token: token.to_owned(),
    }
}
