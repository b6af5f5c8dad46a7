//! Codes whose sign-in fails after they were redeemed: they are put back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chatbotkit_nextauth::adapter::{
    Adapter, AutoCreate, Error, ErrorKind, Result, User, UserChanges,
};
use serde_json::json;

use crate::api::{Accounts, Answer, Request};
use crate::creation::{create_proven, create_unproven};
use crate::{ADA, NOW, Site, TEN_MINUTES, presented, redeem};

/// A site whose requests become what `failing` says, as long as it is down.
async fn site_failing(
    failing: impl Fn(&Accounts, &Request) -> Option<Answer> + Send + Sync + 'static,
) -> (Site, Arc<AtomicBool>) {
    let down = Arc::new(AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    let site = Site::answering(move |accounts, request| {
        let failure = is_down
            .load(Ordering::SeqCst)
            .then(|| failing(accounts, request));
        failure
            .flatten()
            .unwrap_or_else(|| accounts.answer(request))
    })
    .await;
    (site, down)
}

/// A site where creates and updates become `failure`.
async fn site_without_writes(failure: Answer) -> (Site, Arc<AtomicBool>) {
    site_failing(move |_, request| {
        ["create", "update"]
            .contains(&request.route())
            .then(|| failure.clone())
    })
    .await
}

async fn ask(site: &Site, adapter: &Adapter, code: &str) {
    let asked = adapter.create_verification_token(site.code(ADA, code));
    asked.await.unwrap();
}

/// What NextAuth calls when somebody brings a code back: `None` when the code is no good.
async fn sign_in(adapter: &Adapter, code: &str) -> Result<Option<User>> {
    let redeemed = adapter.use_verification_token(presented(ADA, code)).await?;
    match redeemed {
        None => Ok(None),
        Some(_) => finish(adapter).await.map(Some),
    }
}

/// What it calls after it redeemed the code.
async fn finish(adapter: &Adapter) -> Result<User> {
    adapter.get_user_by_email(ADA).await?;
    match adapter.get_user_by_email(ADA).await? {
        Some(user) => adapter.update_user(stamp(&user.id)).await,
        None => create_proven(adapter).await,
    }
}

fn stamp(id: &str) -> UserChanges {
    serde_json::from_value(json!({ "id": id, "emailVerified": NOW })).unwrap()
}

fn rate_limited() -> Answer {
    let message = "You have exceeded your allocated rate limits: rate/poll";
    let body = json!({ "message": message, "code": "LIMITS_REACHED" });
    Answer::json(429, &body)
}

fn outages() -> Vec<Answer> {
    vec![
        Answer::error(503, "UNAVAILABLE"),
        Answer::error(429, "TOO_MANY_REQUESTS"),
        Answer::error(429, "LIMITS_REACHED"),
        Answer::error(402, "NO_SUBSCRIPTION"),
        Answer::error(403, "NOT_AUTHORIZED"),
        Answer::error(200, "TIMEOUT"),
        Answer::text(502, "text/html", "<html>"),
        rate_limited(),
        Answer::Reset,
        Answer::hang(),
    ]
}

#[tokio::test]
async fn somebody_new_gets_in_with_the_same_code_after_an_outage_of_creation() {
    for failure in outages() {
        let (site, down) = site_without_writes(failure).await;
        let adapter = site.impatient();
        ask(&site, &adapter, "code").await;
        for _ in 0..6 {
            let error = sign_in(&adapter, "code").await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Partner(_)), "{error}");
        }
        down.store(false, Ordering::SeqCst);
        let adapter = site.adapter();
        let user = sign_in(&adapter, "code").await.unwrap().unwrap();
        assert_eq!((&*user.email, user.email_verified), (ADA, Some(NOW)));
        assert!(sign_in(&adapter, "code").await.unwrap().is_none());
        assert_eq!(site.accounts.len(), 1);
    }
}

