use chatbotkit_nextauth::chatbotkit::is_user_id;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::api::{Answer, Api};
use super::run;

const WANTED: &str = "wanted@example.com";

/// Any JSON value, a few levels deep.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(Value::from(WANTED)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("\\PC{0,6}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Something like a sub-account, each member of which may be missing or of any type.
fn accountish() -> impl Strategy<Value = Value> {
    let member = |right: BoxedStrategy<Value>| {
        option::weighted(0.9, prop_oneof![8 => right, 1 => json_value().boxed()])
    };
    let email = prop_oneof![
        Just(json!(WANTED)),
        Just(json!("Wanted@Example.COM")),
        Just(json!("other@example.com")),
        Just(json!("wanted@example.com ")),
    ];
    (
        member("[A-Za-z0-9_-]{0,30}".prop_map(Value::from).boxed()),
        member(email.boxed()),
        member(any::<i64>().prop_map(Value::from).boxed()),
        member(any::<i64>().prop_map(Value::from).boxed()),
        member(json_value().boxed()),
    )
        .prop_map(|(id, email, created_at, updated_at, meta)| {
            let members = [
                ("id", id),
                ("email", email),
                ("createdAt", created_at),
                ("updatedAt", updated_at),
                ("meta", meta),
            ];
            let present = members
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)));
            Value::Object(present.collect())
        })
}

/// Something like a page.
fn pageish() -> impl Strategy<Value = Value> {
    let items = vec(accountish(), 0..4).prop_map(Value::from);
    let cursor = prop_oneof![Just(Value::Null), json_value()];
    prop_oneof![
        8 => (items, cursor).prop_map(|(items, cursor)| json!({ "items": items, "cursor": cursor })),
        1 => json_value(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whoever_is_found_by_address_has_that_address(pages in vec(pageish(), 1..4)) {
        run(async {
            let answers = pages.iter().map(|page| Answer::json(200, page)).collect::<Vec<_>>();
            let api = Api::scripted(answers).await;
            if let Ok(Some(user)) = api.client().find_by_email(WANTED).await {
                assert_eq!(user.email.unwrap().to_lowercase(), WANTED);
                assert!(is_user_id(&user.id));
            }
        });
    }

    #[test]
    fn whoever_is_fetched_has_that_id(account in accountish(), id in "[A-Za-z0-9_-]{1,30}") {
        run(async {
            let api = Api::scripted([Answer::json(200, &account)]).await;
            if let Ok(user) = api.client().fetch(&id).await {
                assert_eq!(user.unwrap().id, id);
            }
        });
    }

    #[test]
    fn whatever_bytes_come_back_are_an_error_or_understood(status in 100_u16..600, body in vec(any::<u8>(), 0..200)) {
        run(async {
            let text = String::from_utf8_lossy(&body).into_owned();
            let api = Api::scripted([Answer::text(status.max(200), "application/json", &text)]).await;
            let client = api.client();
            assert!(!matches!(client.find_by_email(WANTED).await, Ok(Some(_))));
            assert!(!matches!(client.fetch("someone").await, Ok(Some(_))));
        });
    }
}
