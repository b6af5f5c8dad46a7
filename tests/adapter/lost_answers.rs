//! Codes whose writes were applied and whose answers were lost, while others did something.

use std::sync::Arc;

use chatbotkit_nextauth::adapter::Adapter;

use crate::watched::Watched;
use crate::{ADA, Site, redeem};

/// A site, its store, the instance whose answers get lost, and another one.
async fn lossy() -> (Arc<Site>, Arc<Watched>, Adapter, Arc<Adapter>) {
    let store = Arc::<Watched>::default();
    let mut site = Site::new().await;
    site.store = Arc::clone(&store) as _;
    site.add_ada();
    let (here, there) = (site.adapter(), Arc::new(site.adapter()));
    (Arc::new(site), store, here, there)
}

async fn make(site: &Site, adapter: &Adapter, code: &str) {
    let made = adapter.create_verification_token(site.code(ADA, code));
    made.await.unwrap();
}

/// What others may do between a write and its repetition.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Guess,
    FiveGuesses,
    NewCode,
    GuessAndNewCode,
    PresentTheSame,
}

async fn act(what: Meanwhile, site: Arc<Site>, there: Arc<Adapter>) {
    let guess = async || assert!(!redeem(&there, ADA, "wrong").await);
    match what {
        Meanwhile::Guess => guess().await,
        Meanwhile::FiveGuesses => {
            for _ in 0..5 {
                guess().await;
            }
        }
        Meanwhile::NewCode => make(&site, &there, "new").await,
        Meanwhile::GuessAndNewCode => {
            guess().await;
            make(&site, &there, "new").await;
            guess().await;
        }
        Meanwhile::PresentTheSame => assert!(!redeem(&there, ADA, "right").await),
    }
}

#[tokio::test]
async fn the_right_code_is_accepted_once_though_others_guess_or_ask_for_another() {
    for what in [
        Meanwhile::Guess,
        Meanwhile::FiveGuesses,
        Meanwhile::NewCode,
        Meanwhile::GuessAndNewCode,
        Meanwhile::PresentTheSame,
    ] {
        // With another code outstanding, so that guesses change the record.
        for others in [false, true] {
            let (site, store, here, there) = lossy().await;
            if others {
                make(&site, &here, "other").await;
            }
            make(&site, &here, "right").await;
            store.lose(act(what, Arc::clone(&site), Arc::clone(&there)));
            assert!(redeem(&here, ADA, "right").await, "{what:?}");
            for adapter in [&here, &*there] {
                assert!(!redeem(adapter, ADA, "right").await, "{what:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_code_that_was_redeemed_before_adding_it_was_answered_is_used() {
    let (site, store, here, there) = lossy().await;
    let there = Arc::clone(&there);
    store.lose(async move { assert!(redeem(&there, ADA, "right").await) });
    make(&site, &here, "right").await;
    assert!(!redeem(&here, ADA, "right").await);
}
