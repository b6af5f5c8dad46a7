//! What each answer means.

use std::time::Duration;

use chatbotkit_nextauth::chatbotkit::{Error, ErrorKind, SubAccounts};
use serde_json::{Value, json};

use crate::api::{Answer, Api};
use crate::{new_email, new_user, user};

async fn client(answer: Answer) -> (Api, SubAccounts) {
    let api = Api::scripted([answer]).await;
    let client = SubAccounts::new(api.config().with_retries(0, Duration::ZERO));
    (api, client)
}

/// The errors of a look-up by address and of a create that get this answer.
async fn errors(answer: Answer) -> [Error; 2] {
    let (_api, client) = client(answer).await;
    let found = client.find_by_email("a@example.com").await;
    [
        found.unwrap_err(),
        client.create(&new_user()).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn every_status_has_its_kind() {
    for (status, code, kind) in [
        (400, "BAD_REQUEST", ErrorKind::Rejected),
        (401, "NOT_AUTHENTICATED", ErrorKind::NotAuthenticated),
        (402, "NO_SUBSCRIPTION", ErrorKind::Rejected),
        (403, "NOT_AUTHORIZED", ErrorKind::NotAuthorized),
        (405, "METHOD_NOT_ALLOWED", ErrorKind::Rejected),
        (408, "TIMEOUT", ErrorKind::Unavailable),
        (409, "CONFLICT", ErrorKind::Conflict),
        (413, "PAYLOAD_TOO_LARGE", ErrorKind::Rejected),
        (422, "UNPROCESSABLE_ENTITY", ErrorKind::Rejected),
        (429, "TOO_MANY_REQUESTS", ErrorKind::RateLimited),
        (500, "INTERNAL_SERVER_ERROR", ErrorKind::Unavailable),
        (500, "GENERIC_ERROR", ErrorKind::Unavailable),
        (502, "BAD_GATEWAY", ErrorKind::Unavailable),
        (503, "UNAVAILABLE", ErrorKind::Unavailable),
        (504, "TIMEOUT", ErrorKind::Unavailable),
        (599, "ODD", ErrorKind::Unavailable),
    ] {
        for error in errors(Answer::error(status, code)).await {
            assert_eq!(error.kind(), kind, "{status} {code}");
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.api_code(), Some(code));
            let message = error.to_string();
            assert!(message.contains(&status.to_string()), "{message}");
            assert!(message.contains(&format!("{code} it is")), "{message}");
        }
        // A gateway says the same without JSON.
        let html = Answer::text(status, "text/html", "<html>oops");
        for error in errors(html).await {
            assert_eq!((error.kind(), error.api_code()), (kind, None));
            assert!(!error.to_string().contains("oops"));
        }
    }
}

/// The API has one code for a full plan and for too many lists within a minute.
#[tokio::test]
async fn a_full_plan_and_too_many_lists_are_told_apart() {
    let plan = json!({
        "code": "LIMITS_REACHED",
        "message": "You have exceeded your allocated database limits: database/user",
    });
    let rate = json!({
        "code": "LIMITS_REACHED",
        "message": "You have exceeded your allocated rate limits: rate/poll",
    });
    let (limited, full) = (ErrorKind::RateLimited, ErrorKind::LimitReached);
    for (answer, of_list, of_create) in [
        (Answer::error(429, "LIMITS_REACHED"), limited, full),
        (Answer::error(200, "LIMITS_REACHED"), limited, full),
        (
            Answer::text(429, "text/html", "").header("X-Failure-Code: LIMITS_REACHED"),
            limited,
            full,
        ),
        (
            Answer::json(429, &plan).header("X-Failure-Code: LIMITS_REACHED"),
            limited,
            full,
        ),
        (Answer::json(429, &rate), limited, limited),
        (Answer::json(200, &rate), limited, limited),
    ] {
        let [list, create] = errors(answer).await;
        for (error, kind) in [(list, of_list), (create, of_create)] {
            assert_eq!(error.kind(), kind, "{error}");
            assert_eq!(error.is_transient(), kind == limited);
            assert!(!error.is_unclear());
            let message = error.to_string();
            let advice = if kind == limited {
                "limited for the whole account; it passes within a minute"
            } else {
                "The plan allows no more sub-accounts"
            };
            assert!(message.contains(advice), "{message}");
        }
    }
}

#[tokio::test]
async fn an_error_with_status_200_is_that_error() {
    for (code, kind) in [
        ("CONFLICT", ErrorKind::Conflict),
        ("NOT_FOUND", ErrorKind::NotFound),
        ("NOT_AUTHENTICATED", ErrorKind::NotAuthenticated),
        ("NOT_AUTHORIZED", ErrorKind::NotAuthorized),
        ("TOO_MANY_REQUESTS", ErrorKind::RateLimited),
        ("TIMEOUT", ErrorKind::Unavailable),
        ("GENERIC_ERROR", ErrorKind::Unavailable),
    ] {
        for error in errors(Answer::error(200, code)).await {
            assert_eq!((error.kind(), error.api_code()), (kind, Some(code)));
        }
    }
}

#[tokio::test]
async fn a_success_that_is_not_understood_is_an_error_and_never_nobody() {
    let deep = "[".repeat(100_000);
    let deep_items = format!(r#"{{"items":{deep}"#);
    for body in [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "true",
        "\"items\"",
        "<!doctype html><title>Sign in</title>",
        r#"{"items":[]"#,
        r#"{"items":[]}}"#,
        r#"{"items":[],"cursor":"\ud800"}"#,
        r#"{"items":null}"#,
        r#"{"items":{}}"#,
        r#"{"items":"none"}"#,
        r#"{"items":[null]}"#,
        r#"{"items":["a@example.com"]}"#,
        r#"{"items":[[]]}"#,
        r#"{"message":"late failure"}"#,
        r#"{"id":""}"#,
        r#"{"id":7}"#,
        r#"{"id":"(name)"}"#,
        r#"{"id":"../x"}"#,
        "\u{feff}{\"items\":[]}",
        &deep,
        &deep_items,
    ] {
        for error in errors(Answer::text(200, "application/json", body)).await {
            assert_eq!(error.kind(), ErrorKind::Unintelligible, "{body:.30}");
            assert!(!error.is_transient());
            assert!(error.is_unclear(), "a create may have been carried out");
        }
    }
    for error in errors(Answer::Whole(200, vec![], vec![b'{', 0xff, b'}'])).await {
        assert_eq!(error.kind(), ErrorKind::Unintelligible);
    }
}

#[tokio::test]
async fn a_user_of_a_wrong_shape_is_an_error() {
    let wrong = |member: &str, value: Value| {
        let mut user = user("someone");
        user[member] = value;
        user
    };
    for user in [
        wrong("createdAt", Value::Null),
        wrong("createdAt", json!("2024-01-01")),
        wrong("updatedAt", json!(8.7e15)),
        wrong("email", json!(["a@example.com"])),
        wrong("name", json!({ "first": "A" })),
        wrong("meta", json!("{}")),
        wrong("meta", json!([])),
        wrong("id", json!(7)),
        json!({ "id": "someone" }),
    ] {
        let (_api, client) = client(Answer::json(200, &user)).await;
        let error = client.fetch("someone").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unintelligible, "{user}");
    }
}

#[tokio::test]
async fn what_is_null_absent_or_unknown_in_a_user_is_no_error() {
    let bare = json!({
        "id": "someone", "createdAt": 1, "updatedAt": 2.0, "email": null, "name": "",
        "image": null, "meta": null, "limits": null, "unheardOf": { "deep": [1] },
    });
    let (_api, client) = client(Answer::json(200, &bare)).await;
    let user = client.fetch("someone").await.unwrap().unwrap();
    assert_eq!((user.email, user.name, user.image), (None, None, None));
    assert!(user.meta.is_none() && user.limits.is_none());
    assert_eq!((user.created_at, user.updated_at), (1, 2));
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_an_error() {
    let (_api, client) = client(Answer::json(200, &user("someone"))).await;
    for id in ["another", "SOMEONE", "someone1"] {
        for error in [
            client.fetch(id).await.unwrap_err(),
            client.update(id, &new_email()).await.unwrap_err(),
            client.delete(id).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unintelligible);
        }
    }
}

#[tokio::test]
async fn the_apis_own_words_are_cut_short_and_kept_on_one_line() {
    let message = format!("one\r\ntwo\u{0}\u{1b}[31m{}", "x".repeat(5_000));
    let body = json!({ "message": message, "code": "LONG".repeat(500) });
    let (_api, client) = client(Answer::json(400, &body)).await;
    let error = client.fetch("someone").await.unwrap_err();
    let text = error.to_string();
    assert!(text.chars().count() < 600, "{}", text.len());
    assert!(text.chars().all(|c| !c.is_control()), "{text:?}");
    assert!(error.api_code().unwrap().len() <= 200);
}

#[tokio::test]
async fn a_403_is_an_error_and_a_404_is_nobody() {
    let (_api, refused) = client(Answer::error(403, "NOT_AUTHORIZED")).await;
    let error = refused.fetch("someone").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAuthorized);
    assert!(
        error.to_string().contains("Check that the secret"),
        "{error}"
    );
}
