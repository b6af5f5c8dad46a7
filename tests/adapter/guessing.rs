//! Guessing codes: counted exactly, however many guess at once.

use std::sync::Arc;

use chatbotkit_nextauth::adapter::{Adapter, FAILURE_MEMORY};
use chatbotkit_nextauth::store::Store as _;

use crate::{ADA, Site, redeem};

/// Presents `count` wrong codes at once, half through each instance.
async fn guess(adapters: &[Arc<Adapter>; 2], count: usize) {
    let guesses = (0..count).map(|number| {
        let adapter = Arc::clone(&adapters[number % 2]);
        tokio::spawn(async move { redeem(&adapter, ADA, &format!("guess {number}")).await })
    });
    for guess in guesses.collect::<Vec<_>>() {
        assert!(!guess.await.unwrap());
    }
}

async fn renew(site: &Site, adapters: &[Arc<Adapter>; 2]) {
    let code = site.code(ADA, "right");
    adapters[0].create_verification_token(code).await.unwrap();
}

fn two(site: &Site) -> [Arc<Adapter>; 2] {
    [Arc::new(site.adapter()), Arc::new(site.adapter())]
}

/// Fails `failures` times, by fives from many guesses and the rest one by one, and leaves a code.
async fn fail(site: &Site, adapters: &[Arc<Adapter>; 2], failures: usize) {
    for _ in 0..failures / 5 {
        renew(site, adapters).await;
        guess(adapters, 20).await;
    }
    renew(site, adapters).await;
    guess(adapters, failures % 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_guesses_at_once_five_are_counted_and_void_the_code() {
    let site = Site::new().await;
    let adapters = two(&site);
    renew(&site, &adapters).await;
    guess(&adapters, 1_000).await;
    assert!(!redeem(&adapters[0], ADA, "right").await);
    assert_eq!(
        site.api.requests().len(),
        0,
        "a guess costs the API nothing"
    );
    // 5 so far, so the 95th from here is the hundredth.
    fail(&site, &adapters, 94).await;
    assert!(
        redeem(&adapters[0], ADA, "right").await,
        "more than 5 were counted"
    );
    renew(&site, &adapters).await;
    guess(&adapters, 1_000).await;
    fail(&site, &adapters, 95).await;
    assert!(
        !redeem(&adapters[0], ADA, "right").await,
        "fewer than 5 were counted"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_wrong_codes_at_once_leave_the_right_one_good() {
    let site = Site::new().await;
    let adapters = two(&site);
    for _ in 0..20 {
        renew(&site, &adapters).await;
        guess(&adapters, 4).await;
        assert!(redeem(&adapters[1], ADA, "right").await);
    }
}

#[tokio::test]
async fn a_new_code_renews_neither_the_attempts_nor_the_count() {
    let site = Site::new().await;
    let adapters = two(&site);
    renew(&site, &adapters).await;
    guess(&adapters, 4).await;
    adapters[0]
        .create_verification_token(site.code(ADA, "second"))
        .await
        .unwrap();
    guess(&adapters, 1).await;
    assert!(!redeem(&adapters[0], ADA, "right").await);
    assert!(!redeem(&adapters[0], ADA, "second").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_hundredth_failure_refuses_the_identifier_for_an_hour() {
    let hour = 3_600_000;
    let site = Site::new().await;
    let adapters = two(&site);
    fail(&site, &adapters, 100).await;
    for passed in [0, hour / 2, hour / 2 - 1] {
        site.pass(passed);
        renew(&site, &adapters).await;
        assert!(!redeem(&adapters[1], ADA, "right").await, "{passed}");
    }
    site.pass(1);
    assert!(redeem(&adapters[0], ADA, "right").await);
    fail(&site, &adapters, 99).await;
    assert!(
        redeem(&adapters[0], ADA, "right").await,
        "a success ends the count"
    );
}

#[tokio::test]
async fn one_more_failure_after_the_hour_refuses_for_another() {
    let hour = 3_600_000;
    let site = Site::new().await;
    let adapters = two(&site);
    fail(&site, &adapters, 100).await;
    site.pass(hour);
    renew(&site, &adapters).await;
    guess(&adapters, 1).await;
    renew(&site, &adapters).await;
    site.pass(hour - 1_000_000);
    renew(&site, &adapters).await;
    assert!(!redeem(&adapters[0], ADA, "right").await);
}

#[tokio::test]
async fn guesses_while_nothing_is_outstanding_count_for_nothing() {
    let site = Site::new().await;
    let adapters = two(&site);
    guess(&adapters, 1_000).await;
    renew(&site, &adapters).await;
    guess(&adapters, 4).await;
    assert!(redeem(&adapters[0], ADA, "right").await);
}

#[tokio::test]
async fn guesses_while_an_identifier_is_refused_do_not_prolong_that() {
    let hour = 3_600_000;
    let site = Site::new().await;
    let adapters = two(&site);
    fail(&site, &adapters, 100).await;
    site.pass(hour - 1);
    renew(&site, &adapters).await;
    guess(&adapters, 100).await;
    site.pass(1);
    assert!(redeem(&adapters[0], ADA, "right").await);
}

#[tokio::test]
async fn a_day_without_a_failure_forgets_them_and_a_millisecond_less_does_not() {
    for (passed, works) in [(FAILURE_MEMORY, true), (FAILURE_MEMORY - 1, false)] {
        let site = Site::new().await;
        let adapters = two(&site);
        fail(&site, &adapters, 99).await;
        site.pass(passed);
        renew(&site, &adapters).await;
        guess(&adapters, 1).await;
        renew(&site, &adapters).await;
        assert_eq!(redeem(&adapters[0], ADA, "right").await, works);
    }
}

#[tokio::test]
async fn guesses_at_one_identifier_are_not_counted_against_another() {
    let site = Site::new().await;
    let adapters = two(&site);
    let other = site.code("eve@example.com", "right");
    adapters[0].create_verification_token(other).await.unwrap();
    fail(&site, &adapters, 100).await;
    assert!(redeem(&adapters[0], "eve@example.com", "right").await);
}

#[tokio::test]
async fn spellings_of_one_address_share_one_count() {
    let site = Site::new().await;
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "right"))
        .await
        .unwrap();
    for spelling in [
        ADA,
        "ADA@example.com",
        " ada@example.com",
        "Ada@Example.Com",
        "adA@example.com\t",
    ] {
        assert!(!redeem(&adapter, spelling, "wrong").await);
    }
    assert!(!redeem(&adapter, ADA, "right").await);
}

#[tokio::test]
async fn the_limits_are_options() {
    let site = Site::new().await;
    let adapter = site.adapter_with(|options| {
        (options.code_attempts, options.lock_after) = (2, 3);
        options.lock_for = std::time::Duration::from_millis(5);
    });
    let renew = async || {
        let code = site.code(ADA, "right");
        adapter.create_verification_token(code).await.unwrap();
    };
    renew().await;
    assert!(!redeem(&adapter, ADA, "wrong").await);
    assert!(!redeem(&adapter, ADA, "wrong").await);
    assert!(!redeem(&adapter, ADA, "right").await);
    renew().await;
    assert!(!redeem(&adapter, ADA, "wrong").await);
    renew().await;
    assert!(!redeem(&adapter, ADA, "right").await);
    site.pass(5);
    assert!(redeem(&adapter, ADA, "right").await);
}

/// Whoever can write to the store may put back what it held before the wrong codes.
#[tokio::test]
async fn wrong_codes_count_on_whatever_is_put_back_into_the_store() {
    let (site, store) = Site::watched().await;
    let adapter = site.adapter();
    adapter
        .create_verification_token(site.code(ADA, "right"))
        .await
        .unwrap();
    let kept = store.values().await;
    for guess in 0..100 {
        for (key, value) in &kept {
            store.set(key, value, None).await.unwrap();
        }
        assert!(!redeem(&adapter, ADA, &format!("guess {guess}")).await);
    }
    for (key, value) in &kept {
        store.set(key, value, None).await.unwrap();
    }
    assert!(!redeem(&adapter, ADA, "right").await);
}
