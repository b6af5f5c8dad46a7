//! Finding somebody by address at an API that cannot be relied on to filter.

use chatbotkit_nextauth::chatbotkit::{ErrorKind, PAGE_LIMIT};
use serde_json::{Value, json};

use crate::api::{Answer, Api};

const WANTED: &str = "wanted@example.com";

fn account(id: &str, email: &Value, created: i64) -> Value {
    json!({ "id": id, "createdAt": created, "updatedAt": created, "email": email })
}

fn strangers(page: usize) -> Vec<Value> {
    let stranger = |n| {
        let id = format!("s{page}n{n}");
        account(&id, &json!(format!("{id}@example.com")), 1)
    };
    (0..100).map(stranger).collect()
}

/// The id that a look-up of [`WANTED`] finds among these on one page.
async fn found(items: &[Value]) -> Option<String> {
    let api = Api::scripted([Answer::page(items, &json!(null))]).await;
    let user = api.client().find_by_email(WANTED).await.unwrap();
    user.map(|user| user.id)
}

#[tokio::test]
async fn one_request_tells_that_there_is_nobody() {
    let api = Api::scripted([Answer::page(&[], &json!("cursor"))]).await;
    assert!(api.client().find_by_email(WANTED).await.unwrap().is_none());
    assert_eq!(api.requests().len(), 1);
    assert_eq!(api.requests()[0].parameter("email"), Some(WANTED));
}

#[tokio::test]
async fn one_request_finds_somebody_though_every_page_has_a_cursor() {
    let user = account("wanted", &json!(WANTED), 1);
    let api = Api::scripted([Answer::page(&[user], &json!("wanted"))]).await;
    assert_eq!(
        api.client()
            .find_by_email(WANTED)
            .await
            .unwrap()
            .unwrap()
            .id,
        "wanted"
    );
    assert_eq!(api.requests().len(), 1);
}

#[tokio::test]
async fn an_api_that_ignores_the_filter_signs_in_nobody_else() {
    let api = Api::scripted([Answer::page(&strangers(0), &json!(null))]).await;
    assert!(api.client().find_by_email(WANTED).await.unwrap().is_none());
}

#[tokio::test]
async fn an_api_that_ignores_the_filter_is_read_until_the_right_one_is_found() {
    let mut last = strangers(3);
    last.push(account("wanted", &json!(WANTED), 1));
    let pages = [
        Answer::page(&strangers(0), &json!("s0")),
        Answer::page(&strangers(1), &json!("s1")),
        Answer::page(&strangers(2), &json!("s2")),
        Answer::page(&last, &json!("s3")),
    ];
    let api = Api::scripted(pages).await;
    let user = api.client().find_by_email(WANTED).await.unwrap();
    assert_eq!(user.unwrap().id, "wanted");
    let requests = api.requests();
    let cursors: Vec<_> = requests.iter().map(|it| it.parameter("cursor")).collect();
    assert_eq!(cursors, [None, Some("s0"), Some("s1"), Some("s2")]);
    assert!(
        requests
            .iter()
            .all(|it| it.parameter("email") == Some(WANTED))
    );
}

#[tokio::test]
async fn a_failure_on_a_later_page_is_an_error_and_not_nobody() {
    let refused = Answer::error(403, "NOT_AUTHORIZED");
    for (failure, kind) in [
        (refused, ErrorKind::NotAuthorized),
        (Answer::error(200, "TIMEOUT"), ErrorKind::Unavailable),
        (
            Answer::text(200, "text/html", ""),
            ErrorKind::Unintelligible,
        ),
        (Answer::Reset, ErrorKind::Unreachable),
    ] {
        let api = Api::scripted([Answer::page(&strangers(0), &json!("s0")), failure]).await;
        let error = api.client().find_by_email(WANTED).await.unwrap_err();
        assert_eq!(error.kind(), kind);
    }
}

