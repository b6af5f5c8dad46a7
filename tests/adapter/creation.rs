//! Making a user: once, although answers get lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chatbotkit_nextauth::adapter::{Adapter, AutoCreate, ErrorKind, NewUser, Result, User};
use chatbotkit_nextauth::chatbotkit;
use serde_json::{Value, json};

use crate::api::{Accounts, Answer, Request};
use crate::{ADA, NOW, Site};

pub(crate) async fn create(adapter: &Adapter, what: Value) -> Result<User> {
    let new: NewUser = serde_json::from_value(what).unwrap();
    adapter.create_user(new).await
}

pub(crate) async fn create_proven(adapter: &Adapter) -> Result<User> {
    create(adapter, json!({ "email": ADA, "emailVerified": NOW })).await
}

pub(crate) async fn create_unproven(adapter: &Adapter) -> Result<User> {
    create(adapter, json!({ "email": ADA, "emailVerified": null })).await
}

/// A site where the first `count` creates become what `first` says.
pub(crate) async fn site_where_creates(
    count: usize,
    first: impl Fn(&Accounts, &Request) -> Answer + Send + Sync + 'static,
) -> Site {
    let number = AtomicUsize::new(0);
    Site::answering(move |accounts, request| {
        if request.route() == "create" && number.fetch_add(1, Ordering::SeqCst) < count {
            return first(accounts, request);
        }
        accounts.answer(request)
    })
    .await
}

fn ways_to_lose_an_answer() -> Vec<Answer> {
    vec![
        Answer::Reset,
        Answer::Bytes(vec![]),
        Answer::with_length(40, "{\"id\":"),
        Answer::hang(),
        Answer::error(500, "GENERIC_ERROR"),
        Answer::error(408, "TIMEOUT"),
        Answer::text(502, "text/html", "<html>"),
        Answer::error(200, "TIMEOUT"),
        Answer::text(200, "text/html", "<html>"),
        Answer::json(200, &json!({ "id": "(no id)" })),
    ]
}

#[tokio::test]
async fn a_new_user_has_the_id_of_the_api_and_says_whether_the_address_is_proven() {
    let site = Site::new().await;
    let what = json!({
        "id": "5f9c", "email": " ADA@Example.com ", "emailVerified": NOW,
        "name": "Ada", "image": "", "role": "admin",
    });
    let user = create(&site.adapter(), what).await.unwrap();
    assert_eq!((&*user.email, user.email_verified), (ADA, Some(NOW)));
    assert_eq!(site.accounts.get(&user.id)["email"], ADA);
    let mut requests = site.api.requests().into_iter();
    let sent = requests.find(|request| request.route() == "create");
    let mut sent = sent.unwrap().body;
    let key = sent["meta"]["nextauth"]["createKey"].take();
    assert!(key.as_str().unwrap().len() >= 22, "{key}");
    let ours = json!({ "emailVerified": NOW, "createKey": null });
    assert_eq!(
        sent,
        json!({ "email": ADA, "name": "Ada", "meta": { "nextauth": ours } })
    );
    for unproven in [
        json!({ "email": "b@example.com", "emailVerified": null }),
        json!({ "email": "c@example.com" }),
    ] {
        let user = create(&site.adapter(), unproven).await.unwrap();
        assert_eq!(user.email_verified, None);
        assert!(adapter_says(&site, &user.id).await.is_none());
    }
}

async fn adapter_says(site: &Site, id: &str) -> Option<i64> {
    site.adapter()
        .get_user(id)
        .await
        .unwrap()
        .unwrap()
        .email_verified
}

#[tokio::test]
async fn nobody_is_made_when_that_is_off_or_without_an_address() {
    let site = Site::new().await;
    let off = site.adapter_with(|options| options.auto_create_user = AutoCreate::Off);
    let error = create_proven(&off).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CreateDisabled);
    for email in [
        json!(null),
        json!(""),
        json!(" "),
        json!("ada"),
        json!("@x"),
        json!("a@ "),
    ] {
        let error = create(&site.adapter(), json!({ "email": email }))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{email}");
    }
    assert_eq!(site.api.connections(), 0);
}

