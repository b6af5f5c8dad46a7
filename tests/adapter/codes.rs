//! Sign-in codes: once, by the right person, in time, whatever fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chatbotkit_nextauth::adapter::{
    ErrorKind, OUTSTANDING_CODES, Options, PresentedToken, Sealing,
};
use chatbotkit_nextauth::chatbotkit::{self, TIME_LIMIT};

use crate::api::Answer;
use crate::{ADA, Site, TEN_MINUTES, presented, redeem};

#[tokio::test]
async fn a_code_is_given_back_once_with_the_identifier_as_it_was_presented() {
    let site = Site::new().await;
    let adapter = site.adapter();
    let code = adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    assert_eq!((&*code.identifier, &*code.token), (ADA, "hash"));
    let as_typed = presented(" Ada@EXAMPLE.com", "hash");
    let redeemed = adapter
        .use_verification_token(as_typed)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(redeemed.identifier, " Ada@EXAMPLE.com");
    assert_eq!(
        (redeemed.token, redeemed.expires),
        ("hash".to_owned(), code.expires)
    );
    assert!(!redeem(&adapter, ADA, "hash").await);
    adapter
        .create_verification_token(site.code(ADA, "hash"))
        .await
        .unwrap();
    assert!(
        redeem(&adapter, ADA, "hash").await,
        "the same pair may come again"
    );
}

#[tokio::test]
async fn a_code_belongs_to_the_identifier_that_it_was_made_for() {
    let site = Site::new().await;
    let adapter = site.adapter();
    for identifier in [ADA, "eve@example.com"] {
        let code = site.code(identifier, &format!("{identifier}'s hash"));
        adapter.create_verification_token(code).await.unwrap();
    }
    let adas = "ada@example.com's hash";
    for other in [
        "eve@example.com",
        "mallory@example.com",
        "",
        "ada@example.com\0",
        "ada",
    ] {
        assert!(!redeem(&adapter, other, adas).await, "{other}");
    }
    let nobodys = PresentedToken {
        identifier: None,
        token: adas.to_owned(),
    };
    assert!(
        adapter
            .use_verification_token(nobodys)
            .await
            .unwrap()
            .is_none()
    );
    assert!(redeem(&adapter, ADA, adas).await);
}

#[tokio::test]
async fn a_code_works_until_it_ends_and_not_a_millisecond_longer() {
    for (passed, works) in [(TEN_MINUTES - 1, true), (TEN_MINUTES, false)] {
        let site = Site::new().await;
        let adapter = site.adapter();
        adapter
            .create_verification_token(site.code(ADA, "hash"))
            .await
            .unwrap();
        site.pass(passed);
        assert_eq!(redeem(&adapter, ADA, "hash").await, works);
    }
}

#[tokio::test]
async fn a_code_that_ended_before_it_was_made_is_no_failure_and_of_no_use() {
    let site = Site::new().await;
    let adapter = site.adapter();
    for expires in [i64::MIN, -1, 0, crate::NOW - 1] {
        let mut code = site.code(ADA, "hash");
        code.expires = expires;
        adapter.create_verification_token(code).await.unwrap();
        assert!(!redeem(&adapter, ADA, "hash").await);
    }
    let mut code = site.code(ADA, "hash");
    code.expires = TIME_LIMIT;
    adapter.create_verification_token(code).await.unwrap();
    assert!(redeem(&adapter, ADA, "hash").await);
}

