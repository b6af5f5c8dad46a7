//! Users: who they are, and what changes them.

use chatbotkit_nextauth::adapter::ErrorKind;
use chatbotkit_nextauth::chatbotkit;
use serde_json::{Value, json};

use crate::api::{Answer, SECRET};
use crate::{ADA, NOW, Site};

#[tokio::test]
async fn a_user_is_a_sub_account_with_an_address() {
    let site = Site::new().await;
    let adapter = site.adapter();
    let id = site.add_ada();
    let account = site.accounts.get(&id);
    let user = adapter
        .get_user_by_email("  ADA@Example.com\n")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((&*user.id, &*user.email), (&*id, ADA));
    assert_eq!(
        (user.name.as_deref(), user.image.as_deref()),
        (Some("Ada"), None)
    );
    assert_eq!(json!(user.created_at), account["createdAt"]);
    assert_eq!(json!(user.meta), json!({ "plan": "pro" }));
    assert_eq!(adapter.get_user(&id).await.unwrap().unwrap().id, id);
    for nameless in [json!({}), json!({ "email": null }), json!({ "email": "" })] {
        let id = site.accounts.add(&nameless);
        assert!(adapter.get_user(&id).await.unwrap().is_none());
    }
}

/// Look-ups of the same thing are shared.
#[tokio::test]
async fn an_address_asked_for_as_an_id_is_nobody_while_that_address_is_looked_up() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter();
    let (by_email, by_id) = tokio::join!(adapter.get_user_by_email(ADA), adapter.get_user(ADA));
    assert_eq!(by_email.unwrap().unwrap().id, id);
    assert!(by_id.unwrap().is_none());
}

#[tokio::test]
async fn a_403_is_an_error_and_a_404_is_nobody() {
    let site = Site::answering(|accounts, request| {
        if request.path.contains("others") {
            return Answer::error(403, "NOT_AUTHORIZED");
        }
        accounts.answer(request)
    })
    .await;
    let adapter = site.adapter();
    assert!(adapter.get_user("nobody").await.unwrap().is_none());
    let error = adapter.get_user("others").await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Partner(chatbotkit::ErrorKind::NotAuthorized)
    );
    assert_eq!(
        (error.status(), error.api_code()),
        (Some(403), Some("NOT_AUTHORIZED"))
    );
}

#[tokio::test]
async fn an_address_counts_as_proven_as_meta_says_and_else_since_the_account_was_made() {
    let site = Site::new().await;
    let adapter = site.adapter();
    // Of two accounts, one has the address at most.
    let account = |meta: &Value| json!({ "email": format!("{}@example.com", site.accounts.len()), "meta": meta });
    for (meta, verified) in [
        (json!({ "nextauth": { "emailVerified": NOW } }), Some(NOW)),
        (json!({ "nextauth": { "emailVerified": null } }), None),
        (json!({ "nextauth": { "emailVerified": "2025" } }), None),
        (json!({ "nextauth": { "emailVerified": true } }), None),
    ] {
        let id = site.accounts.add(&account(&meta));
        let user = adapter.get_user(&id).await.unwrap().unwrap();
        assert_eq!(user.email_verified, verified, "{meta}");
    }
    for meta in [
        json!(null),
        json!({}),
        json!({ "nextauth": {} }),
        json!({ "nextauth": 7 }),
    ] {
        let id = site.accounts.add(&account(&meta));
        let user = adapter.get_user(&id).await.unwrap().unwrap();
        assert_eq!(user.email_verified, Some(user.created_at), "{meta}");
    }
}

#[tokio::test]
async fn an_api_that_ignores_the_filter_signs_in_the_right_person_or_nobody() {
    let site = Site::answering(|accounts, request| {
        let mut request = request.clone();
        request.query.retain(|(name, _)| name != "email");
        accounts.answer(&request)
    })
    .await;
    let ada = site.add_ada();
    for number in 0..250 {
        let email = format!("other{number}@example.com");
        site.accounts.add(&json!({ "email": email }));
    }
    let adapter = site.adapter();
    assert_eq!(
        adapter.get_user_by_email(ADA).await.unwrap().unwrap().id,
        ada
    );
    assert_eq!(site.api.count("list"), 3);
    assert!(
        adapter
            .get_user_by_email("nobody@example.com")
            .await
            .unwrap()
            .is_none()
    );
}

/// The usual collations of `MySQL` take these for one address.
#[tokio::test]
async fn somebody_whose_address_a_database_takes_for_the_same_is_somebody_else() {
    let site = Site::answering(|_, _| {
        let andre =
            json!({ "id": "a", "createdAt": 1, "updatedAt": 1, "email": "andré@example.com" });
        Answer::page(&[andre], &json!(null))
    })
    .await;
    let adapter = site.adapter();
    assert!(
        adapter
            .get_user_by_email("andre@example.com")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_error_names_the_host_and_not_the_secret() {
    let site = Site::answering(|_, request| {
        let bearer = request.header("authorization").unwrap();
        Answer::json(
            401,
            &json!({ "message": bearer, "code": "NOT_AUTHENTICATED" }),
        )
    })
    .await;
    let error = site.adapter().get_user_by_email(ADA).await.unwrap_err();
    assert!(error.to_string().contains("127.0.0.1:"), "{error}");
    let mut texts = vec![error.to_string(), format!("{error:?}")];
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    assert!(texts.iter().all(|text| !text.contains(SECRET)), "{texts:?}");
    assert!(!error.is_retryable());
}
