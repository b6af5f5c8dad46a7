//! Linked accounts and passkeys of people who are not there: for a moment, any more, or never.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chatbotkit_nextauth::adapter::{
    Account, AccountName, Adapter, Authenticator, ErrorKind, NewUser, Options, Sealing,
};
use chatbotkit_nextauth::store;
use serde_json::json;

use crate::Site;
use crate::api::{Accounts, Answer};
use crate::watched::Watched;

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

pub(crate) fn account(user_id: &str, number: usize, kind: &str) -> Account {
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

pub(crate) fn passkey(user_id: &str, id: &str) -> Authenticator {
    let passkey = json!({ "credentialID": id, "userId": user_id, "counter": 0 });
    passkey.as_object().unwrap().clone()
}

/// What stands in the store can be compared: it is sealed otherwise each time.
fn uncached_and_plain(options: &mut Options) {
    uncached(options);
    options.seal = Sealing::Off;
}

fn uncached(options: &mut Options) {
    options.user_cache_ttl = Duration::ZERO;
}

/// Whom the account 1 and the passkey "c" lead to.
/// Gives the user the account that [`name`] 1 names.
async fn link(adapter: &Adapter, user_id: &str) {
    let linked = adapter.link_account(account(user_id, 1, "oauth"));
    linked.await.unwrap();
}

async fn register(adapter: &Adapter, user_id: &str) {
    let registered = adapter.create_authenticator(passkey(user_id, "c"));
    registered.await.unwrap();
}

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
    let (adapter, ada) = (site.adapter_with(uncached_and_plain), site.add_ada());
    link(&adapter, &ada).await;
    register(&adapter, &ada).await;
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
    link(&adapter, &ada).await;
    register(&adapter, &ada).await;
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
    link(&adapter, &ada).await;
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
    link(&adapter, &ada).await;
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
    link(&adapter, &ada).await;
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
