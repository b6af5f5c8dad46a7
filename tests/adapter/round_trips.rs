//! How many requests a sign-in costs, in the order in which NextAuth calls.

use std::time::Duration;

use chatbotkit_nextauth::adapter::{Adapter, NewUser, User, UserChanges};
use serde_json::json;

use crate::{ADA, NOW, Site, presented, redeem};

/// What NextAuth calls when somebody asks for a code.
async fn request(site: &Site, adapter: &Adapter) -> Option<User> {
    let user = adapter.get_user_by_email(ADA).await.unwrap();
    adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    user
}

/// What NextAuth calls when somebody brings it back.
async fn callback(adapter: &Adapter) -> User {
    let redeemed = adapter
        .use_verification_token(presented(ADA, "hash"))
        .await
        .unwrap();
    let identifier = redeemed.unwrap().identifier;
    adapter.get_user_by_email(&identifier).await.unwrap();
    match adapter.get_user_by_email(&identifier).await.unwrap() {
        Some(user) => adapter.update_user(stamp(&user.id)).await.unwrap(),
        None => adapter.create_user(proven(&identifier)).await.unwrap(),
    }
}

fn stamp(id: &str) -> UserChanges {
    serde_json::from_value(json!({ "id": id, "emailVerified": NOW })).unwrap()
}

fn proven(email: &str) -> NewUser {
    let user = json!({ "id": "made-by-auth-js", "email": email, "emailVerified": NOW });
    serde_json::from_value(user).unwrap()
}

#[tokio::test]
async fn somebody_known_costs_two_requests_and_no_list() {
    let site = Site::new().await;
    let id = site.add_ada();
    let (list, fetch) = (
        "GET /partner/user/list".to_owned(),
        format!("GET /partner/user/{id}/fetch"),
    );
    let mut expected = vec![];
    // Nobody knows her when she comes for the first time.
    for first in [&list, &fetch, &fetch] {
        let adapter = site.adapter();
        assert!(request(&site, &adapter).await.is_some());
        assert_eq!(callback(&adapter).await.id, id);
        expected.extend([first.clone(), fetch.clone()]);
        assert_eq!(site.api.calls(), expected);
    }
}

#[tokio::test]
async fn somebody_whose_code_is_redeemed_elsewhere_costs_no_list_either() {
    let site = Site::new().await;
    site.add_ada();
    for _ in 0..2 {
        request(&site, &site.adapter()).await;
        callback(&site.adapter()).await;
    }
    assert_eq!((site.api.count("list"), site.api.count("fetch")), (1, 3));
}

#[tokio::test]
async fn an_address_that_moved_to_another_sub_account_is_found_there() {
    let site = Site::new().await;
    let first = site.add_ada();
    let uncached = || site.adapter_with(|options| options.cache_ttl = Duration::ZERO);
    let (adapter, elsewhere) = (uncached(), uncached());
    request(&site, &adapter).await;
    assert_eq!(callback(&adapter).await.id, first);

    let moved = json!({ "id": first, "email": "lovelace@example.com" });
    let moved = serde_json::from_value(moved).unwrap();
    elsewhere.update_user(moved).await.unwrap();
    let second = site.add_ada();
    for _ in 0..2 {
        for adapter in [&adapter, &uncached()] {
            assert_eq!(request(&site, adapter).await.unwrap().id, second);
            assert_eq!(callback(adapter).await.id, second);
        }
    }
    // Those who remembered who had it before, once each.
    assert!(site.api.count("list") <= 4, "{:?}", site.api.calls());

    elsewhere.delete_user(&second).await.unwrap();
    assert!(request(&site, &site.adapter()).await.is_none());
}

#[tokio::test]
async fn somebody_new_costs_four_requests_and_is_known_from_then_on() {
    let site = Site::new().await;
    let adapter = site.adapter();
    assert!(request(&site, &adapter).await.is_none());
    let user = callback(&adapter).await;
    assert_eq!((&*user.email, user.email_verified), (ADA, Some(NOW)));
    let (list, create) = ("GET /partner/user/list", "POST /partner/user/create");
    let fetch = &*format!("GET /partner/user/{}/fetch", user.id);
    let first = [list, list, create, fetch];
    assert_eq!(site.api.calls(), first);
    let elsewhere = site.adapter();
    request(&site, &elsewhere).await;
    callback(&elsewhere).await;
    assert_eq!(site.api.calls()[first.len()..], [fetch, fetch]);
}

#[tokio::test]
async fn two_instances_that_share_the_work_cost_no_more() {
    let site = Site::new().await;
    site.add_ada();
    request(&site, &site.adapter()).await;
    callback(&site.adapter()).await;
    assert_eq!(site.api.requests().len(), 2);
}

#[tokio::test]
async fn an_address_that_is_proven_for_the_first_time_is_written_once() {
    let site = Site::new().await;
    let meta = json!({ "plan": "pro", "nextauth": { "emailVerified": null, "createKey": "k" } });
    let id = site.accounts.add(&json!({ "email": ADA, "meta": meta }));
    let adapter = site.adapter();
    for _ in 0..2 {
        request(&site, &adapter).await;
        assert_eq!(callback(&adapter).await.email_verified, Some(NOW));
    }
    assert_eq!(site.accounts.updates(), 1);
    let meta = json!({ "plan": "pro", "nextauth": { "emailVerified": NOW, "createKey": "k" } });
    assert_eq!(site.accounts.get(&id)["meta"], meta);
}

#[tokio::test]
async fn without_a_cache_everything_is_asked_anew_and_comes_out_the_same() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter_with(|options| options.cache_ttl = Duration::ZERO);
    request(&site, &adapter).await;
    assert_eq!(callback(&adapter).await.id, id);
    assert_eq!(site.api.requests().len(), 5);
}

#[tokio::test]
async fn a_wrong_code_or_one_of_nobody_costs_no_request() {
    let site = Site::new().await;
    site.add_ada();
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    assert!(!redeem(&adapter, ADA, "wrong").await);
    assert!(!redeem(&adapter, "eve@example.com", "hash").await);
    for text in [
        "",
        " ",
        "ada",
        "@",
        "ada@",
        "@example.com",
        "non-existent-email",
    ] {
        assert!(adapter.get_user_by_email(text).await.unwrap().is_none());
    }
    for id in ["", "(ada)", "@ada", "..", "%2e", "a/b"] {
        assert!(adapter.get_user(id).await.unwrap().is_none());
    }
    assert_eq!(site.api.connections(), 0);
}

/// Auth.js takes addresses of any length from a form that anybody can post.
#[tokio::test]
async fn an_address_longer_than_any_can_be_costs_no_request_and_is_nobody() {
    let site = Site::new().await;
    let adapter = site.adapter();
    for length in [1_000, 5_000, 100_000] {
        let address = format!("{}@example.com", "a".repeat(length));
        assert!(adapter.get_user_by_email(&address).await.unwrap().is_none());
    }
    assert_eq!(site.api.connections(), 0);
}
