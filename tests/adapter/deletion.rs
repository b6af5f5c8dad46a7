//! Ending a user, and all that was theirs.

use std::sync::atomic::{AtomicBool, Ordering};

use chatbotkit_nextauth::adapter::{AccountName, ErrorKind, Session};
use chatbotkit_nextauth::chatbotkit;
use serde_json::json;

use crate::api::Answer;
use crate::{NOW, Site};

#[tokio::test]
async fn nobody_is_deleted_while_that_is_off() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter_with(|options| options.auto_delete_user = false);
    let error = adapter.delete_user(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeleteDisabled);
    assert_eq!((site.accounts.len(), site.api.connections()), (1, 0));
}

#[tokio::test]
async fn a_deletion_can_be_repeated() {
    let site = Site::new().await;
    let id = site.add_ada();
    let adapter = site.adapter();
    for id in [&id, &id, "nobody", "", "(ada)", "@ada", ".."] {
        adapter.delete_user(id).await.unwrap();
        assert_eq!(site.accounts.len(), 0);
    }
    assert_eq!(site.api.count("delete"), 3);
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_succeeds() {
    let was_lost = AtomicBool::new(false);
    let site = Site::answering(move |accounts, request| {
        let answer = accounts.answer(request);
        if request.route() == "delete" && !was_lost.swap(true, Ordering::SeqCst) {
            return Answer::Reset;
        }
        answer
    })
    .await;
    let id = site.add_ada();
    site.adapter().delete_user(&id).await.unwrap();
    assert_eq!((site.accounts.len(), site.api.count("delete")), (0, 2));
}

#[tokio::test]
async fn a_deletion_that_is_refused_is_an_error() {
    let site = Site::answering(|_, _| Answer::error(403, "NOT_AUTHORIZED")).await;
    let error = site.adapter().delete_user("others").await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Partner(chatbotkit::ErrorKind::NotAuthorized)
    );
}

#[tokio::test]
async fn the_sessions_and_accounts_of_a_deleted_user_end_and_nobody_elses() {
    let site = Site::new().await;
    let ada = site.add_ada();
    let eve = site.accounts.add(&json!({ "email": "eve@example.com" }));
    let adapter = site.adapter();
    for (user, number) in [(&ada, 1), (&ada, 2), (&eve, 3)] {
        let session = Session {
            session_token: format!("token {number}"),
            user_id: user.clone(),
            expires: NOW + 1_000_000,
        };
        adapter.create_session(session).await.unwrap();
        let account =
            json!({ "provider": "p", "providerAccountId": number.to_string(), "userId": user });
        adapter
            .link_account(account.as_object().unwrap().clone())
            .await
            .unwrap();
    }
    site.adapter().delete_user(&ada).await.unwrap();
    // Were the user to come back, nothing of the old one must lead to it.
    site.accounts.add(&json!({ "email": "ada@example.com" }));
    for (number, lives) in [(1, false), (2, false), (3, true)] {
        let session = adapter
            .get_session_and_user(&format!("token {number}"))
            .await
            .unwrap();
        assert_eq!(session.is_some(), lives);
        let name = AccountName {
            provider: "p".to_owned(),
            provider_account_id: number.to_string(),
        };
        assert_eq!(
            adapter.get_user_by_account(name).await.unwrap().is_some(),
            lives
        );
    }
}
