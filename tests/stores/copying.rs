//! Copying from one store to another, whatever they are.

use std::time::Duration;

use chatbotkit_nextauth::store::{
    Copied, Copy, MemoryStore, SqliteConfig, SqliteStore, Store, copy_some,
};

const PREFIX: &str = "app:";
const HOUR: Duration = Duration::from_millis(3_600_000);
const WRITE: Copy = Copy {
    prefix: PREFIX,
    writes: true,
    overwrites: false,
};

/// An SQLite database in memory with values, a set, and what is not the application's.
async fn source() -> SqliteStore {
    let store = empty();
    store.set("app:one", "1", Some(HOUR)).await.unwrap();
    store.set("app:two", "2", None).await.unwrap();
    store.add_member("app:set", "a", None).await.unwrap();
    store.add_member("app:set", "b", Some(HOUR)).await.unwrap();
    store.set("other:one", "1", None).await.unwrap();
    store
}

fn empty() -> SqliteStore {
    SqliteStore::new(SqliteConfig::new(Some(":memory:".into())))
}

async fn copy(from: &dyn Store, to: &dyn Store, how: Copy<'_>) -> Copied {
    let copied = copy_some(from, to, None, how).await.unwrap();
    assert_eq!((copied.next.as_ref(), copied.failed), (None, 0));
    copied
}

#[tokio::test]
async fn all_of_a_prefix_is_copied_with_its_lifetimes() {
    let (from, to) = (source().await, empty());
    let copied = copy(&from, &to, WRITE).await;
    assert_eq!((copied.copied, copied.same, copied.kept), (3, 0, 0));
    let (value, left) = to.get_with_ttl("app:one").await.unwrap().unwrap();
    assert_eq!(value, "1");
    assert!(left.is_some_and(|it| it <= HOUR && it > HOUR / 2));
    let two = to.get_with_ttl("app:two").await.unwrap();
    assert_eq!(two, Some(("2".to_owned(), None)));
    let mut members = to.entry("app:set").await.unwrap().members;
    members.sort();
    assert_eq!(members[0], ("a".to_owned(), None));
    assert!(members[1].1.is_some_and(|it| it <= HOUR && it > HOUR / 2));
    assert_eq!(to.get("other:one").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_there_is_passed_over_and_what_differs_is_kept_unless_told_otherwise() {
    let (from, to) = (source().await, empty());
    to.set("app:one", "1", None).await.unwrap();
    to.set("app:two", "another", None).await.unwrap();
    to.add_member("app:set", "b", None).await.unwrap();
    to.add_member("app:set", "c", None).await.unwrap();
    let first = copy(&from, &to, WRITE).await;
    assert_eq!((first.copied, first.same, first.kept), (1, 1, 1));
    let two = to.get("app:two").await.unwrap();
    assert_eq!(two.as_deref(), Some("another"));
    let again = copy(&from, &to, WRITE).await;
    assert_eq!((again.copied, again.same, again.kept), (0, 2, 1));
    let overwrites = Copy {
        overwrites: true,
        ..WRITE
    };
    let told = copy(&from, &to, overwrites).await;
    assert_eq!((told.copied, told.same, told.kept), (1, 2, 0));
    assert_eq!(to.get("app:two").await.unwrap().as_deref(), Some("2"));
    assert_eq!(to.members("app:set").await.unwrap().len(), 3);
}

#[tokio::test]
async fn without_writing_the_same_is_counted_and_nothing_is_changed() {
    let (from, to) = (source().await, MemoryStore::new());
    let dry = Copy {
        writes: false,
        ..WRITE
    };
    assert_eq!(copy(&from, &to, dry).await.copied, 3);
    assert!(to.is_empty());
}

#[tokio::test]
async fn sets_that_a_client_of_javascript_made_become_sets() {
    let (from, to) = (empty(), empty());
    let set = r#"{"session:a":null,"session:b":32503680000000,"session:c":1}"#;
    let key = "app:sessions-of:ada:json";
    from.set(key, set, None).await.unwrap();
    assert_eq!(copy(&from, &to, WRITE).await.copied, 1);
    let mut members = to.members("app:sessions-of:ada").await.unwrap();
    members.sort();
    assert_eq!(members, ["session:a", "session:b"]);
    assert_eq!(to.get(key).await.unwrap(), None);
}

#[tokio::test]
async fn a_store_that_cannot_tell_its_keys_is_refused() {
    let error = copy_some(&MemoryStore::new(), &empty(), None, WRITE).await;
    let message = error.unwrap_err().to_string();
    assert_eq!(message, "the memory store cannot tell its keys");
}