#[tokio::test]
async fn a_cursor_that_leads_back_is_an_error() {
    for cursors in [vec!["a"], vec!["a", "b"], vec!["a", "b", "c"]] {
        let pages = cursors
            .iter()
            .map(|next| Answer::page(&strangers(0), &json!(next)));
        let pages: Vec<_> = pages.collect();
        let number = std::sync::atomic::AtomicUsize::new(0);
        let api = Api::start(move |_| {
            let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            pages[number % pages.len()].clone()
        })
        .await;
        let error = api.client().find_by_email(WANTED).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unintelligible);
        assert_eq!(api.requests().len(), cursors.len() + 1);
    }
}

#[tokio::test]
async fn pages_without_end_are_an_error() {
    let number = std::sync::atomic::AtomicUsize::new(0);
    let api = Api::start(move |_| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Answer::page(
            &[account("s", &json!("s@example.com"), 1)],
            &json!(format!("c{number}")),
        )
    })
    .await;
    let error = api.client().find_by_email(WANTED).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unintelligible);
    assert_eq!(api.requests().len(), PAGE_LIMIT);
}

/// Found by this test: such a cursor was read as the end of the list, and so as "no such user".
#[tokio::test]
async fn a_cursor_that_is_no_text_is_not_the_end_of_the_list() {
    for cursor in [json!(7), json!({ "id": "s" }), json!(["s"]), json!(true)] {
        let api = Api::scripted([Answer::page(&strangers(0), &cursor)]).await;
        let found = api.client().find_by_email(WANTED).await;
        assert_eq!(
            found.unwrap_err().kind(),
            ErrorKind::Unintelligible,
            "{cursor}"
        );
    }
}

#[tokio::test]
async fn case_makes_no_difference_and_anything_else_does() {
    let item = |email: &str| account("other", &json!(email), 1);
    assert!(found(&[item("WANTED@Example.COM")]).await.is_some());
    for other in [
        "wanted@example.com ",
        " wanted@example.com",
        "wanted@example.com.",
        "wanted@example.co",
        "xwanted@example.com",
        "wantéd@example.com",
        "ｗanted@example.com",
        "wanted@example.com\0",
        "wanted+tag@example.com",
        "wan.ted@example.com",
        "wanted@example.com,wanted@example.com",
        "%",
        "*",
    ] {
        assert_eq!(found(&[item(other)]).await, None, "{other}");
    }
}

#[tokio::test]
async fn accounts_without_an_address_are_nobody() {
    for email in [
        json!(null),
        json!(""),
        json!(7),
        json!([WANTED]),
        json!({ "is": WANTED }),
    ] {
        assert_eq!(found(&[account("odd", &email, 1)]).await, None);
    }
    let bare = json!({ "id": "bare", "createdAt": 1, "updatedAt": 1 });
    assert_eq!(found(&[bare]).await, None);
}

#[tokio::test]
async fn an_empty_address_finds_nobody_without_one() {
    let bare = account("bare", &json!(""), 1);
    let api = Api::scripted([Answer::page(&[bare], &json!(null))]).await;
    assert!(api.client().find_by_email("").await.unwrap().is_none());
}

#[tokio::test]
async fn of_duplicates_the_exact_spelling_wins_and_then_the_oldest() {
    let shouted = |id, created| account(id, &json!("WANTED@EXAMPLE.COM"), created);
    let exact = |id, created| account(id, &json!(WANTED), created);
    let items = [shouted("one", 1), exact("two", 2), shouted("three", 3)];
    assert_eq!(found(&items).await.as_deref(), Some("two"));
    let items = [shouted("three", 3), shouted("one", 1), shouted("two", 2)];
    assert_eq!(found(&items).await.as_deref(), Some("one"));
    let mut same = [exact("b", 5), exact("a", 5), exact("c", 5)];
    for _ in 0..3 {
        same.rotate_left(1);
        assert_eq!(found(&same).await.as_deref(), Some("a"));
    }
}

#[tokio::test]
async fn a_malformed_stranger_does_not_keep_anybody_out() {
    let stranger = json!({ "id": "(x)", "email": "x@example.com", "meta": 7 });
    let items = [stranger, account("wanted", &json!(WANTED), 1)];
    assert_eq!(found(&items).await.as_deref(), Some("wanted"));
}
