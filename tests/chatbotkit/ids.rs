//! What is no id never reaches the wire.

use chatbotkit_nextauth::chatbotkit::{ErrorKind, is_user_id};
use serde_json::json;

use crate::api::{Answer, Api};
use crate::{new_email, user};

#[tokio::test]
async fn an_id_that_the_api_would_read_as_something_else_is_never_sent() {
    let api = Api::scripted([Answer::json(200, &user("someone"))]).await;
    let client = api.client();
    let long = "x".repeat(129);
    for id in [
        "",
        ".",
        "..",
        "../..",
        "(name)",
        "(someone)",
        "@alias",
        "@@alias",
        "%2e",
        "%2e%2e",
        "%2F",
        "a/b",
        "a\\b",
        "a?b",
        "a#b",
        "a;b",
        "a b",
        " someone",
        "someone\n",
        "a\0b",
        "someone/fetch?",
        "\u{ff53}omeone",
        "sömeone",
        "list?email=x",
        "a:b",
        "*",
        "a.b",
        &long,
    ] {
        assert!(!is_user_id(id), "{id}");
        assert!(client.fetch(id).await.unwrap().is_none(), "{id}");
        for error in [
            client.update(id, &new_email()).await.unwrap_err(),
            client.delete(id).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert!(!error.is_unclear());
        }
    }
    assert_eq!((client.client().requests(), api.connections()), (0, 0));
}

#[tokio::test]
async fn an_id_of_the_apis_alphabet_is_sent_as_it_is() {
    for id in [
        "clx0abc123",
        "A-b_9",
        "-",
        "list",
        "create",
        &"x".repeat(128),
    ] {
        let api = Api::scripted([Answer::json(200, &user(id))]).await;
        assert_eq!(api.client().fetch(id).await.unwrap().unwrap().id, id);
        assert_eq!(api.calls(), [format!("GET /partner/user/{id}/fetch")]);
    }
}

#[tokio::test]
async fn an_id_that_the_api_hands_out_is_checked_as_well() {
    for id in ["(name)", "@alias", "..", "a/b", "", "x\r\ny"] {
        let api = Api::start(move |request| {
            if request.route() == "create" {
                return Answer::json(200, &json!({ "id": id }));
            }
            let mut user = user("a");
            user["id"] = id.into();
            Answer::page(&[user], &json!(null))
        })
        .await;
        let client = api.client();
        let error = client.create(&crate::new_user()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unintelligible);
        let error = client.find_by_email("a@example.com").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unintelligible);
    }
}

#[tokio::test]
async fn an_address_is_one_query_value_whatever_stands_in_it() {
    let api = Api::scripted([Answer::page(&[], &json!(null))]).await;
    let client = api.client();
    for email in [
        "a&take=1@x",
        "a=b@x",
        "a#b@x",
        "a%00\0\r\nHost: evil@x",
        "ü 😀+@x",
        "a?b@x",
    ] {
        client.find_by_email(email).await.unwrap();
        let request = api.requests().pop().unwrap();
        assert_eq!(request.query, [("email".to_owned(), email.to_owned())]);
        assert!(request.header("host").unwrap().starts_with("127.0.0.1:"));
    }
}
