//! Linked accounts and passkeys of people who are not there: for a moment, any more, or never.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chatbotkit_nextauth::adapter::{
    Account, AccountName, Adapter, Authenticator, ErrorKind, NewUser, Options, Session,
};
use chatbotkit_nextauth::store::{self, Store as _};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};
use serde_json::json;

use crate::api::{Accounts, Answer};
use crate::watched::Watched;
use crate::{NOW, Site, TEN_MINUTES};

/// A shared look-up is over after this.
const UNSHARED: Duration = Duration::from_millis(300);

/// A site whose API does not know anybody while the switch is on.
async fn forgetful() -> (Site, Arc<Watched>, Arc<AtomicBool>) {
    let is_missing = Arc::new(AtomicBool::new(false));
    let missing = Arc::clone(&is_missing);
    let mut site = Site::answering(move |accounts: &Accounts, request| {
        if request.route() == "fetch" && missing.load(Ordering::SeqCst) {
            return Answer::not_found();
        }
        accounts.answer(request)
    })
    .await;
    let store = Arc::<Watched>::default();
    site.store = Arc::clone(&store) as _;
    (site, store, is_missing)
}

fn account(user_id: &str, number: usize, kind: &str) -> Account {
    let id = number.to_string();
    let account =
        json!({ "provider": "p", "providerAccountId": id, "userId": user_id, "type": kind });
    account.as_object().unwrap().clone()
}

fn name(number: usize) -> AccountName {
    AccountName {
        provider: "p".to_owned(),
        provider_account_id: number.to_string(),
    }
}

fn passkey(user_id: &str, id: &str) -> Authenticator {
    let passkey = json!({ "credentialID": id, "userId": user_id, "counter": 0 });
    passkey.as_object().unwrap().clone()
}

fn uncached(options: &mut Options) {
    options.user_cache_ttl = Duration::ZERO;
}

/// Whom the account 1 and the passkey "c" lead to.
async fn read(adapter: &Adapter) -> [Option<String>; 3] {
    tokio::time::sleep(UNSHARED).await;
    let owner = |record: Account| record["userId"].as_str().unwrap().to_owned();
    [
        adapter
            .get_user_by_account(name(1))
            .await
            .unwrap()
            .map(|user| user.id),
        adapter.get_account(name(1)).await.unwrap().map(owner),
        adapter.get_authenticator("c").await.unwrap().map(owner),
    ]
}

#[tokio::test]
async fn reading_the_records_of_somebody_who_is_not_there_for_a_moment_destroys_nothing() {
    let (site, store, is_missing) = forgetful().await;
    let (adapter, ada) = (site.adapter_with(uncached), site.add_ada());
    adapter
        .link_account(account(&ada, 1, "oauth"))
        .await
        .unwrap();
    adapter
        .create_authenticator(passkey(&ada, "c"))
        .await
        .unwrap();
    let before = store.values().await;
    for _ in 0..2 {
        is_missing.store(true, Ordering::SeqCst);
        assert_eq!(read(&adapter).await, [None, None, None]);
        assert_ne!(store.values().await, before);
        is_missing.store(false, Ordering::SeqCst);
        let found = Some(ada.clone());
        assert_eq!(read(&adapter).await, [found.clone(), found.clone(), found]);
        assert_eq!(store.values().await, before);
    }
    site.adapter().delete_user(&ada).await.unwrap();
    assert_eq!(read(&adapter).await, [None, None, None]);
}

#[tokio::test]
async fn an_orphan_is_read_as_well_while_the_store_takes_no_writes() {
    let (site, store, is_missing) = forgetful().await;
    let (adapter, ada) = (site.adapter_with(uncached), site.add_ada());
    adapter
        .link_account(account(&ada, 1, "oauth"))
        .await
        .unwrap();
    adapter
        .create_authenticator(passkey(&ada, "c"))
        .await
        .unwrap();
    is_missing.store(true, Ordering::SeqCst);
    read(&adapter).await;
    store.is_read_only.store(true, Ordering::SeqCst);
    assert_eq!(read(&adapter).await, [None, None, None]);
    is_missing.store(false, Ordering::SeqCst);
    let found = Some(ada);
    assert_eq!(read(&adapter).await, [found.clone(), found.clone(), found]);
}

