//! Ending a user, and all that was theirs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chatbotkit_nextauth::adapter::{AccountName, ErrorKind, Session};
use chatbotkit_nextauth::chatbotkit;
use chatbotkit_nextauth::store::Store as _;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};
use serde_json::json;

use crate::api::Answer;
use crate::orphans::{account, passkey};
use crate::{NOW, Site, TEN_MINUTES};

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

/// The deletion sees in the index what is not written yet, and nothing at its place.
#[tokio::test]
async fn what_is_written_after_the_deletion_has_looked_for_it_is_refused() {
    let (site, store) = Site::watched().await;
    let (deleting, adapter) = (site.plain_adapter(), site.plain_adapter());
    let ada = site.add_ada();
    adapter.get_user(&ada).await.unwrap();
    store.is_late.store(true, Ordering::SeqCst);
    let delete = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        deleting.delete_user(&ada).await.unwrap();
    };
    let session = Session {
        session_token: "token".to_owned(),
        user_id: ada.clone(),
        expires: NOW + TEN_MINUTES,
    };
    let linked = adapter.link_account(account(&ada, 1, "oauth"));
    let made = adapter.create_authenticator(passkey(&ada, "c"));
    let signed_in = adapter.create_session(session);
    let ((), linked, made, signed_in) = futures_util::join!(delete, linked, made, signed_in);
    for error in [
        linked.unwrap_err(),
        made.unwrap_err(),
        signed_in.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::UserNotFound);
    }
    for (key, value) in store.values().await {
        assert!(!value.contains("userId"), "{key}: {value}");
    }
    for index in ["accounts", "authenticators", "sessions"] {
        let index = format!("chatbotkit:nextauth:{index}-of:{ada}");
        assert!(store.members(&index).await.unwrap().is_empty(), "{index}");
    }
}

/// Deletes many people while accounts of theirs are linked, and passkeys and sessions are made,
/// through other instances that saw them a moment ago.
#[tokio::test]
async fn nothing_is_left_of_people_who_are_deleted_at_that_moment() {
    const PEOPLE: usize = 400;
    let (site, store) = Site::watched().await;
    let [deleting, one, two] = [(); 3].map(|()| site.plain_adapter());
    let ids: Vec<_> = (0..PEOPLE)
        .map(|n| {
            site.accounts
                .add(&json!({ "email": format!("{n}@example.com") }))
        })
        .collect();
    for adapter in [&one, &two] {
        for found in join_all(ids.iter().map(|id| adapter.get_user(id))).await {
            assert!(found.unwrap().is_some());
        }
    }
    store.is_slow.store(true, Ordering::SeqCst);
    let moment = |number: usize| Duration::from_micros(number as u64 * 37 % 30_000);
    let calls = ids.iter().enumerate().map(async |(n, id)| {
        let session = |adapter: usize| Session {
            session_token: format!("{n} {adapter}"),
            user_id: id.clone(),
            expires: NOW + TEN_MINUTES,
        };
        let delete = async { deleting.delete_user(id).await.unwrap() };
        let linked = async {
            tokio::time::sleep(moment(n)).await;
            one.link_account(account(id, n, "oauth")).await.is_ok()
        };
        let made = async {
            tokio::time::sleep(moment(n * 3)).await;
            let passkey = passkey(id, &n.to_string());
            two.create_authenticator(passkey).await.is_ok()
        };
        let signed_in = async {
            tokio::time::sleep(moment(n * 7)).await;
            let is_done = one.create_session(session(1)).await.is_ok();
            is_done && two.create_session(session(2)).await.is_ok()
        };
        let ((), linked, made, signed_in) = futures_util::join!(delete, linked, made, signed_in);
        [linked, made, signed_in]
    });
    // A few at a time: the API is one process.
    let outcomes: Vec<_> = stream::iter(calls).buffered(20).collect().await;
    // Some came before the deletion and some after it.
    let done = outcomes
        .iter()
        .flatten()
        .filter(|is_done| **is_done)
        .count();
    assert!(0 < done && done < 3 * PEOPLE, "{done}");
    store.is_slow.store(false, Ordering::SeqCst);
    let left = store.values().await;
    let left: Vec<_> = left
        .iter()
        .filter(|(key, value)| {
            !key.contains(":user:") && !key.contains(":deleted:") && !value.contains("vacated")
        })
        .collect();
    assert!(left.is_empty(), "{} left: {:?}", left.len(), left.first());
    for id in &ids {
        for index in ["accounts", "authenticators", "sessions"] {
            let index = format!("chatbotkit:nextauth:{index}-of:{id}");
            assert!(store.members(&index).await.unwrap().is_empty(), "{index}");
        }
    }
}
