//! What is tried again, how often, and after how long.

use std::time::{Duration, Instant};

use chatbotkit_nextauth::chatbotkit::{ErrorKind, SubAccounts};
use serde_json::json;

use crate::api::{Answer, Api};
use crate::{new_email, new_user, user};

fn passing_failures() -> Vec<Answer> {
    vec![
        Answer::error(500, "GENERIC_ERROR"),
        Answer::error(503, "UNAVAILABLE"),
        Answer::error(429, "TOO_MANY_REQUESTS"),
        Answer::error(408, "TIMEOUT"),
        Answer::error(200, "TIMEOUT"),
        Answer::text(502, "text/html", "<html>"),
        Answer::Reset,
        Answer::Bytes(vec![]),
        Answer::with_length(100, "{"),
    ]
}

#[tokio::test]
async fn a_read_is_tried_again_when_a_failure_may_pass() {
    for failure in passing_failures() {
        let answer = Answer::json(200, &user("someone"));
        let api = Api::scripted([failure.clone(), failure, answer]).await;
        let client = api.client();
        assert!(client.fetch("someone").await.unwrap().is_some());
        assert_eq!((api.requests().len(), client.client().requests()), (3, 3));
    }
}

#[tokio::test]
async fn a_list_an_update_and_a_delete_are_tried_again() {
    for failure in passing_failures() {
        let api = Api::scripted([failure.clone(), Answer::page(&[], &json!(null))]).await;
        assert!(
            api.client()
                .find_by_email("a@example.com")
                .await
                .unwrap()
                .is_none()
        );
        let done = Answer::json(200, &json!({ "id": "someone" }));
        let api = Api::scripted([failure.clone(), done.clone()]).await;
        api.client().update("someone", &new_email()).await.unwrap();
        let api = Api::scripted([failure, done]).await;
        api.client().delete("someone").await.unwrap();
    }
}

#[tokio::test]
async fn a_create_is_sent_once_whatever_becomes_of_it() {
    for failure in passing_failures() {
        let api = Api::scripted([failure]).await;
        api.client().create(&new_user()).await.unwrap_err();
        assert_eq!(api.requests().len(), 1);
    }
}

/// The connection was open and idle, so a careless client would send the create once more.
#[tokio::test]
async fn a_create_on_a_used_connection_is_sent_once_too() {
    for lost in [Answer::Reset, Answer::Bytes(vec![])] {
        let api = Api::scripted([Answer::page(&[], &json!(null)), lost]).await;
        let client = api.client();
        client.find_by_email("a@example.com").await.unwrap();
        let error = client.create(&new_user()).await.unwrap_err();
        assert!(error.is_unclear());
        assert_eq!((api.count("create"), api.connections()), (1, 1));
    }
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    for (status, code) in [
        (400, "BAD_REQUEST"),
        (401, "NOT_AUTHENTICATED"),
        (402, "NO_SUBSCRIPTION"),
        (403, "NOT_AUTHORIZED"),
        (409, "CONFLICT"),
        (422, "UNPROCESSABLE_ENTITY"),
        (429, "LIMITS_REACHED"),
        (200, "LIMITS_REACHED"),
    ] {
        let api = Api::scripted([Answer::error(status, code)]).await;
        let error = api.client().fetch("someone").await.unwrap_err();
        assert!(!error.is_transient() && !error.is_unclear(), "{error}");
        assert_eq!(api.requests().len(), 1, "{code}");
    }
}

/// It passes within a minute, which is longer than anybody waits for a page.
#[tokio::test]
async fn a_limit_on_lists_may_pass_and_is_not_tried_again_at_once() {
    for status in [429, 200] {
        let api = Api::scripted([Answer::error(status, "LIMITS_REACHED")]).await;
        let error = api.client().find_by_email("a@example.com").await;
        assert!(error.unwrap_err().is_transient());
        assert_eq!(api.requests().len(), 1);
    }
    let soon = Answer::error(429, "LIMITS_REACHED").header("retry-after: 1");
    let api = Api::scripted([soon, Answer::page(&[], &json!(null))]).await;
    let found = api.client().find_by_email("a@example.com").await;
    assert!(found.unwrap().is_none());
}

#[tokio::test]
async fn retries_end_and_the_last_error_is_told() {
    let api = Api::scripted([Answer::Reset, Answer::error(503, "UNAVAILABLE")]).await;
    let error = api.client().fetch("someone").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(api.requests().len(), 3);
    let none = SubAccounts::new(api.config().with_retries(0, Duration::ZERO));
    none.fetch("someone").await.unwrap_err();
    assert_eq!(api.requests().len(), 4);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    for status in [429, 503] {
        let asked = Answer::text(status, "text/plain", "").header("retry-after: 1");
        let api = Api::scripted([asked, Answer::json(200, &user("someone"))]).await;
        let start = Instant::now();
        assert!(api.client().fetch("someone").await.unwrap().is_some());
        assert!(start.elapsed() >= Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_retry_after_that_is_too_long_fails_at_once() {
    for seconds in ["6", "86400", "18446744073709551615", "18446744073709551616"] {
        let asked = Answer::error(429, "TOO_MANY_REQUESTS");
        let api = Api::scripted([asked.header(&format!("retry-after: {seconds}"))]).await;
        let start = Instant::now();
        let error = api.client().fetch("someone").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(start.elapsed() < Duration::from_secs(1));
        assert_eq!(api.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_retry_after_that_is_not_understood_is_as_good_as_none() {
    for value in ["", "-1", "1e9", "soon", "\u{ff}"] {
        let asked = Answer::error(503, "UNAVAILABLE").header(&format!("retry-after: {value}"));
        let api = Api::scripted([asked, Answer::json(200, &user("someone"))]).await;
        let start = Instant::now();
        assert!(api.client().fetch("someone").await.unwrap().is_some());
        assert!(start.elapsed() < Duration::from_secs(1), "{value}");
    }
}
