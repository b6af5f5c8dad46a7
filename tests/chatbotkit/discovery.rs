//! Which of the two generations of routes answers.

use std::time::Duration;

use chatbotkit_nextauth::chatbotkit::{Config, ErrorKind, Generation, SubAccounts};
use serde_json::json;

use crate::api::{Accounts, Answer, Api, Request};
use crate::{new_email, new_user};

/// An API with one sub-account that serves one generation alone.
async fn api(generation: &'static str) -> (Api, Accounts, String) {
    let accounts = Accounts::new();
    let id = accounts.add(&json!({ "email": "a@example.com" }));
    let served = accounts.clone();
    let api = Api::start(move |request| served.answer_under(generation, request)).await;
    (api, accounts, id)
}

/// Whether the sub-account is found.
async fn finds(client: &SubAccounts) -> bool {
    let found = client.find_by_email("a@example.com").await;
    found.unwrap().is_some()
}

#[tokio::test]
async fn the_older_generation_is_asked_first_and_once_it_answered_alone() {
    let (api, _, id) = api("partner").await;
    let client = api.client();
    for _ in 0..2 {
        assert!(finds(&client).await);
        assert!(client.fetch(&id).await.unwrap().is_some());
        assert!(client.fetch("nobody").await.unwrap().is_none());
    }
    assert!(
        api.calls()
            .iter()
            .all(|call| call.contains("/partner/user/")),
        "{:?}",
        api.calls()
    );
    assert_eq!(api.requests().len(), 6);
}

#[tokio::test]
async fn the_newer_generation_is_found_by_a_list_and_remembered() {
    let (api, _, id) = api("user").await;
    let client = api.client();
    assert!(finds(&client).await);
    assert_eq!(api.calls(), ["GET /partner/user/list", "GET /user/list"]);
    assert!(client.fetch(&id).await.unwrap().is_some());
    assert!(client.fetch("nobody").await.unwrap().is_none());
    client.update(&id, &new_email()).await.unwrap();
    client.delete(&id).await.unwrap();
    assert_eq!(api.requests().len(), 6);
    assert!(
        api.calls()[1..]
            .iter()
            .all(|call| !call.contains("partner"))
    );
}

#[tokio::test]
async fn the_newer_generation_is_found_by_a_create_that_is_applied_once() {
    let (api, accounts, _) = api("user").await;
    let id = api.client().create(&new_user()).await.unwrap();
    assert_eq!(accounts.creates(), 1);
    assert_eq!(accounts.get(&id)["email"], "new@example.com");
    assert_eq!(
        api.calls(),
        ["POST /partner/user/create", "POST /user/create"]
    );
}

#[tokio::test]
async fn a_404_on_the_first_fetch_is_told_apart_by_a_list() {
    let (api, _, id) = api("user").await;
    assert!(api.client().fetch(&id).await.unwrap().is_some());
    assert_eq!(
        api.calls(),
        [
            format!("GET /partner/user/{id}/fetch"),
            "GET /partner/user/list".to_owned(),
            "GET /user/list".to_owned(),
            format!("GET /user/{id}/fetch"),
        ]
    );
    assert_eq!(api.requests()[1].parameter("take"), Some("1"));
}

#[tokio::test]
async fn a_first_fetch_of_nobody_costs_one_list_and_no_other_generation() {
    let (api, _, _) = api("partner").await;
    let client = api.client();
    assert!(client.fetch("nobody").await.unwrap().is_none());
    assert!(client.fetch("nobody").await.unwrap().is_none());
    let (fetch, list) = ("GET /partner/user/nobody/fetch", "GET /partner/user/list");
    assert_eq!(api.calls(), [fetch, list, fetch]);
}

#[tokio::test]
async fn a_first_update_or_delete_finds_the_newer_generation_too() {
    let (first, accounts, id) = api("user").await;
    first.client().update(&id, &new_email()).await.unwrap();
    assert_eq!(accounts.get(&id)["email"], "other@example.com");
    let (second, accounts, id) = api("user").await;
    second.client().delete(&id).await.unwrap();
    assert_eq!(accounts.len(), 0);
}

/// The newer generation, which takes its time for some requests.
async fn newer(
    accounts: &Accounts,
    is_slow: impl Fn(&Request) -> bool + Send + Sync + 'static,
) -> Api {
    let served = accounts.clone();
    Api::start(move |request| {
        let answer = served.answer_under("user", request);
        if is_slow(request) {
            answer.after(200)
        } else {
            answer
        }
    })
    .await
}