#[tokio::test]
async fn a_create_that_was_carried_out_and_whose_answer_was_lost_is_found_again() {
    for lost in ways_to_lose_an_answer() {
        let site = site_where_creates(1, move |accounts, request| {
            accounts.answer(request);
            lost.clone()
        })
        .await;
        let user = create_unproven(&site.impatient()).await.unwrap();
        assert_eq!((&*user.email, user.email_verified), (ADA, None));
        assert_eq!((site.api.count("create"), site.accounts.len()), (1, 1));
    }
}

#[tokio::test]
async fn a_create_that_was_lost_on_its_way_is_sent_again() {
    for lost in [
        Answer::Reset,
        Answer::hang(),
        Answer::error(503, "UNAVAILABLE"),
    ] {
        let site = site_where_creates(2, move |_, _| lost.clone()).await;
        let config = site.api.config().with_timeout(Duration::from_millis(150));
        let adapter = site.adapter_of(config, |_| ());
        let user = create_unproven(&adapter).await.unwrap();
        assert_eq!(user.id, site.accounts.get(&user.id)["id"]);
        assert_eq!((site.api.count("create"), site.accounts.creates()), (3, 1));
        let keys: Vec<_> = site
            .api
            .requests()
            .into_iter()
            .map(|it| it.body["meta"].clone())
            .collect();
        assert!(
            keys.iter()
                .filter(|key| !key.is_null())
                .all(|key| *key == keys[0])
        );
    }
}

/// The API gives a request up after 25 s; a client that waits for less may be overtaken by it.
#[tokio::test]
async fn a_create_that_is_carried_out_late_is_carried_out_once() {
    let late = Arc::new(std::sync::Mutex::new(None::<Request>));
    let number = AtomicUsize::new(0);
    let site = Site::answering(move |accounts, request| {
        if request.route() != "create" {
            return accounts.answer(request);
        }
        if number.fetch_add(1, Ordering::SeqCst) == 0 {
            *late.lock().unwrap() = Some(request.clone());
            return Answer::hang();
        }
        // Between the look-up and the second create.
        accounts.answer(&late.lock().unwrap().take().unwrap());
        accounts.answer(request)
    })
    .await;
    let config = site.api.config().with_timeout(Duration::from_millis(150));
    let user = create_unproven(&site.adapter_of(config, |_| ()))
        .await
        .unwrap();
    assert_eq!(user.email, ADA);
    assert_eq!((site.accounts.creates(), site.accounts.len()), (1, 1));
}

#[tokio::test]
async fn a_create_that_never_gets_through_ends_with_its_error() {
    let site = site_where_creates(usize::MAX, |_, _| Answer::Reset).await;
    let error = create_proven(&site.adapter()).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Partner(chatbotkit::ErrorKind::Unreachable)
    );
    assert!(error.is_retryable());
    assert_eq!((site.api.count("create"), site.accounts.len()), (3, 0));
}

#[tokio::test]
async fn an_unclear_create_is_not_sent_again_while_nobody_knows_what_became_of_it() {
    let site = Site::answering(|accounts, request| match request.route() {
        "create" => {
            accounts.answer(request);
            Answer::Reset
        }
        _ => Answer::error(503, "UNAVAILABLE"),
    })
    .await;
    create_proven(&site.adapter()).await.unwrap_err();
    assert_eq!(site.api.count("create"), 1);
}

#[tokio::test]
async fn a_refused_create_is_sent_once_and_a_postponed_one_again() {
    for (status, code, kind) in [
        (429, "LIMITS_REACHED", chatbotkit::ErrorKind::LimitReached),
        (400, "BAD_REQUEST", chatbotkit::ErrorKind::Rejected),
        (
            401,
            "NOT_AUTHENTICATED",
            chatbotkit::ErrorKind::NotAuthenticated,
        ),
        (402, "NO_SUBSCRIPTION", chatbotkit::ErrorKind::Rejected),
        (403, "NOT_AUTHORIZED", chatbotkit::ErrorKind::NotAuthorized),
    ] {
        let site = site_where_creates(9, move |_, _| Answer::error(status, code)).await;
        let error = create_proven(&site.adapter()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Partner(kind));
        assert_eq!(site.api.requests().len(), 1, "{code}");
    }
    let busy = |_: &Accounts, _: &Request| Answer::error(429, "TOO_MANY_REQUESTS");
    let site = site_where_creates(1, busy).await;
    create_proven(&site.adapter()).await.unwrap();
    assert_eq!((site.api.count("create"), site.api.count("list")), (2, 0));
}
