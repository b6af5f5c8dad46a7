//! Codes where they were made, whatever other instances did to them meanwhile.

use chatbotkit_nextauth::adapter::Adapter;
use chatbotkit_nextauth::store::Store as _;

use crate::{ADA, Site, TEN_MINUTES, redeem};

async fn make(site: &Site, adapter: &Adapter, code: &str) {
    let made = adapter.create_verification_token(site.code(ADA, code));
    made.await.unwrap();
}

/// A site with the instance at which a code was made, and another one.
async fn made() -> (Site, Adapter, Adapter) {
    let site = Site::new().await;
    let (here, there) = (site.adapter(), site.adapter());
    make(&site, &here, "hash").await;
    (site, here, there)
}

#[tokio::test]
async fn a_code_is_redeemed_with_one_store_operation_where_it_was_made_and_two_elsewhere() {
    let (site, store) = Site::watched().await;
    let (here, there) = (site.adapter(), site.adapter());
    for (adapter, operations) in [(&here, 1), (&there, 2)] {
        // NextAuth looks the person up before it asks for a code.
        here.get_user_by_email(ADA).await.unwrap();
        make(&site, &here, "hash").await;
        let before = store.seen().len();
        assert!(redeem(adapter, ADA, "hash").await);
        assert_eq!(store.seen().len() - before, operations);
    }
}

#[tokio::test]
async fn one_that_was_redeemed_elsewhere_is_used() {
    let (_site, here, there) = made().await;
    assert!(redeem(&there, ADA, "hash").await);
    assert!(!redeem(&here, ADA, "hash").await);
    assert!(!redeem(&there, ADA, "hash").await);
}

#[tokio::test]
async fn one_that_was_made_elsewhere_since_works_and_so_does_the_earlier_one() {
    let (site, here, there) = made().await;
    make(&site, &there, "newer").await;
    assert!(redeem(&here, ADA, "newer").await);
    assert!(redeem(&here, ADA, "hash").await);
}

#[tokio::test]
async fn one_that_was_made_elsewhere_after_the_known_one_had_ended_works() {
    let (site, here, there) = made().await;
    site.pass(TEN_MINUTES);
    make(&site, &there, "newer").await;
    assert!(redeem(&here, ADA, "newer").await);
}

#[tokio::test]
async fn one_that_guesses_elsewhere_made_void_is_void() {
    let (_site, here, there) = made().await;
    for _ in 0..5 {
        assert!(!redeem(&there, ADA, "wrong").await);
    }
    assert!(!redeem(&here, ADA, "hash").await);
}

#[tokio::test]
async fn guesses_count_together_wherever_they_are_made() {
    let (_site, here, there) = made().await;
    for adapter in [&here, &there, &here, &there, &here] {
        assert!(!redeem(adapter, ADA, "wrong").await);
    }
    assert!(!redeem(&there, ADA, "hash").await);
}

#[tokio::test]
async fn one_that_the_store_lost_is_of_no_use() {
    let (site, store) = Site::watched().await;
    let here = site.adapter();
    make(&site, &here, "hash").await;
    let (key, _) = store.seen().remove(0);
    store.delete(&key).await.unwrap();
    assert!(!redeem(&here, ADA, "hash").await);
}
