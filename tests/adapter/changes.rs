//! Changing a user: what is sent, and what is refused.

use std::sync::atomic::Ordering;

use chatbotkit_nextauth::adapter::{Adapter, ErrorKind, Result, User, UserChanges};
use serde_json::{Value, json};

use crate::{ADA, NOW, Site};

async fn update(adapter: &Adapter, id: &str, mut what: Value) -> Result<User> {
    what["id"] = id.into();
    let changes: UserChanges = serde_json::from_value(what).unwrap();
    adapter.update_user(changes).await
}

#[tokio::test]
async fn a_change_sends_only_what_changes() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter();
    let same = json!({ "name": "Ada", "email": " ADA@example.com", "image": null });
    for nothing in [json!({}), same, json!({ "image": "" })] {
        assert_eq!(update(&adapter, &id, nothing).await.unwrap().id, id);
    }
    assert_eq!(site.accounts.updates(), 0);
    let what = json!({ "name": "Lovelace", "email": ADA, "image": "https://i/1" });
    let user = update(&adapter, &id, what).await.unwrap();
    assert_eq!(
        (user.name.as_deref(), user.image.as_deref()),
        (Some("Lovelace"), Some("https://i/1"))
    );
    let sent = site
        .api
        .requests()
        .into_iter()
        .find(|it| it.route() == "update")
        .unwrap();
    assert_eq!(
        sent.body,
        json!({ "name": "Lovelace", "image": "https://i/1" })
    );
    for cleared in [json!({ "name": null }), json!({ "image": "" })] {
        update(&adapter, &id, cleared).await.unwrap();
    }
    let user = adapter.get_user(&id).await.unwrap().unwrap();
    assert_eq!((user.name, user.image), (None, None));
    assert_eq!(site.accounts.get(&id)["meta"], json!({ "plan": "pro" }));
}

#[tokio::test]
async fn the_sign_in_stamp_of_a_proven_address_writes_nothing() {
    let site = Site::new().await;
    let id = site.add_ada();
    let user = update(&site.adapter(), &id, json!({ "emailVerified": NOW }))
        .await
        .unwrap();
    assert_eq!((&*user.id, &*user.email), (&*id, ADA));
    assert!(user.email_verified.is_some());
    assert_eq!(site.api.count("update"), 0);
}

#[tokio::test]
async fn the_proof_is_kept_in_meta_beside_all_that_is_there() {
    let site = Site::new().await;
    let ours = json!({ "emailVerified": null, "createKey": "k", "later": 1 });
    let meta = json!({ "plan": "pro", "nextauth": ours });
    let id = site.accounts.add(&json!({ "email": ADA, "meta": meta }));
    let adapter = site.adapter();
    for time in [json!(NOW), json!(null)] {
        let user = update(&adapter, &id, json!({ "emailVerified": time }))
            .await
            .unwrap();
        assert_eq!(json!(user.email_verified), time);
        let ours = json!({ "emailVerified": time, "createKey": "k", "later": 1 });
        let meta = json!({ "plan": "pro", "nextauth": ours });
        assert_eq!(site.accounts.get(&id)["meta"], meta);
        let sent = site
            .api
            .requests()
            .into_iter()
            .rfind(|it| it.route() == "update")
            .unwrap();
        assert_eq!(
            sent.body,
            json!({ "meta": { "$update": { "nextauth": ours } } })
        );
    }
}

#[tokio::test]
async fn a_new_address_is_unproven_unless_the_change_says_otherwise() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter();
    let user = update(&adapter, &id, json!({ "email": " New@Example.com" }))
        .await
        .unwrap();
    assert_eq!(
        (&*user.email, user.email_verified),
        ("new@example.com", None)
    );
    let what = json!({ "email": "newer@example.com", "emailVerified": NOW });
    let user = update(&adapter, &id, what).await.unwrap();
    assert_eq!(
        (&*user.email, user.email_verified),
        ("newer@example.com", Some(NOW))
    );
}

#[tokio::test]
async fn an_address_cannot_be_cleared_malformed_or_somebody_elses() {
    let site = Site::new().await;
    let id = site.add_ada();
    site.accounts.add(&json!({ "email": "eve@example.com" }));
    let adapter = site.adapter();
    for address in [
        json!(null),
        json!(""),
        json!(" "),
        json!("ada"),
        json!("@"),
        json!("a@"),
    ] {
        let error = update(&adapter, &id, json!({ "email": address }))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{address}");
    }
    let error = update(&adapter, &id, json!({ "email": "EVE@example.com" }))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::EmailTaken);
    assert_eq!(site.accounts.get(&id)["email"], ADA);
}

#[tokio::test]
async fn without_auto_update_people_still_sign_in_and_nothing_changes() {
    let site = Site::new().await;
    let meta = json!({ "nextauth": { "emailVerified": null } });
    let id = site
        .accounts
        .add(&json!({ "email": ADA, "name": "Ada", "meta": meta }));
    let adapter = site.adapter_with(|options| options.auto_update_user = false);
    for stamp in [
        json!({ "emailVerified": NOW }),
        json!({ "name": "Ada", "emailVerified": NOW }),
    ] {
        let user = update(&adapter, &id, stamp).await.unwrap();
        assert_eq!((&*user.id, &*user.email), (&*id, ADA));
    }
    for change in [
        json!({ "name": "Eve" }),
        json!({ "name": null }),
        json!({ "image": "https://i/1" }),
        json!({ "email": "eve@example.com" }),
        json!({ "email": "eve@example.com", "emailVerified": NOW }),
    ] {
        let error = update(&adapter, &id, change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpdateDisabled);
    }
    assert_eq!(site.api.count("update"), 0);
}

#[tokio::test]
async fn a_change_of_nobody_is_an_error() {
    let site = Site::new().await;
    let adapter = site.adapter();
    for id in ["nobody", "", "(ada)", "@ada", "../ada"] {
        let error = update(&adapter, id, json!({ "name": "x" }))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UserNotFound, "{id}");
    }
}

#[tokio::test]
async fn nothing_changes_while_the_store_is_down() {
    let (site, store) = Site::watched().await;
    let (id, adapter) = (site.add_ada(), site.adapter());
    store.is_down.store(true, Ordering::SeqCst);
    for what in [
        json!({ "name": "Lovelace" }),
        json!({ "emailVerified": null }),
    ] {
        let error = update(&adapter, &id, what).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Store(_)), "{error}");
    }
    assert_eq!(site.api.count("update"), 0);
}

/// Whether something changes is known once the user was read, beside which the snapshot is dropped.
#[tokio::test]
async fn what_changes_nothing_costs_the_store_a_mark_and_the_stamp_of_a_sign_in_none() {
    let (site, store) = Site::watched().await;
    let (id, adapter) = (site.add_ada(), site.adapter());
    let stamp = json!({ "emailVerified": NOW });
    update(&adapter, &id, stamp).await.unwrap();
    assert_eq!(store.seen(), []);
    update(&adapter, &id, json!({ "name": "Ada" }))
        .await
        .unwrap();
    let nobody = update(&adapter, "cnobody", json!({ "name": "x" })).await;
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::UserNotFound);
    let refusing = site.adapter_with(|options| options.auto_update_user = false);
    let refused = update(&refusing, &id, json!({ "name": "Lovelace" })).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::UpdateDisabled);
    assert_eq!(store.seen().len(), 2);
}
