//! Making a user who is there already.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chatbotkit_nextauth::adapter::ErrorKind;
use serde_json::json;

use crate::api::Answer;
use crate::creation::{create, create_proven, create_unproven, site_where_creates};
use crate::{ADA, NOW, Site};

#[tokio::test]
async fn somebody_who_is_there_already_is_returned_when_the_address_was_proven() {
    let site = Site::new().await;
    let meta = json!({ "plan": "pro", "nextauth": { "emailVerified": null, "createKey": "k" } });
    let id = site
        .accounts
        .add(&json!({ "email": ADA, "name": "Ada", "meta": meta }));
    let user = create_proven(&site.adapter()).await.unwrap();
    assert_eq!((&*user.id, user.email_verified), (&*id, Some(NOW)));
    let account = site.accounts.get(&id);
    assert_eq!(
        (&account["name"], &account["meta"]["plan"]),
        (&json!("Ada"), &json!("pro"))
    );
    assert_eq!(site.accounts.len(), 1);
    let frozen = site.adapter_with(|options| options.auto_update_user = false);
    assert_eq!(create_proven(&frozen).await.unwrap().id, id);
}

#[tokio::test]
async fn somebody_who_is_there_already_is_not_handed_to_an_unproven_address() {
    for meta in [
        json!(null),
        json!({ "nextauth": { "createKey": "k" } }),
        json!({ "nextauth": { "createKey": null } }),
    ] {
        for lost in [
            None,
            Some(Answer::Reset),
            Some(Answer::error(500, "GENERIC_ERROR")),
        ] {
            let site = site_where_creates(1, move |accounts, request| {
                lost.clone().unwrap_or_else(|| accounts.answer(request))
            })
            .await;
            site.accounts.add(&json!({ "email": ADA, "meta": meta }));
            let error = create_unproven(&site.adapter()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::EmailTaken);
            assert_eq!(site.accounts.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_conflict_with_somebody_who_cannot_be_found_is_a_taken_address() {
    for proven in [json!(NOW), json!(null)] {
        let site = site_where_creates(9, |_, _| Answer::error(409, "CONFLICT")).await;
        let what = json!({ "email": ADA, "emailVerified": proven });
        let error = create(&site.adapter(), what).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::EmailTaken);
        assert_eq!(site.api.count("create"), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tabs_that_finish_one_sign_up_get_one_user() {
    let site = Site::new().await;
    let adapters: Vec<_> = (0..10).map(|_| site.adapter()).collect();
    let tabs = adapters
        .into_iter()
        .map(|adapter| tokio::spawn(async move { create_proven(&adapter).await.unwrap().id }));
    let mut ids = vec![];
    for tab in tabs.collect::<Vec<_>>() {
        ids.push(tab.await.unwrap());
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(site.accounts.len(), 1);
}

/// An answer that belongs to another request, or a database that was restored from a backup.
#[tokio::test]
async fn a_create_that_answers_with_somebody_elses_id_signs_in_nobody_else() {
    let unavailable = || Answer::error(503, "UNAVAILABLE");
    let unproven = json!({ "nextauth": { "createKey": "another's", "emailVerified": null } });
    for (meta, fetch, list) in [
        (json!(null), None, None),
        (json!(null), Some(unavailable()), None),
        (json!(null), None, Some(unavailable())),
        (json!(null), Some(Answer::Reset), Some(Answer::Reset)),
        (json!(null), Some(unavailable()), Some(unavailable())),
        (json!(null), Some(Answer::hang()), Some(unavailable())),
        (json!(null), Some(Answer::not_found()), Some(unavailable())),
        (unproven.clone(), None, None),
        (unproven, Some(unavailable()), Some(unavailable())),
    ] {
        let failures = (fetch.clone(), list.clone());
        let site = Site::answering(move |accounts, request| {
            let own = || accounts.answer(request);
            match request.route() {
                "create" => Answer::json(200, &json!({ "id": "user0001" })),
                "fetch" => failures.0.clone().unwrap_or_else(own),
                _ => failures.1.clone().unwrap_or_else(own),
            }
        })
        .await;
        let eve = json!({ "id": "user0001", "email": "eve@example.com", "meta": meta });
        site.accounts.add(&eve);
        let adapter = site.impatient();
        for create in [
            create_proven(&adapter).await,
            create_unproven(&adapter).await,
        ] {
            assert!(create.unwrap_err().is_retryable());
        }
        assert_eq!(site.api.count("create"), 2);
    }
}

#[tokio::test]
async fn a_user_who_was_made_and_cannot_be_read_is_found_by_address() {
    let site = Site::answering(|accounts, request| match request.route() {
        "fetch" => Answer::error(503, "UNAVAILABLE"),
        _ => accounts.answer(request),
    })
    .await;
    let user = create_unproven(&site.without_retries()).await.unwrap();
    assert_eq!((&*user.email, user.email_verified), (ADA, None));
    assert_eq!(site.api.count("create"), 1);
}

#[tokio::test]
async fn a_user_who_was_made_but_could_not_be_read_is_found_by_the_next_attempt() {
    let broken = Arc::new(AtomicBool::new(true));
    let is_broken = Arc::clone(&broken);
    let site = Site::answering(move |accounts, request| {
        if request.route() == "fetch" && is_broken.load(Ordering::SeqCst) {
            return Answer::error(503, "UNAVAILABLE");
        }
        accounts.answer(request)
    })
    .await;
    let adapter = site.adapter();
    let first = create_proven(&adapter).await;
    broken.store(false, Ordering::SeqCst);
    let second = create_proven(&adapter).await.unwrap();
    assert!(first.is_err() || first.unwrap().id == second.id);
    assert_eq!(site.accounts.len(), 1);
}
