//! What [`Store`] promises, whoever keeps it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chatbotkit_nextauth::store::{Entry, Store};
use serde_json::Value;

/// Long enough for a loaded machine to do several operations in.
const SHORT: Duration = Duration::from_millis(200);

type Two = [Arc<dyn Store>; 2];

/// Checks two handles of one empty store.
pub(crate) async fn check(stores: &Two) {
    let store = &*stores[0];
    values_are_kept_until_they_are_replaced_or_removed(store).await;
    values_come_back_as_the_json_that_they_were(store).await;
    values_end_with_their_lifetime(store).await;
    a_lifetime_without_end_is_one(store).await;
    a_lifetime_that_is_told_is_what_remains(store).await;
    compare_and_set_changes_what_was_read_and_nothing_else(store).await;
    a_write_can_be_repeated(store).await;
    sets_hold_each_member_once(store).await;
    members_end_with_their_lifetime(store).await;
    two_values_are_read_at_once(store).await;
    of_many_takers_one_gets_the_value(stores).await;
    changes_at_once_are_all_counted(stores).await;
    members_added_at_once_are_all_there(stores).await;
    store.ping().await.unwrap();
}

async fn values_are_kept_until_they_are_replaced_or_removed(store: &dyn Store) {
    assert_eq!(store.get("plain").await.unwrap(), None);
    assert_eq!(store.take("plain").await.unwrap(), None);
    store.delete("plain").await.unwrap();
    store.set("plain", "1", None).await.unwrap();
    store.set("plain", "2", None).await.unwrap();
    assert_eq!(store.get("plain").await.unwrap().as_deref(), Some("2"));
    assert_eq!(store.get("plai").await.unwrap(), None);
    assert_eq!(store.get("plain:").await.unwrap(), None);
    store.delete("plain").await.unwrap();
    store.delete("plain").await.unwrap();
    assert_eq!(store.get("plain").await.unwrap(), None);
    store.set("plain", "3", None).await.unwrap();
    assert_eq!(store.take("plain").await.unwrap().as_deref(), Some("3"));
    assert_eq!(store.get("plain").await.unwrap(), None);
}

async fn values_come_back_as_the_json_that_they_were(store: &dyn Store) {
    let long = format!("\"{}\"", "ü😀\\n".repeat(50_000));
    for text in [
        "null",
        "\"\"",
        "0",
        "9007199254740993",
        r#"{"b":[1,{"a":null}],"a":"\u0000\r\n'\"","é":{}}"#,
        &long,
    ] {
        store.set("json", text, None).await.unwrap();
        let back = store.get("json").await.unwrap().unwrap();
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(parsed(&back), parsed(text));
        let done = store.compare_and_set("json", Some(&back), None, None).await;
        assert!(done.unwrap(), "what was read is what is there");
        assert_eq!(store.get("json").await.unwrap(), None);
    }
}

async fn values_end_with_their_lifetime(store: &dyn Store) {
    // On a machine that is too busy to look in time, once more with longer lifetimes.
    for short in [SHORT, SHORT * 5, SHORT * 25] {
        let began = Instant::now();
        store.set("short", "1", Some(short)).await.unwrap();
        store.set("shortened", "1", None).await.unwrap();
        store.set("shortened", "1", Some(short)).await.unwrap();
        store.set("lengthened", "1", Some(short)).await.unwrap();
        store.set("lengthened", "1", None).await.unwrap();
        assert!(cas(store, "made", None, Some("1"), Some(short)).await);
        store.set("moved", "1", Some(short)).await.unwrap();
        let is_moved = cas(store, "moved", Some("1"), Some("2"), None).await;
        let mut kept = vec![];
        for key in ["short", "shortened", "made"] {
            kept.push(store.get(key).await.unwrap().is_some());
        }
        let is_in_time = began.elapsed() < short;
        tokio::time::sleep(short * 2).await;
        for key in ["short", "shortened", "made"] {
            assert_eq!(store.get(key).await.unwrap(), None, "{key}");
            assert!(!cas(store, key, Some("1"), Some("2"), None).await, "{key}");
            assert!(cas(store, key, None, Some("2"), None).await, "{key}");
            store.delete(key).await.unwrap();
        }
        assert!(store.take("lengthened").await.unwrap().is_some());
        assert_eq!(store.take("moved").await.unwrap().is_some(), is_moved);
        if is_in_time {
            assert_eq!((kept, is_moved), (vec![true; 3], true));
            return;
        }
    }
    panic!("the store takes longer than any lifetime");
}

async fn a_lifetime_without_end_is_one(store: &dyn Store) {
    for long in [
        Duration::MAX,
        Duration::from_millis(u64::MAX),
        Duration::from_secs(9_000_000_000),
    ] {
        store.set("long", "1", Some(long)).await.unwrap();
        assert!(store.take("long").await.unwrap().is_some(), "{long:?}");
        store
            .add_member("long", "member", Some(long))
            .await
            .unwrap();
        assert_eq!(store.members("long").await.unwrap(), ["member"], "{long:?}");
        store.delete_set("long").await.unwrap();
    }
}

