//! Time-outs, sizes, broken connections and redirects.

use std::time::{Duration, Instant};

use chatbotkit_nextauth::chatbotkit::{ErrorKind, RESPONSE_LIMIT, SubAccounts};
use serde_json::json;

use crate::api::{Answer, Api, PATIENCE};
use crate::{new_user, user};

const SHORT: Duration = Duration::from_millis(150);

/// A client that waits for [`SHORT`] and tries once.
fn impatient(api: &Api) -> SubAccounts {
    SubAccounts::new(
        api.config()
            .with_timeout(SHORT)
            .with_retries(0, Duration::ZERO),
    )
}

#[tokio::test]
async fn an_attempt_ends_at_its_time_out_wherever_the_answer_is() {
    let slow = Answer::json(200, &user("someone")).drip(20);
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec();
    for answer in [Answer::hang(), slow, Answer::Stall(half)] {
        let api = Api::scripted([answer]).await;
        let start = Instant::now();
        let error = impatient(&api).fetch("someone").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(error.to_string().contains("150 ms"), "{error}");
        assert!(error.is_unclear() && error.is_transient());
        assert!((SHORT..PATIENCE / 2).contains(&start.elapsed()));
    }
}

#[tokio::test]
async fn a_slow_answer_within_the_time_out_is_an_answer() {
    let api = Api::scripted([Answer::json(200, &user("someone")).after(200)]).await;
    assert!(api.client().fetch("someone").await.unwrap().is_some());
}

#[tokio::test]
async fn the_time_out_is_of_each_attempt() {
    let answer = Answer::json(200, &user("someone"));
    let api = Api::scripted([Answer::hang(), Answer::hang(), answer]).await;
    let client = SubAccounts::new(api.config().with_timeout(SHORT));
    assert!(client.fetch("someone").await.unwrap().is_some());
    assert_eq!(api.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_without_end_is_read_up_to_the_limit() {
    let api = Api::scripted([Answer::endless_body()]).await;
    let error = api.client().fetch("someone").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(!error.is_transient());
    // What is beyond the limit waits in the buffers of two sockets.
    let limit = RESPONSE_LIMIT as u64;
    assert!(
        (limit..3 * limit).contains(&api.written()),
        "{}",
        api.written()
    );
    assert_eq!(api.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_of_the_limit_is_read_and_one_byte_more_is_not() {
    for (extra, is_read) in [(0, true), (1, false)] {
        let bare = user("someone").to_string();
        let padding = " ".repeat(RESPONSE_LIMIT + extra - bare.len());
        let answer = Answer::text(200, "application/json", &(bare + &padding));
        let api = Api::scripted([answer]).await;
        assert_eq!(api.client().fetch("someone").await.is_ok(), is_read);
    }
}

#[tokio::test]
async fn endless_headers_are_not_read_for_ever() {
    let line = format!("x-more: {}\r\n", "x".repeat(4_000));
    let opening = b"HTTP/1.1 200 OK\r\n".to_vec();
    let api = Api::scripted([Answer::Endless(opening, line.into_bytes())]).await;
    let client = SubAccounts::new(api.config().with_retries(0, Duration::ZERO));
    client.fetch("someone").await.unwrap_err();
    assert!(api.written() < RESPONSE_LIMIT as u64, "{}", api.written());
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_unreachable_and_never_half_believed() {
    let body = user("someone").to_string();
    let chunk = format!("{:x}\r\n{body}\r\n", body.len());
    let head = "HTTP/1.1 200 OK\r\n";
    for answer in [
        Answer::Reset,
        Answer::Bytes(vec![]),
        Answer::Bytes(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        Answer::with_length(body.len() + 1, &body),
        // Complete JSON, but the last chunk is missing.
        Answer::Bytes(format!("{head}transfer-encoding: chunked\r\n\r\n{chunk}").into()),
    ] {
        let api = Api::scripted([answer]).await;
        let client = SubAccounts::new(api.config().with_retries(0, Duration::ZERO));
        let error = client.fetch("someone").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        assert!(error.is_unclear() && error.is_transient());
    }
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "\0\u{1}\u{2}",
        "HTTP/9.9 999\r\n\r\n",
    ] {
        let api = Api::scripted([Answer::Bytes(bytes.into())]).await;
        let client = SubAccounts::new(api.config().with_retries(0, Duration::ZERO));
        let error = client.fetch("someone").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    }
}

#[tokio::test]
async fn a_length_too_short_is_an_error_and_the_rest_answers_no_other_call() {
    let body = user("someone").to_string();
    let rest = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let api = Api::scripted([
        Answer::with_length(body.len() - 1, &body),
        Answer::with_length(body.len(), &format!("{body}{rest}")),
        Answer::json(200, &user("another")),
    ])
    .await;
    let client = api.client();
    let error = client.fetch("someone").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unintelligible);
    assert!(client.fetch("someone").await.unwrap().is_some());
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(
        client.fetch("another").await.unwrap().unwrap().id,
        "another"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_target_never_sees_the_secret() {
    for status in [301, 302, 303, 307, 308] {
        let target = Api::scripted([Answer::json(200, &user("someone"))]).await;
        let location = format!(
            "location: {}/api/v1/partner/user/someone/fetch",
            target.url()
        );
        let api = Api::scripted([Answer::text(status, "text/plain", "").header(&location)]).await;
        let client = api.client();
        for error in [
            client.fetch("someone").await.unwrap_err(),
            client.create(&new_user()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unintelligible);
            assert_eq!(error.status(), Some(status));
            assert!(error.to_string().contains("redirect"), "{error}");
        }
        assert_eq!((api.requests().len(), target.connections()), (2, 0));
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable_and_surely_not_carried_out() {
    let api = Api::scripted([Answer::Reset]).await;
    let client = SubAccounts::new(api.config().with_retries(1, Duration::from_millis(1)));
    drop(api);
    tokio::time::sleep(Duration::from_millis(10)).await;
    let error = client.create(&new_user()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    assert!(error.is_transient() && !error.is_unclear());
    assert_eq!(client.client().requests(), 1);
    client.find_by_email("a@example.com").await.unwrap_err();
    assert_eq!(client.client().requests(), 3);
}

/// Auth.js accepts addresses of any length.
#[tokio::test]
async fn an_address_too_long_for_a_url_is_no_panic() {
    let api = Api::scripted([Answer::page(&[], &json!(null))]).await;
    let address = format!("{}@example.com", "a".repeat(1_000_000));
    let found = api.client().find_by_email(&address).await;
    assert!(!matches!(found, Ok(Some(_))));
}