#[tokio::test]
async fn each_outstanding_code_works_and_their_number_is_bounded() {
    let site = Site::new().await;
    let adapter = site.adapter();
    for number in 0..=OUTSTANDING_CODES {
        let code = site.code(ADA, &number.to_string());
        adapter.create_verification_token(code).await.unwrap();
    }
    for number in (1..=OUTSTANDING_CODES).rev() {
        assert!(redeem(&adapter, ADA, &number.to_string()).await, "{number}");
    }
    assert!(!redeem(&adapter, ADA, "0").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_redemptions_at_once_through_two_instances_one_wins() {
    let site = Arc::new(Site::new().await);
    site.add_ada();
    let adapters = [Arc::new(site.adapter()), Arc::new(site.adapter())];
    for round in 0..5 {
        let token = format!("hash {round}");
        adapters[0]
            .create_verification_token(site.code(ADA, &token))
            .await
            .unwrap();
        let attempts = (0..100).map(|number| {
            let (adapter, token) = (Arc::clone(&adapters[number % 2]), token.clone());
            tokio::spawn(async move { redeem(&adapter, ADA, &token).await })
        });
        let mut winners = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            winners += usize::from(attempt.await.unwrap());
        }
        assert_eq!(winners, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn codes_made_at_once_through_two_instances_all_work() {
    let site = Arc::new(Site::new().await);
    let adapters = [Arc::new(site.adapter()), Arc::new(site.adapter())];
    let made = (0..OUTSTANDING_CODES).map(|number| {
        let (adapter, site) = (Arc::clone(&adapters[number % 2]), Arc::clone(&site));
        tokio::spawn(async move {
            let code = site.code(ADA, &number.to_string());
            adapter.create_verification_token(code).await.map(drop)
        })
    });
    for made in made.collect::<Vec<_>>() {
        made.await.unwrap().unwrap();
    }
    for number in 0..OUTSTANDING_CODES {
        assert!(redeem(&adapters[0], ADA, &number.to_string()).await);
    }
}

#[tokio::test]
async fn a_code_outlives_an_api_that_is_down_while_it_is_redeemed() {
    let down = Arc::new(AtomicBool::new(false));
    for failure in [
        Answer::error(500, "GENERIC_ERROR"),
        Answer::error(403, "NOT_AUTHORIZED"),
        Answer::error(200, "TIMEOUT"),
        Answer::text(200, "text/html", "<html>"),
        Answer::not_found(),
        Answer::Reset,
        Answer::hang(),
    ] {
        let is_down = Arc::clone(&down);
        let site = Site::answering(move |accounts, request| {
            if is_down.load(Ordering::SeqCst) {
                return failure.clone();
            }
            accounts.answer(request)
        })
        .await;
        let adapter = site.impatient();
        adapter
            .create_verification_token(site.code(ADA, "hash"))
            .await
            .unwrap();
        down.store(true, Ordering::SeqCst);
        for _ in 0..6 {
            let outcome = adapter.use_verification_token(presented(ADA, "hash")).await;
            let kind = outcome.err().expect("the API is down").kind();
            assert!(matches!(kind, ErrorKind::Partner(_)), "{kind:?}");
        }
        down.store(false, Ordering::SeqCst);
        assert!(redeem(&adapter, ADA, "hash").await);
    }
}

#[tokio::test]
async fn a_missing_secret_is_an_error_and_burns_no_code() {
    let site = Site::new().await;
    let base = site.api.url();
    let config = chatbotkit::Config::new(None).with_base(&base).unwrap();
    let adapter = site.adapter_of(config, |_| ());
    let missing = ErrorKind::Partner(chatbotkit::ErrorKind::MissingSecret);
    // There is nothing to seal it with.
    let code = site.code(ADA, "hash");
    let made = adapter.create_verification_token(code.clone()).await;
    assert_eq!(made.err().unwrap().kind(), missing);

    let config = chatbotkit::Config::new(None).with_base(&base).unwrap();
    let plain = |options: &mut Options| options.seal = Sealing::Off;
    let adapter = site.adapter_of(config, plain);
    adapter.create_verification_token(code).await.unwrap();
    let outcome = adapter.use_verification_token(presented(ADA, "hash")).await;
    assert_eq!(outcome.err().unwrap().kind(), missing);
    assert!(redeem(&site.plain_adapter(), ADA, "hash").await);
}