#[tokio::test]
async fn somebody_whose_proof_cannot_be_written_gets_in_with_the_same_code_later() {
    for failure in outages() {
        let (site, down) = site_without_writes(failure).await;
        let meta = json!({ "nextauth": { "emailVerified": null } });
        let id = site.accounts.add(&json!({ "email": ADA, "meta": meta }));
        let adapter = site.impatient();
        ask(&site, &adapter, "code").await;
        for _ in 0..2 {
            sign_in(&adapter, "code").await.unwrap_err();
        }
        down.store(false, Ordering::SeqCst);
        let adapter = site.adapter();
        let user = sign_in(&adapter, "code").await.unwrap().unwrap();
        assert_eq!((user.id, user.email_verified), (id, Some(NOW)));
        assert!(sign_in(&adapter, "code").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_create_that_was_carried_out_and_found_again_is_no_failure() {
    let (site, _down) = site_failing(|accounts, request| {
        (request.route() == "create").then(|| {
            accounts.answer(request);
            Answer::Reset
        })
    })
    .await;
    let adapter = site.without_retries();
    ask(&site, &adapter, "code").await;
    assert!(sign_in(&adapter, "code").await.unwrap().is_some());
    assert!(sign_in(&adapter, "code").await.unwrap().is_none());
    assert_eq!(site.accounts.len(), 1);
}

#[tokio::test]
async fn a_user_who_was_made_and_could_not_be_asked_for_gets_in_with_the_same_code() {
    let is_created = AtomicBool::new(false);
    let (site, down) = site_failing(move |accounts, request| {
        if request.route() == "create" {
            is_created.store(true, Ordering::SeqCst);
            return Some(accounts.answer(request));
        }
        let fails = is_created.load(Ordering::SeqCst);
        fails.then(|| Answer::error(503, "UNAVAILABLE"))
    })
    .await;
    let adapter = site.without_retries();
    ask(&site, &adapter, "code").await;
    sign_in(&adapter, "code").await.unwrap_err();
    down.store(false, Ordering::SeqCst);
    assert!(sign_in(&adapter, "code").await.unwrap().is_some());
    assert_eq!(site.accounts.len(), 1);
    assert!(sign_in(&adapter, "code").await.unwrap().is_none());
}

#[tokio::test]
async fn a_refusal_puts_nothing_back() {
    let site = Site::new().await;
    let adapter = site.adapter_with(|options| options.auto_create_user = AutoCreate::Off);
    ask(&site, &adapter, "code").await;
    let error = sign_in(&adapter, "code").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CreateDisabled);
    assert!(!redeem(&adapter, ADA, "code").await);
}

#[tokio::test]
async fn of_two_tabs_both_get_their_code_back_or_none() {
    let (site, down) = site_without_writes(Answer::error(503, "UNAVAILABLE")).await;
    let adapter = site.without_retries();
    for code in ["one", "two"] {
        ask(&site, &adapter, code).await;
    }
    // Nothing tells which of them a failure belongs to.
    for recovers in [false, true] {
        for code in ["one", "two"] {
            assert!(redeem(&adapter, ADA, code).await);
        }
        finish(&adapter).await.unwrap_err();
        down.store(!recovers, Ordering::SeqCst);
        assert_eq!(finish(&adapter).await.is_ok(), recovers);
    }
    for code in ["one", "two"] {
        assert!(!redeem(&adapter, ADA, code).await);
    }
}

/// An OAuth sign-up, whose address nobody has proven, is none of the code's business.
#[tokio::test]
async fn a_failure_of_something_else_puts_nothing_back() {
    let (site, down) = site_without_writes(Answer::error(503, "UNAVAILABLE")).await;
    let adapter = site.without_retries();
    ask(&site, &adapter, "code").await;
    assert!(redeem(&adapter, ADA, "code").await);
    create_unproven(&adapter).await.unwrap_err();
    assert!(!redeem(&adapter, ADA, "code").await);
    down.store(false, Ordering::SeqCst);
    create_proven(&adapter).await.unwrap();
}

#[tokio::test]
async fn a_code_that_is_put_back_keeps_its_end_and_the_guesses_that_were_made() {
    let (site, _down) = site_without_writes(Answer::error(503, "UNAVAILABLE")).await;
    let adapter = site.without_retries();
    ask(&site, &adapter, "code").await;
    site.pass(TEN_MINUTES - 1);
    for _ in 0..4 {
        assert!(!redeem(&adapter, ADA, "wrong").await);
    }
    sign_in(&adapter, "code").await.unwrap_err();
    let elsewhere = site.adapter();
    let redeemed = elsewhere.use_verification_token(presented(ADA, "code"));
    assert_eq!(redeemed.await.unwrap().unwrap().expires, NOW + TEN_MINUTES);
    finish(&elsewhere).await.unwrap_err();
    site.pass(1);
    assert!(!redeem(&elsewhere, ADA, "code").await, "it has ended");

    ask(&site, &adapter, "new").await;
    assert!(!redeem(&adapter, ADA, "wrong").await);
    assert!(!redeem(&adapter, ADA, "new").await, "the fifth guess");
}

#[tokio::test]
async fn where_the_store_is_down_as_well_the_code_is_lost_and_the_error_says_so() {
    let (mut site, _down) = site_without_writes(Answer::error(503, "UNAVAILABLE")).await;
    let store = Arc::<crate::watched::Watched>::default();
    site.store = Arc::clone(&store) as _;
    let adapter = site.without_retries();
    ask(&site, &adapter, "code").await;
    assert!(redeem(&adapter, ADA, "code").await);
    store.is_down.store(true, Ordering::SeqCst);
    assert_lost(&finish(&adapter).await.unwrap_err());
    store.is_down.store(false, Ordering::SeqCst);
    assert!(!redeem(&adapter, ADA, "code").await);
}

#[track_caller]
fn assert_lost(error: &Error) {
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::CodeLost, Some(503))
    );
    let message = error.to_string();
    assert!(message.contains("503"), "{message}");
    assert!(
        message.contains("because the watched store is down"),
        "{message}"
    );
    assert!(!error.is_retryable());
}

