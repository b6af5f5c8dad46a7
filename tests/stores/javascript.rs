//! A store written by somebody else, that fails, hangs, and gives back what it likes.

use std::time::{Duration, Instant};

use chatbotkit_nextauth::store::{Error, ErrorKind, JavaScriptStore, Store};

use crate::fake::Fake;

const TIMEOUT: Duration = Duration::from_millis(100);

/// The errors of all operations on a store over `fake`. Each test has a key of its own: stores of
/// one process take turns by key, so a key that hangs in one test holds up the others.
async fn errors(fake: Fake, key: &str) -> Vec<Error> {
    let store = JavaScriptStore::with_timeout(fake, TIMEOUT);
    let value = "\"secret-value\"";
    vec![
        store.get(key).await.unwrap_err(),
        store.set(key, value, None).await.unwrap_err(),
        store.delete(key).await.unwrap_err(),
        store.take(key).await.unwrap_err(),
        store
            .compare_and_set(key, None, Some(value), None)
            .await
            .unwrap_err(),
        store
            .compare_and_set(key, Some(value), None, None)
            .await
            .unwrap_err(),
        store.add_member(key, value, None).await.unwrap_err(),
        store.remove_member(key, value).await.unwrap_err(),
        store.members(key).await.unwrap_err(),
        store.delete_set(key).await.unwrap_err(),
        store.ping().await.unwrap_err(),
    ]
}

#[tokio::test]
async fn what_a_store_throws_is_kept_as_the_cause_and_tells_no_key_or_value() {
    for fake in [Fake::default(), Fake::default().with_compare_and_set()] {
        for error in errors(fake.throwing(), "secret-throwing").await {
            assert_eq!((error.kind(), error.cause()), (ErrorKind::Failed, Some(7)));
            assert!(error.is_temporary());
            let text = format!("{error} {error:?}");
            assert!(text.contains("the javascript store threw"), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_is_an_error_that_waiting_does_not_mend() {
    for error in errors(Fake::default().malformed(), "secret-malformed").await {
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(!error.is_temporary());
    }
}

#[tokio::test]
async fn a_call_that_never_answers_times_out() {
    for fake in [Fake::default(), Fake::default().with_compare_and_set()] {
        let start = Instant::now();
        let errors = errors(fake.hanging(), "secret-hanging").await;
        assert!(start.elapsed() < TIMEOUT * 2 * u32::try_from(errors.len()).unwrap());
        for error in errors {
            assert_eq!((error.kind(), error.cause()), (ErrorKind::TimedOut, None));
            assert!(error.to_string().contains("100 ms"), "{error}");
        }
    }
}

/// Callers once waited for each other's time-outs, the hundredth a hundred times.
#[tokio::test]
async fn callers_behind_a_call_that_never_answers_time_out_with_it() {
    let store = JavaScriptStore::with_timeout(Fake::default().hanging(), TIMEOUT);
    let start = Instant::now();
    let call = || store.compare_and_set("waited for", None, Some("1"), None);
    let outcomes = tokio::join!(call(), call(), call(), call(), call(), call());
    for outcome in [
        outcomes.0, outcomes.1, outcomes.2, outcomes.3, outcomes.4, outcomes.5,
    ] {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    }
    assert!(start.elapsed() < TIMEOUT * 4, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_caller_that_gives_up_leaves_the_key_free() {
    let fake = Fake::default();
    let stuck = JavaScriptStore::new(fake.hanging());
    let call = stuck.compare_and_set("given up", None, Some("1"), None);
    tokio::time::timeout(TIMEOUT, call).await.unwrap_err();
    let store = JavaScriptStore::with_timeout(fake, TIMEOUT);
    let done = store
        .compare_and_set("given up", None, Some("1"), None)
        .await;
    assert!(done.unwrap());
}

#[tokio::test]
async fn members_in_another_order_are_no_change_and_another_value_is_one() {
    let store = JavaScriptStore::new(Fake::default().reordering());
    let (value, same) = (r#"{"a":1,"b":[1,2]}"#, r#"{ "b": [1, 2], "a": 1 }"#);
    store.set("reordered", value, None).await.unwrap();
    assert_ne!(
        store.get("reordered").await.unwrap().as_deref(),
        Some(value)
    );
    for other in [
        r#"{"a":1,"b":[2,1]}"#,
        r#"{"a":1}"#,
        r#"{"a":1,"b":[1,2],"c":null}"#,
        r#"{"a":"1","b":[1,2]}"#,
        "not JSON",
        "",
    ] {
        let done = store
            .compare_and_set("reordered", Some(other), Some("2"), None)
            .await;
        assert!(!done.unwrap(), "{other}");
    }
    for expected in [same, value] {
        store.set("reordered", value, None).await.unwrap();
        let done = store
            .compare_and_set("reordered", Some(expected), Some("2"), None)
            .await;
        assert!(done.unwrap(), "{expected}");
    }
}

#[tokio::test]
async fn what_is_no_set_is_an_empty_one() {
    let fake = Fake::default();
    let store = JavaScriptStore::new(fake.clone());
    for garbage in [
        "null",
        "[]",
        "7",
        "\"text\"",
        "not JSON",
        r#"{"member":"soon"}"#,
        r#"{"member":-1}"#,
    ] {
        store.add_member("garbled", "member", None).await.unwrap();
        // Whatever the store keeps sets under, that is now garbage.
        for key in fake.keys() {
            store.set(&key, garbage, None).await.unwrap();
        }
        assert!(
            store.members("garbled").await.unwrap().is_empty(),
            "{garbage}"
        );
        store.add_member("garbled", "another", None).await.unwrap();
        assert_eq!(
            store.members("garbled").await.unwrap(),
            ["another"],
            "{garbage}"
        );
        store.delete_set("garbled").await.unwrap();
    }
}
