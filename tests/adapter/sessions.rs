//! Sessions that are read again: whose they are is remembered, and believed to no one but the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chatbotkit_nextauth::adapter::{Adapter, ErrorKind, Session, UserChanges};
use chatbotkit_nextauth::chatbotkit::Changes;
use chatbotkit_nextauth::store::Store as _;
use serde_json::json;

use crate::api::Answer;
use crate::watched::Watched;
use crate::{NOW, Site, TEN_MINUTES};

const TOKEN: &str = "token";

fn session(token: &str, user_id: &str) -> Session {
    Session {
        session_token: token.to_owned(),
        user_id: user_id.to_owned(),
        expires: NOW + TEN_MINUTES,
    }
}

async fn give(adapter: &Adapter, user_id: &str) {
    let session = session(TOKEN, user_id);
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

fn add_bob(site: &Site) -> String {
    let bob = json!({ "email": "bob@example.com", "name": "Bob" });
    site.accounts.add(&bob)
}

#[tokio::test]
async fn a_token_that_became_somebody_elses_is_theirs() {
    let (site, _, adapter, _) = signed_in().await;
    site.adapter().delete_session(TOKEN).await.unwrap();
    give(&site.adapter(), &add_bob(&site)).await;
    assert_eq!(read(&adapter).await.as_deref(), Some("Bob"));
    assert_eq!(read(&adapter).await.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn a_token_that_is_somebody_elses_is_refused() {
    let (site, store, adapter, ada) = signed_in().await;
    let bob = add_bob(&site);
    for adapter in [&adapter, &site.adapter()] {
        let error = adapter.create_session(session(TOKEN, &bob)).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::SessionTaken);
    }
    assert_eq!(read(&adapter).await.as_deref(), Some("Ada"));
    let index = format!("chatbotkit:nextauth:sessions-of:{bob}");
    assert!(store.members(&index).await.unwrap().is_empty());
    // A call whose answer was lost is made again.
    give(&site.adapter(), &ada).await;
    assert_eq!(read(&adapter).await.as_deref(), Some("Ada"));
    site.pass(TEN_MINUTES);
    let mut later = session(TOKEN, &bob);
    later.expires += TEN_MINUTES;
    adapter.create_session(later).await.unwrap();
    assert_eq!(read(&adapter).await.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn a_record_that_was_copied_to_the_key_of_another_session_opens_nothing() {
    let (site, store, adapter, _) = signed_in().await;
    let theirs = session("another token", &add_bob(&site));
    adapter.create_session(theirs).await.unwrap();
    let sessions: Vec<_> = store
        .seen()
        .into_iter()
        .filter(|(key, value)| key.contains(":session:") && !value.is_empty())
        .collect();
    let [(ada, _), (_, bob)] = &sessions[..] else {
        panic!("{sessions:?}");
    };
    store.set(ada, bob, None).await.unwrap();
    assert_eq!(read(&adapter).await, None);
    assert_eq!(read(&site.adapter()).await, None);
    assert!(adapter.delete_session(TOKEN).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_whose_user_is_not_there_for_a_moment_is_there_again() {
    let is_missing = Arc::new(AtomicBool::new(false));
    let missing = Arc::clone(&is_missing);
    let site = Site::answering(move |accounts, request| {
        if request.route() == "fetch" && missing.load(Ordering::SeqCst) {
            return Answer::not_found();
        }
        accounts.answer(request)
    })
    .await;
    let adapter = site.adapter_with(|options| options.user_cache_ttl = Duration::ZERO);
    give(&adapter, &site.add_ada()).await;
    is_missing.store(true, Ordering::SeqCst);
    assert_eq!(read(&adapter).await, None);
    is_missing.store(false, Ordering::SeqCst);
    // A look-up is shared for a quarter of a second.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(read(&adapter).await.as_deref(), Some("Ada"));
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

/// Ada gets another name, which no adapter hears of.
async fn rename_at_the_api(site: &Site, id: &str) {
    let changes = Changes {
        name: Some(Some("Countess".to_owned())),
        ..Changes::default()
    };
    site.api.client().update(id, &changes).await.unwrap();
}

/// Two servers, the second one's clock ahead by so much, over a store that ends lifetimes or not.
async fn requests_of_two_servers(millis: i64, ends_lifetimes: bool) -> usize {
    let (site, store) = Site::watched().await;
    let ignores = !ends_lifetimes;
    store.ignores_lifetimes.store(ignores, Ordering::SeqCst);
    let (one, two) = (site.adapter(), site.adapter_ahead(millis));
    give(&one, &site.add_ada()).await;
    for adapter in [&one, &two, &one, &two] {
        assert_eq!(read(adapter).await.as_deref(), Some("Ada"));
    }
    site.api.requests().len()
}

#[tokio::test]
async fn servers_whose_clocks_are_minutes_apart_share_snapshots() {
    const FIVE_MINUTES: i64 = 300_000;
    for millis in [-FIVE_MINUTES, 0, FIVE_MINUTES] {
        assert_eq!(requests_of_two_servers(millis, true).await, 1, "{millis}");
    }
    // Where times decide, what another clock says is not believed.
    for (millis, requests) in [(-FIVE_MINUTES, 4), (0, 1), (FIVE_MINUTES, 4)] {
        let asked = requests_of_two_servers(millis, false).await;
        assert_eq!(asked, requests, "{millis}");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_back_brings_nothing_back() {
    for ignores_lifetimes in [false, true] {
        let (site, store) = Site::watched().await;
        let ignores = ignores_lifetimes;
        store.ignores_lifetimes.store(ignores, Ordering::SeqCst);
        let ttl = Duration::from_millis(100);
        let adapter = site.adapter_with(|options| options.user_cache_ttl = ttl);
        let ada = site.add_ada();
        give(&adapter, &ada).await;
        assert_eq!(read(&adapter).await.as_deref(), Some("Ada"));
        site.pass(-TEN_MINUTES);
        // Ada is changed at the API alone.
        rename_at_the_api(&site, &ada).await;
        tokio::time::sleep(ttl + Duration::from_millis(20)).await;
        assert_eq!(read(&adapter).await.as_deref(), Some("Countess"));
    }
}

/// A server that is rolled out with another `userCacheTtl` runs beside the old ones for a while.
#[tokio::test]
async fn a_snapshot_that_another_server_keeps_longer_is_not_older_than_the_own_option_says() {
    let (site, _, _, ada) = signed_in().await;
    let ttl = Duration::from_millis(10_000);
    let shorter = site.adapter_with(|options| options.user_cache_ttl = ttl);
    rename_at_the_api(&site, &ada).await;
    assert_eq!(read(&shorter).await.as_deref(), Some("Ada"));
    site.pass(10_000);
    assert_eq!(read(&shorter).await.as_deref(), Some("Countess"));
}

/// Whoever can write to the store may put back what stood there. The store's own clock does not bound
/// that, so the time in the snapshot does.
#[tokio::test]
async fn a_deletion_is_final_whatever_is_put_back_into_the_store() {
    const CLOCKS_DIFFER_BY: i64 = 15 * 60 * 1_000;
    let (site, store, adapter, ada) = signed_in().await;
    let long = Session {
        expires: NOW + 100 * TEN_MINUTES,
        ..session(TOKEN, &ada)
    };
    adapter.delete_session(TOKEN).await.unwrap();
    adapter.create_session(long).await.unwrap();
    let kept = store.values().await;
    site.adapter().delete_user(&ada).await.unwrap();
    assert_eq!(read(&adapter).await, None);
    site.pass(60_000 + CLOCKS_DIFFER_BY);
    for (key, value) in &kept {
        store.set(key, value, None).await.unwrap();
    }
    assert_eq!(read(&adapter).await, None);
    assert_eq!(read(&site.adapter()).await, None);
}
