//! Users whose making failed after the API had made them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chatbotkit_nextauth::adapter::{Adapter, ErrorKind};
use serde_json::json;

use crate::api::Answer;
use crate::creation::{create_proven, create_unproven};
use crate::{ADA, Site, redeem};

/// A site where creates are carried out and answered with `answer`, and then the API cannot be asked
/// for as long as it is down. Without an answer the API's own is sent.
async fn site_forgetting(answer: Option<Answer>) -> (Site, Arc<AtomicBool>) {
    let down = Arc::new(AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    let site = Site::answering(move |accounts, request| {
        if !is_down.load(Ordering::SeqCst) {
            return accounts.answer(request);
        }
        if request.route() == "create" {
            let own = accounts.answer(request);
            return answer.clone().unwrap_or(own);
        }
        Answer::error(503, "UNAVAILABLE")
    })
    .await;
    (site, down)
}

/// A site where somebody from an OAuth provider was made and given to nobody.
async fn half_made(answer: Option<Answer>) -> (Site, Adapter) {
    let (site, down) = site_forgetting(answer).await;
    let adapter = site.without_retries();
    let error = create_unproven(&adapter).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    down.store(false, Ordering::SeqCst);
    assert_eq!(site.accounts.len(), 1);
    (site, adapter)
}

async fn is_found(adapter: &Adapter) -> bool {
    adapter.get_user_by_email(ADA).await.unwrap().is_some()
}

/// NextAuth refuses a provider for ever whose address somebody has to whom nothing is linked.
#[tokio::test]
async fn somebody_from_a_provider_is_made_again_and_gets_the_user_who_was_made() {
    for answer in [
        None,
        Some(Answer::Reset),
        Some(Answer::error(503, "UNAVAILABLE")),
    ] {
        let (site, here) = half_made(answer).await;
        let there = site.adapter();
        for adapter in [&here, &there] {
            assert!(!is_found(adapter).await);
        }
        let user = create_unproven(&there).await.unwrap();
        assert_eq!((&*user.email, user.email_verified), (ADA, None));
        assert_eq!(site.accounts.get(&user.id)["id"], user.id);
        for adapter in [&here, &there] {
            assert!(is_found(adapter).await);
            let error = create_unproven(adapter).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::EmailTaken);
        }
        assert_eq!(site.accounts.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_claim_the_address_at_once_one_gets_the_user() {
    let (site, here) = half_made(None).await;
    let there = site.adapter();
    let (one, other) = tokio::join!(create_unproven(&here), create_unproven(&there));
    assert_ne!(one.is_ok(), other.is_ok());
}

#[tokio::test]
async fn who_proves_the_address_gets_the_user_and_nobody_else_after_that() {
    let (site, adapter) = half_made(None).await;
    let code = site.code(ADA, "code");
    adapter.create_verification_token(code).await.unwrap();
    assert!(redeem(&adapter, ADA, "code").await);
    assert!(!is_found(&adapter).await);
    let user = create_proven(&adapter).await.unwrap();
    assert!(user.email_verified.is_some());
    assert_eq!(site.accounts.len(), 1);
    for adapter in [adapter, site.adapter()] {
        assert!(is_found(&adapter).await);
        let error = create_unproven(&adapter).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::EmailTaken);
    }
}

#[tokio::test]
async fn somebody_who_was_there_before_is_found_and_never_handed_over() {
    for meta in [
        json!(null),
        json!({ "nextauth": { "emailVerified": null, "createKey": "another's" } }),
    ] {
        let (site, down) = site_forgetting(Some(Answer::Reset)).await;
        let ada = site.accounts.add(&json!({ "email": ADA, "meta": meta }));
        let adapter = site.without_retries();
        create_unproven(&adapter).await.unwrap_err();
        down.store(false, Ordering::SeqCst);
        let found = adapter.get_user_by_email(ADA).await.unwrap();
        assert_eq!(found.unwrap().id, ada);
        let error = create_unproven(&adapter).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::EmailTaken);
    }
}

#[tokio::test]
async fn a_user_whom_nobody_came_back_for_within_a_day_is_as_any_other() {
    let (site, adapter) = half_made(None).await;
    // The API's clock is the real one.
    let made = site.accounts.get(&all(&site).await)["createdAt"]
        .as_i64()
        .unwrap();
    let day = 24 * 60 * 60 * 1_000;
    site.time.store(made + day, Ordering::SeqCst);
    assert!(!is_found(&adapter).await);
    site.pass(1);
    assert!(is_found(&adapter).await);
    let error = create_unproven(&adapter).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::EmailTaken);
}

/// The id of the only sub-account.
async fn all(site: &Site) -> String {
    let account = site.api.client().find_by_email(ADA).await;
    account.unwrap().unwrap().id
}

#[tokio::test]
async fn a_store_that_is_down_as_well_is_noticed_before_anybody_is_made() {
    let (mut site, down) = site_forgetting(None).await;
    let store = Arc::<crate::watched::Watched>::default();
    site.store = Arc::clone(&store) as _;
    let adapter = site.without_retries();
    store.is_down.store(true, Ordering::SeqCst);
    let error = create_unproven(&adapter).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Store(_)), "{error}");
    store.is_down.store(false, Ordering::SeqCst);
    down.store(false, Ordering::SeqCst);
    assert!(!is_found(&adapter).await);
}

#[tokio::test]
async fn people_with_a_proven_address_cost_no_look_for_a_note() {
    let (site, store) = Site::watched().await;
    site.add_ada();
    let adapter = site.adapter();
    let proven = create_proven(&adapter).await.unwrap();
    assert!(proven.email_verified.is_some());
    assert!(is_found(&adapter).await);
    let is_note = |(key, _): &(String, String)| key.contains(":unfinished:");
    assert!(!store.seen().iter().any(is_note));
}

#[tokio::test]
async fn a_refusal_that_made_nobody_leaves_nothing_in_the_store() {
    let (mut site, store) = Site::watched().await;
    for (status, code) in [
        (400, "BAD_REQUEST"),
        (429, "LIMITS_REACHED"),
        (401, "NOT_AUTHENTICATED"),
    ] {
        site.api = crate::api::Api::scripted([Answer::error(status, code)]).await;
        create_unproven(&site.adapter()).await.unwrap_err();
    }
    // But for what proves that the store takes writes, which ends by itself within a second.
    let seen = store.seen();
    let others: Vec<_> = seen
        .iter()
        .filter(|(key, _)| !key.contains(":creation:"))
        .collect();
    assert_eq!(others, Vec::<&(String, String)>::new());
}