async fn a_lifetime_that_is_told_is_what_remains(store: &dyn Store) {
    assert_eq!(store.get_with_ttl("told").await.unwrap(), None);
    let minute = Duration::from_millis(60_000);
    for (value, ttl) in [("1", Some(minute)), ("2", None)] {
        store.set("told", value, ttl).await.unwrap();
        let told = store.get_with_ttl("told").await.unwrap().unwrap();
        assert_eq!(told.0, value);
        // A store need not tell. Clocks of its servers may differ a little.
        assert!(
            told.1
                .is_none_or(|told| ttl.is_some_and(|ttl| told <= ttl && told > ttl / 2))
        );
    }
    store.delete("told").await.unwrap();
}

async fn compare_and_set_changes_what_was_read_and_nothing_else(store: &dyn Store) {
    let key = "compared";
    assert!(!cas(store, key, Some("1"), Some("2"), None).await);
    assert!(!cas(store, key, Some("1"), None, None).await);
    assert!(cas(store, key, None, None, None).await);
    assert_eq!(store.get(key).await.unwrap(), None);
    assert!(cas(store, key, None, Some("1"), None).await);
    assert!(!cas(store, key, None, Some("2"), None).await);
    assert!(!cas(store, key, None, None, None).await);
    assert!(!cas(store, key, Some("2"), Some("3"), None).await);
    assert!(!cas(store, key, Some("2"), None, None).await);
    assert!(!cas(store, key, Some("\"1\""), Some("3"), None).await);
    assert!(!cas(store, key, Some("null"), Some("3"), None).await);
    assert_eq!(store.get(key).await.unwrap().as_deref(), Some("1"));
    assert!(cas(store, key, Some("1"), Some("2"), None).await);
    assert!(cas(store, key, Some("2"), None, None).await);
    assert_eq!(store.get(key).await.unwrap(), None);
}

/// A backend that lost an answer tries again, and has to find its own work.
async fn a_write_can_be_repeated(store: &dyn Store) {
    for _ in 0..2 {
        assert!(cas(store, "repeated", None, Some("\"unique 1\""), None).await);
    }
    for _ in 0..2 {
        assert!(
            cas(
                store,
                "repeated",
                Some("\"unique 1\""),
                Some("\"unique 2\""),
                None
            )
            .await
        );
    }
    assert!(cas(store, "repeated", Some("\"unique 2\""), None, None).await);
    // Nobody can tell one removal from another's: it must not succeed twice.
    assert!(!cas(store, "repeated", Some("\"unique 2\""), None, None).await);
}

async fn sets_hold_each_member_once(store: &dyn Store) {
    assert!(members(store, "set").await.is_empty());
    store.remove_member("set", "none").await.unwrap();
    store.delete_set("set").await.unwrap();
    for member in ["a", "b", "a", "c"] {
        store.add_member("set", member, None).await.unwrap();
    }
    store.remove_member("set", "b").await.unwrap();
    store.remove_member("set", "b").await.unwrap();
    assert_eq!(members(store, "set").await, ["a", "c"]);
    assert!(members(store, "se").await.is_empty());
    store.delete_set("set").await.unwrap();
    assert!(members(store, "set").await.is_empty());
    store.add_member("set", "d", None).await.unwrap();
    assert_eq!(members(store, "set").await, ["d"]);
    store.remove_member("set", "d").await.unwrap();
    assert!(members(store, "set").await.is_empty());
}

async fn members_end_with_their_lifetime(store: &dyn Store) {
    let short = SHORT * 5;
    for (member, ttl) in [
        ("ever", None),
        ("short", Some(short)),
        ("lengthened", Some(short)),
        ("shortened", None),
        ("lengthened", None),
        ("shortened", Some(short)),
    ] {
        store.add_member("ending", member, ttl).await.unwrap();
    }
    store
        .add_member("wholly", "short", Some(short))
        .await
        .unwrap();
    assert_eq!(members(store, "ending").await.len(), 4);
    tokio::time::sleep(short * 2).await;
    assert_eq!(members(store, "ending").await, ["ever", "lengthened"]);
    assert!(members(store, "wholly").await.is_empty());
    store.add_member("wholly", "new", None).await.unwrap();
    assert_eq!(members(store, "wholly").await, ["new"]);
}

/// Not promised: Redis has one place for both, and no caller uses a key for both.
pub(crate) async fn a_value_and_a_set_at_one_key_are_two_things(store: &dyn Store) {
    store.set("both", "1", None).await.unwrap();
    store.add_member("both", "member", None).await.unwrap();
    store.delete("both").await.unwrap();
    assert_eq!(members(store, "both").await, ["member"]);
    store.set("both", "2", None).await.unwrap();
    store.delete_set("both").await.unwrap();
    assert!(members(store, "both").await.is_empty());
    assert_eq!(store.get("both").await.unwrap().as_deref(), Some("2"));
}

