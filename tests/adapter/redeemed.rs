//! What is remembered for a moment after a code was redeemed never hides a change.

use std::time::Duration;

use chatbotkit_nextauth::adapter::{Adapter, NewUser, UserChanges};
use chatbotkit_nextauth::chatbotkit::Changes;
use serde_json::{Value, json};

use crate::api::{Accounts, Answer};
use crate::{ADA, NOW, Site, redeem};

const NEW: &str = "countess@example.com";

/// Makes `adapter` remember who has `address`.
async fn remember(site: &Site, adapter: &Adapter, address: &str) {
    adapter
        .create_verification_token(site.code(address, "hash"))
        .await
        .unwrap();
    assert!(redeem(adapter, address, "hash").await);
}

fn changes(id: &str, mut what: Value) -> UserChanges {
    what["id"] = id.into();
    serde_json::from_value(what).unwrap()
}

#[tokio::test]
async fn a_change_is_seen_at_once() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter();
    remember(&site, &adapter, ADA).await;
    let changed = adapter
        .update_user(changes(&id, json!({ "name": "Lovelace" })))
        .await
        .unwrap();
    assert_eq!(changed.name.as_deref(), Some("Lovelace"));
    let by_id = adapter.get_user(&id).await.unwrap().unwrap();
    let by_email = adapter.get_user_by_email(ADA).await.unwrap().unwrap();
    assert_eq!(
        (by_id.name, by_email.name),
        (changed.name.clone(), changed.name)
    );
}

#[tokio::test]
async fn a_change_of_address_is_seen_at_both() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter();
    remember(&site, &adapter, ADA).await;
    remember(&site, &adapter, NEW).await;
    adapter
        .update_user(changes(&id, json!({ "email": NEW })))
        .await
        .unwrap();
    assert!(adapter.get_user_by_email(ADA).await.unwrap().is_none());
    assert_eq!(
        adapter.get_user_by_email(NEW).await.unwrap().unwrap().id,
        id
    );
}

#[tokio::test]
async fn a_deletion_is_seen_at_once() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter();
    remember(&site, &adapter, ADA).await;
    adapter.delete_user(&id).await.unwrap();
    assert!(adapter.get_user(&id).await.unwrap().is_none());
    assert!(adapter.get_user_by_email(ADA).await.unwrap().is_none());
}

#[tokio::test]
async fn a_creation_is_seen_at_once() {
    let site = Site::new().await;
    let adapter = site.adapter();
    remember(&site, &adapter, ADA).await;
    let new = NewUser {
        email: Some(ADA.to_owned()),
        email_verified: Some(NOW),
        ..NewUser::default()
    };
    let user = adapter.create_user(new).await.unwrap();
    let found = adapter.get_user_by_email(ADA).await.unwrap();
    assert_eq!(found.unwrap(), user);
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_seen_at_once() {
    let site = Site::answering(|accounts, request| {
        let answer = accounts.answer(request);
        match request.route() {
            "update" => Answer::Reset,
            _ => answer,
        }
    })
    .await;
    let id = site.add_ada();
    let adapter = site.impatient();
    remember(&site, &adapter, ADA).await;
    let change = changes(&id, json!({ "name": "Lovelace" }));
    adapter.update_user(change).await.unwrap_err();
    let user = adapter.get_user(&id).await.unwrap().unwrap();
    assert_eq!(user.name.as_deref(), Some("Lovelace"));
}

/// The look-up saw the user before the change, and ends after it.
#[tokio::test]
async fn a_change_during_a_redemption_is_seen_after_it() {
    let site = Site::answering(|accounts, request| {
        let answer = accounts.answer(request);
        match request.route() {
            "list" => answer.after(300),
            _ => answer,
        }
    })
    .await;
    let id = site.add_ada();
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    let change = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let change = changes(&id, json!({ "name": "Lovelace" }));
        adapter.update_user(change).await.unwrap()
    };
    let (redeemed, _) = tokio::join!(redeem(&adapter, ADA, "hash"), change);
    assert!(redeemed);
    let user = adapter.get_user(&id).await.unwrap().unwrap();
    assert_eq!(user.name.as_deref(), Some("Lovelace"));
    let user = adapter.get_user_by_email(ADA).await.unwrap().unwrap();
    assert_eq!(user.name.as_deref(), Some("Lovelace"));
}

/// The partner gives Ada another name.
async fn rename(site: &Site, id: &str) {
    let changes = Changes {
        name: Some(Some("Lovelace".to_owned())),
        ..Changes::default()
    };
    site.api.client().update(id, &changes).await.unwrap();
}

#[tokio::test]
async fn what_is_remembered_is_forgotten_in_time() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter_with(|options| options.cache_ttl = Duration::from_millis(50));
    remember(&site, &adapter, ADA).await;
    rename(&site, &id).await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    let user = adapter.get_user(&id).await.unwrap().unwrap();
    assert_eq!(user.name.as_deref(), Some("Lovelace"));
}

#[tokio::test]
async fn a_plain_look_up_is_not_remembered() {
    let site = Site::answering(Accounts::answer).await;
    let id = site.add_ada();
    let adapter = site.adapter();
    adapter.get_user_by_email(ADA).await.unwrap();
    adapter.get_user(&id).await.unwrap();
    rename(&site, &id).await;
    let user = adapter.get_user_by_email(ADA).await.unwrap().unwrap();
    assert_eq!(user.name.as_deref(), Some("Lovelace"));
    let user = adapter.get_user(&id).await.unwrap().unwrap();
    assert_eq!(user.name.as_deref(), Some("Lovelace"));
}

#[tokio::test]
async fn a_failed_redemption_is_not_remembered() {
    let site = Site::new().await;
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    assert!(!redeem(&adapter, ADA, "wrong").await);
    let id = site.add_ada();
    assert_eq!(
        adapter.get_user_by_email(ADA).await.unwrap().unwrap().id,
        id
    );
}
