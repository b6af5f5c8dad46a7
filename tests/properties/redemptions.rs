//! Redemptions whose store and API fail at random, beside others, some of which end in a crash: nobody
//! gets in twice, and no outage uses a code up unless the error says so.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use chatbotkit_nextauth::adapter::{
    Adapter, Error, ErrorKind, Options, PresentedToken, VerificationToken,
};
use chatbotkit_nextauth::chatbotkit::TIME_LIMIT;
use chatbotkit_nextauth::store::{
    Deployment, MemoryStore, RedisConfig, RedisStore, SqliteConfig, SqliteStore, Store,
};
use futures_util::future::join_all;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::faulty::{ADA, Dice, Faulty, People};
use super::run;
use super::servers::Server;

/// How many adapters take part, each a server of its own.
const ADAPTERS: usize = 3;

/// What somebody does: presents the right code or a wrong one to one of the servers, which may crash
/// after it was looked at that often.
#[derive(Clone, Debug)]
struct Attempt {
    is_right: bool,
    adapter: usize,
    crashes_after: Option<u8>,
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let crash = prop_oneof![4 => Just(None), 1 => (0..40_u8).prop_map(Some)];
    let each = (any::<bool>(), 0..ADAPTERS, crash);
    let each = each.prop_map(|(is_right, adapter, crashes_after)| Attempt {
        is_right,
        adapter,
        crashes_after,
    });
    vec(each, 1..7)
}

/// A future that is dropped after it was polled that often, if ever.
struct Crashing<F>(Option<Pin<Box<F>>>, Option<u8>);

impl<F: Future> Future for Crashing<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.1 == Some(0) {
            self.0 = None;
            return Poll::Ready(None);
        }
        self.1 = self.1.map(|left| left - 1);
        let future = self.0.as_mut().expect("it has not ended");
        future.as_mut().poll(context).map(Some)
    }
}

/// What came of all of them.
#[derive(Default)]
struct Outcome {
    successes: usize,
    has_crashed: bool,
    is_lost: bool,
}

async fn redeem(adapter: &Adapter, token: &str) -> Result<bool, Error> {
    let presented = PresentedToken {
        identifier: Some(ADA.to_owned()),
        token: token.to_owned(),
    };
    let redeemed = adapter.use_verification_token(presented).await?;
    Ok(redeemed.is_some())
}

/// Whether an error says that the code is used up, or may be.
fn says_so(error: &Error) -> bool {
    error.kind() == ErrorKind::CodeLost || error.to_string().contains("may be used up")
}

async fn make(adapter: &Adapter, token: &str) {
    let code = VerificationToken {
        identifier: ADA.to_owned(),
        token: token.to_owned(),
        expires: TIME_LIMIT,
    };
    adapter.create_verification_token(code).await.unwrap();
}