#[tokio::test]
async fn a_passkey_goes_to_nobody_else_while_its_owner_is_not_there() {
    let (site, _, is_missing) = forgetful().await;
    let (adapter, ada) = (site.adapter_with(uncached), site.add_ada());
    let eve = site.accounts.add(&json!({ "email": "eve@example.com" }));
    adapter
        .link_account(account(&ada, 1, "webauthn"))
        .await
        .unwrap();
    adapter
        .create_authenticator(passkey(&ada, "c"))
        .await
        .unwrap();
    adapter.get_user(&eve).await.unwrap();
    is_missing.store(true, Ordering::SeqCst);
    let linked = adapter.link_account(account(&eve, 1, "webauthn")).await;
    assert_eq!(linked.unwrap_err().kind(), ErrorKind::AccountTaken);
    let made = adapter.create_authenticator(passkey(&eve, "c")).await;
    assert_eq!(made.unwrap_err().kind(), ErrorKind::AuthenticatorTaken);
    is_missing.store(false, Ordering::SeqCst);
    let found = Some(ada);
    assert_eq!(read(&adapter).await, [found.clone(), found.clone(), found]);
}

/// What next-auth calls when somebody signs in with an account that belongs to nobody.
async fn sign_up(adapter: &Adapter) -> String {
    assert!(
        adapter
            .get_user_by_account(name(1))
            .await
            .unwrap()
            .is_none()
    );
    let new = json!({ "email": crate::ADA, "emailVerified": null });
    let new = serde_json::from_value(new).unwrap();
    let id = adapter.create_user(new).await.unwrap().id;
    adapter
        .link_account(account(&id, 1, "oauth"))
        .await
        .unwrap();
    id
}

