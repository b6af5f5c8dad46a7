//! What is sent, and over how many connections.

use chatbotkit_nextauth::chatbotkit::{Changes, Config, ErrorKind, SubAccounts};
use serde_json::{Map, json};

use crate::api::{Accounts, Answer, Api, SECRET};
use crate::{new_email, new_user};

#[tokio::test]
async fn every_request_says_who_asks_and_what_is_accepted() {
    let accounts = Accounts::new();
    let id = accounts.add(&json!({}));
    let api = Api::start(move |request| accounts.answer(request)).await;
    let client = api.client();
    client.find_by_email("a+b%c@example.com").await.unwrap();
    client.fetch(&id).await.unwrap();
    client.create(&new_user()).await.unwrap();
    client.update(&id, &new_email()).await.unwrap();
    client.delete(&id).await.unwrap();
    let requests = api.requests();
    assert_eq!(requests.len(), 5);
    for request in &requests {
        let bearer = format!("Bearer {SECRET}");
        assert_eq!(request.header("authorization"), Some(&*bearer));
        assert_eq!(request.header("accept"), Some("application/json"));
        let agent = request.header("user-agent").unwrap();
        assert!(agent.starts_with("chatbotkit-nextauth/"), "{agent}");
        let is_post = request.method == "POST";
        let kind = request.header("content-type");
        assert_eq!(kind, is_post.then_some("application/json"));
        assert_eq!(request.body.is_object(), is_post);
        assert_eq!(request.header("cookie"), None);
        assert_eq!(request.header("referer"), None);
    }
    assert_eq!(requests[0].parameter("email"), Some("a+b%c@example.com"));
    assert_eq!(requests[4].body, json!({}));
    assert_eq!(client.client().requests(), 5);
}

#[tokio::test]
async fn calls_share_one_connection() {
    let api = Api::start(|request| match request.route() {
        "list" => Answer::page(&[], &json!(null)),
        _ => Answer::error(500, "GENERIC_ERROR"),
    })
    .await;
    let client = api.client();
    for _ in 0..20 {
        client.find_by_email("a@example.com").await.unwrap();
    }
    client.fetch("someone").await.unwrap_err();
    assert_eq!(api.requests().len(), 23);
    assert_eq!(api.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_costs_no_failure() {
    let page = r#"{"items":[],"cursor":null}"#;
    let api = Api::scripted([Answer::with_length(page.len(), page)]).await;
    let client = api.client();
    for _ in 0..5 {
        client.find_by_email("a@example.com").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(api.requests().len(), 5);
}

#[tokio::test]
async fn headers_of_the_application_are_sent_along() {
    let api = Api::scripted([Answer::page(&[], &json!(null))]).await;
    let config = api.config().with_header("X-Trace", "1").unwrap();
    SubAccounts::new(config)
        .find_by_email("a@example.com")
        .await
        .unwrap();
    assert_eq!(api.requests()[0].header("x-trace"), Some("1"));
}

/// Found by this test: the client's own header was added to the application's of the same name,
/// so that two stood in one request and the server took its pick.
#[tokio::test]
async fn a_header_of_the_application_neither_doubles_nor_displaces_ours() {
    let api = Api::scripted([Answer::json(200, &json!({ "id": "someone" }))]).await;
    let mut config = api.config();
    for name in ["Authorization", "Accept", "Content-Type", "User-Agent"] {
        config = config.with_header(name, "text/theirs").unwrap();
    }
    SubAccounts::new(config).create(&new_user()).await.unwrap();
    let request = &api.requests()[0];
    for name in ["authorization", "accept", "content-type", "user-agent"] {
        let count = request.headers.iter().filter(|(it, _)| it == name).count();
        assert_eq!(count, 1, "{name}");
    }
    assert_eq!(
        request.header("authorization"),
        Some(&*format!("Bearer {SECRET}"))
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn nothing_is_sent_without_a_secret_or_with_one_that_no_header_can_hold() {
    let api = Api::scripted([Answer::page(&[], &json!(null))]).await;
    let ask = async |secret: Option<&str>| {
        let config = Config::new(secret.map(str::to_owned)).with_base(&api.url());
        SubAccounts::new(config.unwrap())
            .find_by_email("a@example.com")
            .await
    };
    for missing in [None, Some(""), Some(" \n")] {
        let error = ask(missing).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingSecret);
        assert!(!error.is_unclear() && !error.is_transient());
    }
    let error = ask(Some("sk-one\r\nx-injected: 1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(!format!("{error} {error:?}").contains("injected"));
    assert_eq!(api.connections(), 0);
    ask(Some(" sk-one\n")).await.unwrap();
    assert_eq!(
        api.requests()[0].header("authorization"),
        Some("Bearer sk-one")
    );
}

#[tokio::test]
async fn a_change_sends_what_changes_and_merges_into_meta() {
    let accounts = Accounts::new();
    let meta = json!({ "plan": "pro", "nextauth": { "createKey": "k" } });
    let id = accounts.add(&json!({ "name": "N", "image": "I", "meta": meta }));
    let served = accounts.clone();
    let api = Api::start(move |request| served.answer(request)).await;
    let client = api.client();
    client.update(&id, &Changes::default()).await.unwrap();
    assert_eq!(client.client().requests(), 0);
    let changes = Changes {
        name: Some(None),
        image: Some(Some("J".to_owned())),
        email: None,
        limits: Some(None),
        meta: Map::from_iter([("nextauth".to_owned(), json!({ "emailVerified": 5 }))]),
    };
    client.update(&id, &changes).await.unwrap();
    assert_eq!(
        api.requests()[0].body,
        json!({ "name": "", "image": "J", "limits": null, "meta": { "$update": { "nextauth": { "emailVerified": 5 } } } })
    );
    let user = client.fetch(&id).await.unwrap().unwrap();
    assert_eq!((user.name, user.image.as_deref()), (None, Some("J")));
    assert_eq!(user.meta.unwrap()["plan"], "pro");
}

#[test]
fn a_base_that_is_no_address_of_an_api_is_refused_without_quoting_it() {
    for base in [
        "",
        "api.example.com",
        "ftp://x",
        "data:,x",
        "https://u:p4ss@example.com",
    ] {
        let error = Config::new(None).with_base(base).unwrap_err();
        assert_eq!(error.setting, "baseUrl");
        assert!(!error.to_string().contains("p4ss"));
    }
}