async fn race(
    store: Arc<dyn Store>,
    attempts: Vec<Attempt>,
    drawn: Vec<u8>,
    is_known: bool,
    has_another: bool,
) {
    static RACES: AtomicUsize = AtomicUsize::new(0);
    let key_prefix = format!("race-{}:", RACES.fetch_add(1, Ordering::SeqCst));
    let dice = Arc::new(Dice::new(drawn));
    let adapter = |_| {
        let directory = People {
            is_known,
            dice: Arc::clone(&dice),
        };
        let store = Faulty {
            inner: Arc::clone(&store),
            dice: Arc::clone(&dice),
        };
        let options = Options {
            key_prefix: key_prefix.clone(),
            cache_ttl: Duration::ZERO,
            ..Options::default()
        };
        Adapter::new(Arc::new(directory), Arc::new(store), options)
    };
    let adapters: Vec<_> = (0..ADAPTERS).map(adapter).collect();
    // One of them has made the code, and knows its record.
    adapters[0].get_user_by_email(ADA).await.unwrap();
    if has_another {
        make(&adapters[1], "another").await;
    }
    make(&adapters[0], "right").await;

    dice.set_calm(false);
    let outcome = Mutex::new(Outcome::default());
    join_all(attempts.iter().map(async |attempt| {
        let token = if attempt.is_right { "right" } else { "wrong" };
        let presenting = Box::pin(redeem(&adapters[attempt.adapter], token));
        let redeemed = Crashing(Some(presenting), attempt.crashes_after).await;
        let mut outcome = outcome.lock().unwrap();
        match redeemed {
            Some(Ok(true)) => outcome.successes += 1,
            Some(Ok(false)) => {}
            Some(Err(error)) => outcome.is_lost |= says_so(&error),
            None => outcome.has_crashed |= attempt.is_right,
        }
    }))
    .await;
    dice.set_calm(true);

    let outcome = outcome.into_inner().unwrap();
    assert!(outcome.successes <= 1, "{} got in", outcome.successes);
    let may_miss = attempts.iter().filter(|it| has_another || !it.is_right);
    let most_misses = may_miss.count();
    let last = &adapters[ADAPTERS - 1];
    let is_good = redeem(last, "right").await.unwrap();
    if outcome.successes == 1 {
        assert!(!is_good, "a second one got in");
    } else if !outcome.has_crashed && !outcome.is_lost && most_misses < 5 {
        assert!(is_good, "an outage has used the code up");
    }
    for adapter in &adapters {
        assert!(!redeem(adapter, "right").await.unwrap());
    }
}

/// Tries codes while the API and the store fail, between wrong ones.
async fn guess(drawn: Vec<u8>, before: u32, is_void: bool) {
    let dice = Arc::new(Dice::new(drawn));
    let directory = People {
        is_known: true,
        dice: Arc::clone(&dice),
    };
    let store = Faulty {
        inner: Arc::new(MemoryStore::new()),
        dice: Arc::clone(&dice),
    };
    let adapter = Adapter::new(Arc::new(directory), Arc::new(store), Options::default());
    make(&adapter, "right").await;
    for _ in 0..before {
        assert!(!redeem(&adapter, "wrong").await.unwrap());
    }
    dice.set_calm(false);
    let outcomes = join_all((0..4).map(|_| redeem(&adapter, "right"))).await;
    dice.set_calm(true);
    let is_over = |it: &Result<bool, Error>| match it {
        Ok(is_redeemed) => *is_redeemed,
        Err(error) => says_so(error),
    };
    if outcomes.iter().any(is_over) {
        return;
    }
    for _ in before..4 + u32::from(is_void) {
        assert!(!redeem(&adapter, "wrong").await.unwrap());
    }
    assert_eq!(redeem(&adapter, "right").await.unwrap(), !is_void);
}

/// Races over what `store` makes, so many of them.
fn check_races(cases: u32, store: impl Fn() -> Arc<dyn Store>) {
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    });
    let drawn = vec(any::<u8>(), 40..200);
    let races = (attempts(), drawn, any::<bool>(), any::<bool>());
    let outcome = runner.run(&races, |(attempts, drawn, is_known, has_another)| {
        run(async { race(store(), attempts, drawn, is_known, has_another).await });
        Ok(())
    });
    outcome.unwrap_or_else(|problem| panic!("{problem}"));
}

#[test]
fn a_code_lets_one_in_and_no_outage_uses_it_up_in_memory() {
    check_races(500, || Arc::new(MemoryStore::new()));
}

#[test]
fn nor_in_sqlite() {
    let folder = std::env::temp_dir().join(format!("redemptions-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("auth.db");
    check_races(60, || {
        Arc::new(SqliteStore::new(SqliteConfig::new(Some(file.clone()))))
    });
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn nor_in_redis() {
    let server = run(Server::start());
    check_races(100, || {
        let deployment = Deployment::Single(Some(server.url()));
        Arc::new(RedisStore::new(RedisConfig::new(deployment)))
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn five_guesses_make_a_code_void_whatever_outages_it_was_put_back_after(
        drawn in vec(any::<u8>(), 40..200), before in 0..5_u32, is_void: bool
    ) {
        run(guess(drawn, before, is_void));
    }
}