/// The secret of another environment, over the same store, for a while.
#[tokio::test]
async fn an_account_that_was_linked_in_another_environment_is_its_owners_again() {
    let (site, store) = Site::watched().await;
    let mut staging = Site::new().await;
    staging.store = Arc::clone(&store) as _;
    let (adapter, ada) = (site.adapter_with(uncached), site.add_ada());
    adapter
        .link_account(account(&ada, 1, "oauth"))
        .await
        .unwrap();
    let elsewhere = staging.adapter_with(uncached);
    let other = sign_up(&elsewhere).await;
    let found = elsewhere.get_user_by_account(name(1)).await.unwrap();
    assert_eq!(found.unwrap().id, other);

    // However often they take turns.
    for (adapter, id) in [
        (&adapter, &ada),
        (&adapter, &ada),
        (&elsewhere, &other),
        (&adapter, &ada),
    ] {
        let found = adapter.get_user_by_account(name(1)).await.unwrap();
        assert_eq!(&found.unwrap().id, id);
        let found = adapter.get_account(name(1)).await.unwrap();
        assert_eq!(found.unwrap()["userId"], json!(id));
    }
    let eve = site.accounts.add(&json!({ "email": "eve@example.com" }));
    let linked = elsewhere.link_account(account(&other, 1, "oauth")).await;
    assert_eq!(linked.unwrap()["userId"], json!(other));
    let theft = adapter.link_account(account(&eve, 1, "oauth")).await;
    assert_eq!(theft.unwrap_err().kind(), ErrorKind::AccountTaken);
    let found = adapter.get_user_by_account(name(1)).await.unwrap();
    assert_eq!(found.unwrap().id, ada);
    adapter.delete_user(&ada).await.unwrap();
    assert!(adapter.get_account(name(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn an_account_of_somebody_who_is_gone_is_theirs_who_signs_up_with_it() {
    let (site, _) = Site::watched().await;
    let (adapter, ada) = (site.adapter_with(uncached), site.add_ada());
    adapter
        .link_account(account(&ada, 1, "oauth"))
        .await
        .unwrap();
    site.api.client().delete(&ada).await.unwrap();
    let again = sign_up(&adapter).await;
    for adapter in [&adapter, &site.adapter()] {
        let found = adapter.get_user_by_account(name(1)).await.unwrap();
        assert_eq!(found.unwrap().id, again);
    }
}

#[tokio::test]
async fn nothing_is_kept_of_somebody_who_never_was() {
    let (site, store) = Site::watched().await;
    let adapter = site.adapter();
    let linked = adapter.link_account(account("nobody", 1, "oauth")).await;
    assert_eq!(linked.unwrap_err().kind(), ErrorKind::UserNotFound);
    let made = adapter.create_authenticator(passkey("nobody", "c")).await;
    assert_eq!(made.unwrap_err().kind(), ErrorKind::UserNotFound);
    assert!(store.seen().is_empty());
}

#[tokio::test]
async fn somebody_who_was_just_seen_is_not_asked_for_when_an_account_is_linked() {
    let (site, _) = Site::watched().await;
    let (adapter, ada) = (site.adapter(), site.add_ada());
    adapter.get_user(&ada).await.unwrap();
    let new = json!({ "email": "new@example.com", "emailVerified": null });
    let new: NewUser = serde_json::from_value(new).unwrap();
    let new = adapter.create_user(new).await.unwrap().id;
    let requests = site.api.requests().len();
    adapter
        .link_account(account(&ada, 1, "oauth"))
        .await
        .unwrap();
    adapter
        .link_account(account(&new, 2, "oauth"))
        .await
        .unwrap();
    assert_eq!(site.api.requests().len(), requests);
}

#[tokio::test]
async fn no_user_is_made_while_the_store_takes_no_writes() {
    let (site, store) = Site::watched().await;
    let adapter = site.adapter();
    let new = || {
        let new = json!({ "email": "new@example.com", "emailVerified": null });
        adapter.create_user(serde_json::from_value(new).unwrap())
    };
    store.is_read_only.store(true, Ordering::SeqCst);
    let error = new().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store(store::ErrorKind::Refused));
    assert_eq!((site.accounts.len(), site.api.requests().len()), (0, 0));
    store.is_read_only.store(false, Ordering::SeqCst);
    let made = new().await.unwrap();
    adapter
        .link_account(account(&made.id, 1, "oauth"))
        .await
        .unwrap();
}

/// Deletes many people while accounts of theirs are linked, and passkeys and sessions are made,
/// through other instances that saw them a moment ago.
#[tokio::test]
async fn nothing_is_left_of_people_who_are_deleted_at_that_moment() {
    const PEOPLE: usize = 400;
    let (site, store) = Site::watched().await;
    let [deleting, one, two] = [site.adapter(), site.adapter(), site.adapter()];
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
            let linked = one.link_account(account(id, n, "oauth")).await;
            let made = two.create_authenticator(passkey(id, &n.to_string())).await;
            (linked.is_ok(), made.is_ok())
        };
        let signed_in = async {
            tokio::time::sleep(moment(n * 3)).await;
            let one = one.create_session(session(1)).await;
            (one.is_ok(), two.create_session(session(2)).await.is_ok())
        };
        let ((), linked, signed_in) = futures_util::join!(delete, linked, signed_in);
        [linked.0, linked.1, signed_in.0, signed_in.1]
    });
    // A few at a time: the API is one process.
    let outcomes: Vec<_> = stream::iter(calls).buffered(20).collect().await;
    for call in 0..4 {
        let done = outcomes.iter().filter(|outcome| outcome[call]).count();
        println!("{call}: {done}");
        assert!(
            0 < done && done < PEOPLE,
            "{call} came always before or after: {done}"
        );
    }
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