/// Found by this test: a call that had asked the older generation took its 404 for "no such user"
/// because another call had found the newer one meanwhile.
#[tokio::test]
async fn calls_that_find_the_generation_together_all_find_their_user() {
    let accounts = Accounts::new();
    let id = accounts.add(&json!({ "id": "user0001", "email": "a@example.com" }));
    let api = newer(&accounts, |request| {
        request.path.ends_with("partner/user/user0001/fetch")
    })
    .await;
    let client = api.client();
    let (fetched, listed) = tokio::join!(client.fetch(&id), client.find_by_email("a@example.com"));
    assert!(listed.unwrap().is_some());
    assert!(fetched.unwrap().is_some(), "{:?}", api.calls());
}

/// The same fault made a deletion succeed that had deleted nothing.
#[tokio::test]
async fn a_delete_beside_a_call_that_finds_the_generation_deletes() {
    let accounts = Accounts::new();
    let id = accounts.add(&json!({ "email": "a@example.com" }));
    let api = newer(&accounts, |request| {
        request.path.contains("/partner/") && request.route() == "delete"
    })
    .await;
    let client = api.client();
    let (deleted, _) = tokio::join!(client.delete(&id), client.find_by_email("a@example.com"));
    deleted.unwrap();
    assert_eq!(accounts.len(), 0, "{:?}", api.calls());
}

#[tokio::test]
async fn a_pinned_generation_is_never_left() {
    let (api, _, id) = api("user").await;
    let pinned = |generation| SubAccounts::new(api.config().with_generation(generation));
    let right = pinned(Generation::User);
    assert!(right.fetch(&id).await.unwrap().is_some());
    assert!(
        right
            .find_by_email("a@example.com")
            .await
            .unwrap()
            .is_some()
    );
    let wrong = pinned(Generation::Partner);
    let error = wrong.find_by_email("a@example.com").await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    wrong.create(&new_user()).await.unwrap_err();
    let count = |part| {
        api.calls()
            .iter()
            .filter(|call| call.contains(part))
            .count()
    };
    assert_eq!((count(" /user/"), count(" /partner/user/")), (2, 2));
}

#[tokio::test]
async fn an_api_with_neither_generation_is_an_error_and_not_an_empty_one() {
    for answer in [
        Answer::not_found(),
        Answer::text(404, "text/html", "<html>"),
    ] {
        let api = Api::scripted([answer]).await;
        let client = api.client();
        let errors = [
            client.fetch("someone").await.unwrap_err(),
            client.find_by_email("a@example.com").await.unwrap_err(),
            client.create(&new_user()).await.unwrap_err(),
            client.update("someone", &new_email()).await.unwrap_err(),
            client.delete("someone").await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Unintelligible, "{error}");
            assert!(error.to_string().contains("baseUrl"), "{error}");
        }
        // 4 for a fetch: it, two lists. A list or a create: two.
        assert_eq!(api.requests().len(), 3 + 2 + 2 + 3 + 3);
    }
}

#[tokio::test]
async fn a_probe_that_fails_is_an_error_and_not_a_missing_user() {
    let api = Api::start(|request| match request.route() {
        "fetch" => Answer::not_found(),
        _ => Answer::error(503, "UNAVAILABLE"),
    })
    .await;
    let error = api.client().fetch("someone").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_self_hosted_api_is_under_api_unless_the_base_names_the_version() {
    let api = Api::scripted([Answer::page(&[], &json!(null))]).await;
    for (suffix, path) in [
        ("", "/api/v1/partner/user/list"),
        ("/", "/api/v1/partner/user/list"),
        ("?query#fragment", "/api/v1/partner/user/list"),
        ("/v1", "/v1/partner/user/list"),
        ("/bots/api/v1/", "/bots/api/v1/partner/user/list"),
    ] {
        let config = api.config().with_base(&format!("{}{suffix}", api.url()));
        let client = SubAccounts::new(config.unwrap());
        assert!(
            client
                .find_by_email("a@example.com")
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(api.requests().last().unwrap().path, path);
    }
}

#[test]
fn the_hosted_api_is_the_default() {
    let client = SubAccounts::new(Config::new(None));
    assert_eq!(client.client().config().host(), "api.chatbotkit.com");
}

#[tokio::test]
async fn an_api_that_moves_to_the_newer_generation_is_followed() {
    let accounts = Accounts::new();
    accounts.add(&json!({ "email": "a@example.com" }));
    let served = accounts.clone();
    let moved = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let has_moved = std::sync::Arc::clone(&moved);
    let api = Api::start(move |request| {
        let moved = has_moved.load(std::sync::atomic::Ordering::SeqCst);
        served.answer_under(if moved { "user" } else { "partner" }, request)
    })
    .await;
    let client = SubAccounts::new(api.config().with_retries(0, Duration::ZERO));
    assert!(finds(&client).await);
    moved.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(finds(&client).await);
    assert!(finds(&client).await);
    assert_eq!(api.requests().len(), 4);
}
