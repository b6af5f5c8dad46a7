use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chatbotkit_nextauth::adapter::{
    Adapter, Options, PresentedToken, Sealing, SubAccountDirectory, VerificationToken,
};
use chatbotkit_nextauth::chatbotkit::{Config, TIME_LIMIT, folded};
use chatbotkit_nextauth::store::MemoryStore;
use proptest::collection::vec;
use proptest::prelude::*;

use super::run;

const HOUR: i64 = 3_600_000;

/// What may happen to one identifier.
#[derive(Clone, Copy, Debug)]
enum Step {
    New,
    Right,
    Wrong,
    Minutes(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::New),
        1 => Just(Step::Right),
        8 => Just(Step::Wrong),
        1 => (1..90_i64).prop_map(Step::Minutes),
    ];
    vec(step, 1..400)
}

/// The books that somebody would keep who knows the promises and not the code.
#[derive(Default)]
struct Books {
    /// Wrong codes since anything was redeemed or made void.
    since_void: u32,
    /// Wrong codes since a success.
    since_success: u32,
    latest: Option<String>,
    locked_until: i64,
}

async fn play(steps: &[Step], identifier: &str) {
    let now = Arc::new(AtomicI64::new(1_000_000_000_000));
    let clock = Arc::clone(&now);
    let adapter = Adapter::with_clock(
        // No call reaches the API: an identifier that is no address belongs to no user.
        Arc::new(SubAccountDirectory::new(Config::new(Some(
            "secret".to_owned(),
        )))),
        Arc::new(MemoryStore::new()),
        Options::default(),
        Arc::new(move || clock.load(Ordering::SeqCst)),
    );
    let present = async |token: &str| {
        let identifier = Some(identifier.to_owned());
        let token = token.to_owned();
        adapter
            .use_verification_token(PresentedToken { identifier, token })
            .await
            .unwrap()
    };
    let mut books = Books::default();
    for (number, step) in steps.iter().enumerate() {
        let time = now.load(Ordering::SeqCst);
        match step {
            Step::Minutes(minutes) => drop(now.fetch_add(minutes * 60_000, Ordering::SeqCst)),
            Step::New => {
                let (identifier, token) = (identifier.to_owned(), format!("code {number}"));
                books.latest = Some(token.clone());
                let code = VerificationToken {
                    identifier,
                    token,
                    expires: time + 24 * HOUR,
                };
                adapter.create_verification_token(code).await.unwrap();
            }
            Step::Wrong => {
                assert!(present("no such code").await.is_none());
                if books.latest.is_some() && books.locked_until <= time {
                    books.since_void += 1;
                    books.since_success += 1;
                    if books.since_success >= 100 {
                        books.locked_until = time + HOUR;
                    }
                    if books.since_void == 5 || books.since_success >= 100 {
                        books.since_void = 0;
                        books.latest = None;
                    }
                }
            }
            Step::Right => {
                let Some(token) = books.latest.clone() else {
                    continue;
                };
                let redeemed = present(&token).await.is_some();
                assert_eq!(redeemed, books.locked_until <= time, "step {number}");
                if redeemed {
                    assert!(present(&token).await.is_none());
                    // Others may be outstanding, and then this was a wrong code. Start afresh.
                    return;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn guesses_are_bounded_exactly_as_promised(steps in steps()) {
        run(play(&steps, "somebody"));
    }

    #[test]
    fn any_text_can_be_an_identifier_and_stands_for_nobody_else(one in "\\PC{0,40}", other in "\\PC{0,40}") {
        prop_assume!(folded(one.trim()) != folded(other.trim()));
        run(async {
            let directory = Arc::new(SubAccountDirectory::new(Config::new(None)));
            let store = Arc::new(MemoryStore::new());
            let options = Options { seal: Sealing::Off, ..Options::default() };
            let adapter = Adapter::new(directory, store, options);
            let expires = TIME_LIMIT;
            let code = VerificationToken { identifier: one.clone(), token: "t".to_owned(), expires };
            adapter.create_verification_token(code).await.unwrap();
            let present = async |identifier: &str| {
                let presented =
                    PresentedToken { identifier: Some(identifier.to_owned()), token: "t".to_owned() };
                adapter.use_verification_token(presented).await
            };
            assert!(present(&other).await.unwrap().is_none());
            // An address has to be looked up first, which fails here: there is no secret.
            assert!(!matches!(present(&one).await, Ok(None)));
        });
    }
}
