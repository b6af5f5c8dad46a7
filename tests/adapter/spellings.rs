//! Addresses at an API that compares them exactly, as `PostgreSQL` and `SQLite` do.

use chatbotkit_nextauth::adapter::{Adapter, ErrorKind};
use serde_json::json;

use crate::api::{Accounts, Answer, Request};
use crate::creation::create;
use crate::{NOW, Site, presented};

const STORED: &str = "Grace.Hopper@Example.com";
const LOWER: &str = "grace.hopper@example.com";

/// The API with that comparison.
fn exactly(accounts: &Accounts, request: &Request) -> Answer {
    let answer = accounts.answer(request);
    let (Some(email), Answer::Whole(200, _, body)) = (request.parameter("email"), &answer) else {
        return answer;
    };
    let page: serde_json::Value = serde_json::from_slice(body).unwrap();
    let items = page["items"].as_array().unwrap();
    let items: Vec<_> = items
        .iter()
        .filter(|it| it["email"] == email)
        .cloned()
        .collect();
    Answer::page(&items, &page["cursor"])
}

async fn site() -> Site {
    Site::answering(exactly).await
}

async fn redeem_as(site: &Site, adapter: &Adapter, spelling: &str) {
    let code = site.code(spelling, "code");
    adapter.create_verification_token(code).await.unwrap();
    let redeemed = adapter.use_verification_token(presented(spelling, "code"));
    assert!(redeemed.await.unwrap().is_some());
}

#[tokio::test]
async fn somebody_is_found_as_the_address_is_typed() {
    let site = site().await;
    let id = site.accounts.add(&json!({ "email": STORED }));
    let adapter = site.adapter();
    for typed in [STORED, " Grace.Hopper@Example.com\n"] {
        let found = adapter.get_user_by_email(typed).await.unwrap().unwrap();
        assert_eq!((&*found.id, &*found.email), (&*id, STORED));
        redeem_as(&site, &adapter, typed).await;
        let before = site.api.requests().len();
        let found = adapter.get_user_by_email(typed).await.unwrap().unwrap();
        assert_eq!((found.id, site.api.requests().len()), (id.clone(), before));
    }
}

#[tokio::test]
async fn nobody_is_made_twice() {
    let site = site().await;
    let id = site.accounts.add(&json!({ "email": STORED }));
    let adapter = site.adapter();
    let proven = create(&adapter, json!({ "email": STORED, "emailVerified": NOW }));
    assert_eq!(proven.await.unwrap().id, id);
    let unproven = create(&adapter, json!({ "email": STORED, "emailVerified": null }));
    assert_eq!(unproven.await.unwrap_err().kind(), ErrorKind::EmailTaken);
    assert_eq!((site.accounts.len(), site.api.count("create")), (1, 0));
}

#[tokio::test]
async fn who_is_stored_in_lower_case_is_found_by_every_spelling_with_one_request() {
    let site = site().await;
    let id = site.accounts.add(&json!({ "email": LOWER }));
    let adapter = site.adapter();
    for typed in [LOWER, STORED, "GRACE.HOPPER@EXAMPLE.COM"] {
        let before = site.api.requests().len();
        let found = adapter.get_user_by_email(typed).await.unwrap();
        assert_eq!(
            (found.unwrap().id, site.api.requests().len()),
            (id.clone(), before + 1)
        );
    }
}

#[tokio::test]
async fn nobody_costs_a_request_for_each_of_two_spellings_at_most() {
    let site = site().await;
    for (typed, requests) in [(LOWER, 1), (" grace.hopper@example.com ", 1), (STORED, 2)] {
        let adapter = site.adapter();
        let before = site.api.requests().len();
        assert!(adapter.get_user_by_email(typed).await.unwrap().is_none());
        assert_eq!(site.api.requests().len() - before, requests);
        redeem_as(&site, &adapter, typed).await;
        let before = site.api.requests().len();
        assert!(adapter.get_user_by_email(typed).await.unwrap().is_none());
        assert_eq!(site.api.requests().len(), before, "from memory");
    }
    let user = create(
        &site.adapter(),
        json!({ "email": STORED, "emailVerified": NOW }),
    )
    .await;
    assert_eq!(user.unwrap().email, LOWER);
}