/// A look-up goes on while the code is consumed. Each failure of it puts the code back.
#[tokio::test]
async fn a_look_up_that_fails_burns_no_code() {
    for failure in outages() {
        let (site, down) =
            site_failing(move |_, request| (request.route() == "list").then(|| failure.clone()))
                .await;
        let adapter = site.impatient();
        ask(&site, &adapter, "code").await;
        for _ in 0..3 {
            assert!(!redeem(&adapter, ADA, "wrong").await);
            let failed = adapter.use_verification_token(presented(ADA, "code")).await;
            assert!(failed.is_err());
        }
        down.store(false, Ordering::SeqCst);
        let elsewhere = site.adapter();
        assert!(!redeem(&elsewhere, ADA, "wrong").await);
        assert!(redeem(&elsewhere, ADA, "code").await, "after four guesses");
        assert!(!redeem(&adapter, ADA, "code").await);
    }
}

#[tokio::test]
async fn a_look_up_that_fails_while_the_store_goes_down_loses_the_code_and_says_so() {
    let store = Arc::<crate::watched::Watched>::default();
    let goes_down = Arc::clone(&store);
    let (mut site, down) = site_failing(move |_, _| {
        // The code was consumed before the request was answered: both were sent at once.
        goes_down.is_down.store(true, Ordering::SeqCst);
        Some(Answer::error(503, "UNAVAILABLE").after(100))
    })
    .await;
    site.store = Arc::clone(&store) as _;
    let adapter = site.without_retries();
    ask(&site, &adapter, "code").await;
    let error = adapter.use_verification_token(presented(ADA, "code")).await;
    assert_lost(&error.err().unwrap());
    store.is_down.store(false, Ordering::SeqCst);
    down.store(false, Ordering::SeqCst);
    assert!(!redeem(&adapter, ADA, "code").await);
}
