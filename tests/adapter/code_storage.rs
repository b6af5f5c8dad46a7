//! Sign-in codes in a store that is down, never agrees, or was written to by somebody else.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chatbotkit_nextauth::adapter::ErrorKind;
use chatbotkit_nextauth::store;

use crate::api::Accounts;
use crate::watched::Watched;
use crate::{ADA, Site, presented, redeem};

#[tokio::test]
async fn a_store_that_is_down_is_an_error_and_burns_no_code() {
    let store = Arc::new(Watched::default());
    let mut site = Site::new().await;
    site.store = Arc::clone(&store) as _;
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    store.is_down.store(true, Ordering::SeqCst);
    let failed = ErrorKind::Store(store::ErrorKind::Failed);
    let outcome = adapter.use_verification_token(presented(ADA, "hash")).await;
    assert_eq!(outcome.err().unwrap().kind(), failed);
    let outcome = adapter
        .create_verification_token(site.code(ADA, "other"))
        .await;
    assert_eq!(outcome.err().unwrap().kind(), failed);
    store.is_down.store(false, Ordering::SeqCst);
    assert!(redeem(&adapter, ADA, "hash").await);
}

/// A store whose compare-and-set never succeeds once kept a sign-in spinning for ever.
/// Clients that parse JSON by themselves, and so give back another text, are such stores.
#[tokio::test]
async fn a_store_that_never_agrees_is_an_error_and_no_endless_loop() {
    let store = Arc::new(Watched::default());
    let mut site = Site::new().await;
    site.store = Arc::clone(&store) as _;
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    store.never_agrees.store(true, Ordering::SeqCst);
    let limit = Duration::from_secs(2);
    for token in ["hash", "wrong"] {
        let outcome = adapter.use_verification_token(presented(ADA, token));
        let outcome = tokio::time::timeout(limit, outcome)
            .await
            .expect("no endless loop");
        assert!(matches!(outcome.err().unwrap().kind(), ErrorKind::Store(_)));
    }
    let outcome = adapter.create_verification_token(site.code(ADA, "hash"));
    let outcome = tokio::time::timeout(limit, outcome)
        .await
        .expect("no endless loop");
    assert!(matches!(outcome.err().unwrap().kind(), ErrorKind::Store(_)));
}

#[tokio::test]
async fn nothing_that_people_supply_reaches_the_store_as_it_is() {
    let store = Arc::new(Watched::default());
    let mut site = Site::new().await;
    site.store = Arc::clone(&store) as _;
    let adapter = site.adapter();
    let long = format!("{}@example.com", "long".repeat(10_000));
    for identifier in [
        ADA,
        "a:b\0@x",
        "a\r\nSET x y@x",
        "{x}*@[x]",
        "ü😀@x",
        &long,
        "",
        "no",
    ] {
        let code = site.code(identifier, "secret-token");
        adapter.create_verification_token(code).await.unwrap();
        assert!(!redeem(&adapter, identifier, "wrong\r\n*").await);
        let token = presented(identifier, "secret-token");
        // An address that no URL can hold may fail; it must not be burnt or get through.
        let redeemed = adapter.use_verification_token(token).await;
        assert!(
            identifier == long || redeemed.unwrap().is_some(),
            "{identifier}"
        );
    }
    for (key, value) in store.seen() {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":-_".contains(&byte);
        assert!(key.len() < 100 && key.bytes().all(is_plain), "{key}");
        assert!(
            !value.contains("secret-token") && !value.contains("ada"),
            "{value}"
        );
    }
}

#[tokio::test]
async fn what_is_no_record_counts_as_none() {
    let store = Arc::new(Watched::default());
    let mut site = Site::new().await;
    site.store = Arc::clone(&store) as _;
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "first"))
        .await
        .unwrap();
    let (key, _) = store.seen().pop().unwrap();
    for garbage in ["", "null", "[]", "{\"codes\":7}", "\"text\"", "not JSON"] {
        site.store.set(&key, garbage, None).await.unwrap();
        assert!(!redeem(&adapter, ADA, "first").await);
        adapter
            .create_verification_token(site.code(ADA, "hash"))
            .await
            .unwrap();
        assert!(redeem(&adapter, ADA, "hash").await);
    }
}

#[tokio::test]
async fn two_prefixes_share_nothing() {
    let site = Site::answering(Accounts::answer).await;
    let one = site.adapter_with(|options| options.key_prefix = "one:".to_owned());
    let two = site.adapter_with(|options| options.key_prefix = "two:".to_owned());
    one.create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    assert!(!redeem(&two, ADA, "hash").await);
    assert!(redeem(&one, ADA, "hash").await);
}
