//! Sessions that are read again: whose they are is remembered, and believed to no one but the store.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chatbotkit_nextauth::adapter::{Adapter, Session, UserChanges};
use serde_json::json;

use crate::watched::Watched;
use crate::{Site, TEN_MINUTES};

const TOKEN: &str = "token";

async fn give(adapter: &Adapter, user_id: &str) {
    let session = Session {
        session_token: TOKEN.to_owned(),
        user_id: user_id.to_owned(),
        expires: crate::NOW + TEN_MINUTES,
    };
    adapter.create_session(session).await.unwrap();
}

/// A site, its store, an adapter that has read Ada's session there, and her id.
async fn signed_in() -> (Site, Arc<Watched>, Adapter, String) {
    let (site, store) = Site::watched().await;
    let (adapter, ada) = (site.adapter(), site.add_ada());
    give(&adapter, &ada).await;
    assert_eq!(read(&adapter).await.as_deref(), Some("Ada"));
    (site, store, adapter, ada)
}

/// Whose session it is, by name.
async fn read(adapter: &Adapter) -> Option<String> {
    let found = adapter.get_session_and_user(TOKEN).await.unwrap()?;
    assert_eq!(found.session.user_id, found.user.id);
    found.user.name
}

#[tokio::test]
async fn a_session_that_was_read_before_is_read_together_with_its_user() {
    let (site, store) = Site::watched().await;
    let (adapter, ada) = (site.adapter(), site.add_ada());
    give(&adapter, &ada).await;
    for (reading, at_once) in [1, 2, 2].into_iter().enumerate() {
        store.most_at_once.store(0, Ordering::SeqCst);
        assert_eq!(read(&adapter).await.as_deref(), Some("Ada"));
        let most = store.most_at_once.load(Ordering::SeqCst);
        assert_eq!(most, at_once, "reading {reading}");
    }
    assert_eq!(site.api.requests().len(), 1);
}

#[tokio::test]
async fn a_token_that_became_somebody_elses_is_theirs() {
    let (site, _, adapter, _) = signed_in().await;
    let bob = site
        .accounts
        .add(&json!({ "email": "bob@example.com", "name": "Bob" }));
    give(&site.adapter(), &bob).await;
    assert_eq!(read(&adapter).await.as_deref(), Some("Bob"));
    assert_eq!(read(&adapter).await.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn a_session_that_another_instance_ended_is_none() {
    let (site, _, adapter, _) = signed_in().await;
    site.adapter().delete_session(TOKEN).await.unwrap();
    assert_eq!(read(&adapter).await, None);
    assert_eq!(read(&adapter).await, None);
}

#[tokio::test]
async fn a_session_whose_time_is_over_is_none() {
    let (site, _, adapter, _) = signed_in().await;
    site.pass(TEN_MINUTES);
    assert_eq!(read(&adapter).await, None);
}

#[tokio::test]
async fn a_user_whom_another_instance_changed_is_as_they_are_now() {
    let (site, _, adapter, ada) = signed_in().await;
    let changes: UserChanges =
        serde_json::from_value(json!({ "id": ada, "name": "Countess" })).unwrap();
    site.adapter().update_user(changes).await.unwrap();
    assert_eq!(read(&adapter).await.as_deref(), Some("Countess"));
}

#[tokio::test]
async fn a_user_who_was_deleted_has_no_session() {
    let (site, _, adapter, ada) = signed_in().await;
    site.adapter().delete_user(&ada).await.unwrap();
    assert_eq!(read(&adapter).await, None);
}

#[tokio::test]
async fn a_store_that_is_down_fails_the_second_reading_as_the_first() {
    let (_site, store, adapter, _) = signed_in().await;
    store.is_down.store(true, Ordering::SeqCst);
    assert!(adapter.get_session_and_user(TOKEN).await.is_err());
    store.is_down.store(false, Ordering::SeqCst);
    assert_eq!(read(&adapter).await.as_deref(), Some("Ada"));
}