async fn two_values_are_read_at_once(store: &dyn Store) {
    store.set("one", "1", None).await.unwrap();
    store.set("two", "2", None).await.unwrap();
    for ((first, second), values) in [
        (("one", "two"), [Some("1"), Some("2")]),
        (("two", "none"), [Some("2"), None]),
        (("none", "one"), [None, Some("1")]),
    ] {
        let found = store.get_both(first, second).await.unwrap();
        assert_eq!(found.each_ref().map(Option::as_deref), values);
    }
}

async fn of_many_takers_one_gets_the_value(stores: &Two) {
    for round in 0..5 {
        stores[0].set("taken", "1", None).await.unwrap();
        let takers = (0..50).map(|number| {
            let store = Arc::clone(&stores[number % 2]);
            tokio::spawn(async move { store.take("taken").await.unwrap().is_some() })
        });
        let mut winners = 0;
        for taker in takers.collect::<Vec<_>>() {
            winners += usize::from(taker.await.unwrap());
        }
        assert_eq!(winners, 1, "round {round}");
    }
}

async fn changes_at_once_are_all_counted(stores: &Two) {
    let count = |text: &str| {
        serde_json::from_str::<Value>(text).unwrap()["count"]
            .as_u64()
            .unwrap()
    };
    let callers = (0..20).map(|number| {
        let store = Arc::clone(&stores[number % 2]);
        tokio::spawn(async move {
            for turn in 0..5 {
                loop {
                    let found = store.get("counted").await.unwrap();
                    let next = found.as_deref().map_or(0, count) + 1;
                    // Unique, so that a repeated write is told from another's.
                    let value = format!(r#"{{"count":{next},"by":"{number}.{turn}"}}"#);
                    if cas(&*store, "counted", found.as_deref(), Some(&value), None).await {
                        break;
                    }
                }
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let last = stores[1].get("counted").await.unwrap().unwrap();
    assert_eq!(count(&last), 100);
}

async fn members_added_at_once_are_all_there(stores: &Two) {
    let callers = (0..50).map(|number| {
        let store = Arc::clone(&stores[number % 2]);
        tokio::spawn(async move {
            let ttl = (number % 3 == 0).then(|| Duration::from_secs(60));
            let member = format!("member {number}");
            store.add_member("crowd", &member, ttl).await.unwrap();
            store.add_member("crowd", "one more", None).await.unwrap();
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    assert_eq!(members(&*stores[1], "crowd").await.len(), 51);
}

async fn cas(
    store: &dyn Store,
    key: &str,
    expected: Option<&str>,
    value: Option<&str>,
    ttl: Option<Duration>,
) -> bool {
    let done = store.compare_and_set(key, expected, value, ttl).await;
    done.unwrap()
}

async fn members(store: &dyn Store, key: &str) -> Vec<String> {
    let mut members = store.members(key).await.unwrap();
    members.sort();
    members
}

/// Of stores that things are copied from.
pub(crate) async fn what_is_there_is_told(store: &dyn Store) {
    let hour = Duration::from_millis(3_600_000);
    let mut expected = BTreeSet::new();
    for number in 0..1_200 {
        let key = format!("told:{number}");
        store.set(&key, "1", None).await.unwrap();
        expected.insert(key);
    }
    for odd in ["told:", "told:*?[a]\\", "told:{tag}"] {
        store.set(odd, "1", None).await.unwrap();
        expected.insert(odd.to_owned());
    }
    store.set("told:1", "\"one\"", Some(hour)).await.unwrap();
    store.add_member("told:set", "a:1", None).await.unwrap();
    store.add_member("told:set", "b", Some(hour)).await.unwrap();
    expected.insert("told:set".to_owned());
    for other in ["tole:", "tol:", "told", "x told:"] {
        store.set(other, "1", None).await.unwrap();
    }
    assert_eq!(all_keys(store, "told:").await, expected);
    let odd = all_keys(store, "told:*").await;
    assert_eq!(odd, BTreeSet::from(["told:*?[a]\\".to_owned()]));

    assert_eq!(store.entry("told:nothing").await.unwrap(), Entry::default());
    let entry = store.entry("told:1").await.unwrap();
    let (value, left) = entry.value.unwrap();
    assert_eq!((value.as_str(), entry.members), ("\"one\"", vec![]));
    assert!(left.is_some_and(|it| it <= hour && it > hour / 2));
    let entry = store.entry("told:2").await.unwrap();
    assert_eq!(entry.value, Some(("1".to_owned(), None)));
    let mut entry = store.entry("told:set").await.unwrap();
    entry.members.sort();
    let [(a, None), (b, Some(left))] = &entry.members[..] else {
        panic!("{entry:?}");
    };
    assert_eq!((a.as_str(), b.as_str(), entry.value), ("a:1", "b", None));
    assert!(*left <= hour && *left > hour / 2);
}

async fn all_keys(store: &dyn Store, prefix: &str) -> BTreeSet<String> {
    let (mut all, mut position) = (BTreeSet::new(), None);
    loop {
        let found = store.keys(prefix, position.as_deref()).await.unwrap();
        all.extend(found.keys);
        position = found.next;
        if position.is_none() {
            return all;
        }
    }
}
