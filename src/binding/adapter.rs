//! The adapter as a class, one method per method of the NextAuth adapter.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi_derive::napi;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::options::NativeOptions;
use super::outcomes::{NativeOutcomes, Outcomes};
use super::rows::{SessionRow, UserRow};
use super::store::NativeStore;
use crate::adapter::{Adapter, Error, Result, SubAccountDirectory};

/// Owns an adapter with its HTTP client. Arguments named `json` are JSON texts. Every method returns
/// at once; what comes of it is handed over under its ticket.
#[napi]
pub struct NativeAdapter {
    /// None once it is closed.
    adapter: Mutex<Option<Arc<Adapter>>>,
    outcomes: Arc<Outcomes>,
}

#[napi]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands arguments over by value"
)]
impl NativeAdapter {
    /// An adapter over `store`. Throws for an option that nothing can be built from.
    #[napi(constructor)]
    pub fn new(
        options: NativeOptions,
        store: &NativeStore,
        outcomes: &NativeOutcomes,
    ) -> napi::Result<Self> {
        let invalid = |error| napi::Error::new(napi::Status::InvalidArg, format!("{error}"));
        let directory = SubAccountDirectory::new(options.config().map_err(invalid)?);
        let adapter = Adapter::new(Arc::new(directory), store.store(), options.options());
        Ok(Self {
            adapter: Mutex::new(Some(Arc::new(adapter))),
            outcomes: outcomes.outcomes(),
        })
    }

    /// Lets go of the HTTP client. Its connections end with the last call that is under way; calls
    /// after this are refused.
    #[napi]
    pub fn close(&self) {
        self.slot().take();
    }

    /// `createUser(user)`
    #[napi]
    pub fn create_user(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, user| async move {
            adapter.create_user(user).await.map(UserRow::from)
        });
    }

    /// `getUser(id)`
    #[napi]
    pub fn get_user(&self, ticket: u32, id: String) {
        self.run(ticket, &id, |adapter, id| async move {
            Ok(adapter.get_user(&id).await?.map(UserRow::from))
        });
    }

    /// `getUserByEmail(email)`
    #[napi]
    pub fn get_user_by_email(&self, ticket: u32, email: String) {
        self.run(ticket, &email, |adapter, email| async move {
            Ok(adapter.get_user_by_email(&email).await?.map(UserRow::from))
        });
    }

    /// `getUserByAccount({ provider, providerAccountId })`
    #[napi]
    pub fn get_user_by_account(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, name| async move {
            Ok(adapter.get_user_by_account(name).await?.map(UserRow::from))
        });
    }

    /// `updateUser(user)`
    #[napi]
    pub fn update_user(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, changes| async move {
            adapter.update_user(changes).await.map(UserRow::from)
        });
    }

    /// `deleteUser(id)`
    #[napi]
    pub fn delete_user(&self, ticket: u32, id: String) {
        self.run(ticket, &id, |adapter, id| async move {
            adapter.delete_user(&id).await
        });
    }

    /// `linkAccount(account)`
    #[napi]
    pub fn link_account(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, account| async move {
            adapter.link_account(account).await
        });
    }

    /// `unlinkAccount({ provider, providerAccountId })`
    #[napi]
    pub fn unlink_account(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, name| async move {
            adapter.unlink_account(name).await
        });
    }

    /// `getAccount(providerAccountId, provider)`, as one record
    #[napi]
    pub fn get_account(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, name| async move {
            adapter.get_account(name).await
        });
    }

    /// `createSession(session)`
    #[napi]
    pub fn create_session(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, session| async move {
            adapter.create_session(session).await
        });
    }

    /// `getSessionAndUser(sessionToken)`
    #[napi]
    pub fn get_session_and_user(&self, ticket: u32, token: String) {
        self.run(ticket, &token, |adapter, token| async move {
            let found = adapter.get_session_and_user(&token).await?;
            Ok(found.map(SessionRow::from))
        });
    }

    /// `updateSession(session)`
    #[napi]
    pub fn update_session(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, changes| async move {
            adapter.update_session(changes).await
        });
    }

    /// `deleteSession(sessionToken)`
    #[napi]
    pub fn delete_session(&self, ticket: u32, token: String) {
        self.run(ticket, &token, |adapter, token| async move {
            adapter.delete_session(&token).await
        });
    }

    /// `createVerificationToken(token)`
    #[napi]
    pub fn create_verification_token(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, token| async move {
            adapter.create_verification_token(token).await
        });
    }

    /// `useVerificationToken(token)`
    #[napi]
    pub fn use_verification_token(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, token| async move {
            adapter.use_verification_token(token).await
        });
    }

    /// `createAuthenticator(authenticator)`
    #[napi]
    pub fn create_authenticator(&self, ticket: u32, json: String) {
        self.call(ticket, &json, |adapter, authenticator| async move {
            adapter.create_authenticator(authenticator).await
        });
    }

    /// `getAuthenticator(credentialID)`
    #[napi]
    pub fn get_authenticator(&self, ticket: u32, credential_id: String) {
        self.run(
            ticket,
            &credential_id,
            |adapter, credential_id| async move { adapter.get_authenticator(&credential_id).await },
        );
    }

    /// `listAuthenticatorsByUserId(userId)`
    #[napi]
    pub fn list_authenticators_by_user_id(&self, ticket: u32, user_id: String) {
        self.run(ticket, &user_id, |adapter, user_id| async move {
            adapter.list_authenticators_by_user_id(&user_id).await
        });
    }

    /// `updateAuthenticatorCounter(credentialID, newCounter)`, as an array
    #[napi]
    pub fn update_authenticator_counter(&self, ticket: u32, json: String) {
        self.call(
            ticket,
            &json,
            |adapter, (credential_id, counter): (String, u64)| async move {
                adapter
                    .update_authenticator_counter(&credential_id, counter)
                    .await
            },
        );
    }
}

impl NativeAdapter {
    fn slot(&self) -> MutexGuard<'_, Option<Arc<Adapter>>> {
        self.adapter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `method` with a text and hands its outcome over.
    fn run<T, F, M>(&self, ticket: u32, text: &str, method: M)
    where
        T: Serialize + Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
        M: FnOnce(Arc<Adapter>, String) -> F + Send + 'static,
    {
        let adapter = self.slot().clone();
        match adapter {
            Some(adapter) => self.outcomes.run(ticket, adapter, text, method),
            None => self.outcomes.run(ticket, Arc::new(()), "", |_, _| async {
                Err::<(), _>(Error::closed())
            }),
        }
    }

    /// Reads the argument, runs `method` with it, and hands its outcome over.
    fn call<A, T, F, M>(&self, ticket: u32, json: &str, method: M)
    where
        A: DeserializeOwned + Send + 'static,
        T: Serialize + Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
        M: FnOnce(Arc<Adapter>, A) -> F + Send + 'static,
    {
        self.run(ticket, json, |adapter, json| async move {
            let argument = serde_json::from_str(&json).map_err(|_| Error::invalid_argument())?;
            method(adapter, argument).await
        });
    }
}
