//! The adapter: one async function for each method of NextAuth's adapter interface.

use std::sync::{Arc, Mutex, PoisonError};

use napi::Env;
use napi_derive::napi;
use serde::de::DeserializeOwned;

use super::environment::Environment;
use super::fingerprint::{FingerprintFunction, NodeFingerprint};
use super::handle::{Handle, Shared};
use super::options::NativeOptions;
use super::outcome::outcome;
use super::store::NativeStore;
use crate::adapter::{
    Adapter, ContactDirectory, Directory, Error, Fingerprint, NewSession, PlatformFingerprint,
    Result, SubAccountDirectory,
};
use crate::chatbotkit::ConfigError;

/// Owns an adapter with its HTTP client.
#[napi]
pub struct NativeAdapter {
    /// None once it is closed.
    adapter: Mutex<Option<Arc<Adapter>>>,
}

#[napi]
impl NativeAdapter {
    /// An adapter whose users are sub-accounts. Throws for an option that nothing can be built from.
    #[napi(factory)]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "napi hands arguments over by value"
    )]
    pub fn of_sub_accounts(options: NativeOptions, store: &NativeStore) -> napi::Result<Self> {
        let directory = SubAccountDirectory::new(options.config().map_err(invalid)?);
        Ok(Self::over(directory, &options, store))
    }

    /// An adapter whose users are contacts. Without `fingerprint` the platform's own rule is used.
    #[napi(factory)]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "napi hands arguments over by value"
    )]
    pub fn of_contacts(
        env: Env,
        options: NativeOptions,
        store: &NativeStore,
        #[napi(ts_arg_type = "(address: string) => string")] fingerprint: Option<
            FingerprintFunction,
        >,
    ) -> napi::Result<Self> {
        let rule: Box<dyn Fingerprint> = match fingerprint {
            Some(function) => Box::new(NodeFingerprint::new(function, Environment::of(&env)?)),
            None => Box::new(PlatformFingerprint),
        };
        let may_update = options.options().auto_update_user;
        let config = options.config().map_err(invalid)?;
        let directory = ContactDirectory::new(config, rule, may_update);
        Ok(Self::over(directory, &options, store))
    }

    /// Lets go of the HTTP client. Its connections end with the last call that is under way; calls
    /// after this are refused.
    #[napi]
    pub fn close(&self) {
        let mut adapter = self.adapter.lock().unwrap_or_else(PoisonError::into_inner);
        adapter.take();
    }
}

impl NativeAdapter {
    fn over(
        directory: impl Directory + 'static,
        options: &NativeOptions,
        store: &NativeStore,
    ) -> Self {
        let adapter = Adapter::new(Arc::new(directory), store.share(), options.options());
        Self {
            adapter: Mutex::new(Some(Arc::new(adapter))),
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn invalid(error: ConfigError) -> napi::Error {
    napi::Error::new(napi::Status::InvalidArg, error.to_string())
}

impl Shared for NativeAdapter {
    type Inner = Option<Arc<Adapter>>;

    fn share(&self) -> Self::Inner {
        let adapter = self.adapter.lock().unwrap_or_else(PoisonError::into_inner);
        adapter.clone()
    }
}

impl Handle<NativeAdapter> {
    pub(super) fn open(self) -> Result<Arc<Adapter>> {
        self.0.ok_or_else(Error::closed)
    }
}

/// Reads an argument that crossed as a JSON text.
pub(super) fn read<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|_| Error::invalid_argument())
}

/// `createUser(user)`
#[napi(namespace = "adapter")]
pub async fn create_user(adapter: Handle<NativeAdapter>, user: String) -> String {
    outcome(async move { adapter.open()?.create_user(read(&user)?).await }).await
}

/// `getUser(id)`
#[napi(namespace = "adapter")]
pub async fn get_user(adapter: Handle<NativeAdapter>, id: String) -> String {
    outcome(async move { adapter.open()?.get_user(&id).await }).await
}

/// `getUserByEmail(email)`
#[napi(namespace = "adapter")]
pub async fn get_user_by_email(adapter: Handle<NativeAdapter>, email: String) -> String {
    outcome(async move { adapter.open()?.get_user_by_email(&email).await }).await
}

/// `getUserByAccount({ provider, providerAccountId })`
#[napi(namespace = "adapter")]
pub async fn get_user_by_account(adapter: Handle<NativeAdapter>, account: String) -> String {
    outcome(async move { adapter.open()?.get_user_by_account(read(&account)?).await }).await
}

/// `updateUser(user)`
#[napi(namespace = "adapter")]
pub async fn update_user(adapter: Handle<NativeAdapter>, user: String) -> String {
    outcome(async move { adapter.open()?.update_user(read(&user)?).await }).await
}

/// `deleteUser(id)`
#[napi(namespace = "adapter")]
pub async fn delete_user(adapter: Handle<NativeAdapter>, id: String) -> String {
    outcome(async move { adapter.open()?.delete_user(&id).await }).await
}

/// `linkAccount(account)`
#[napi(namespace = "adapter")]
pub async fn link_account(adapter: Handle<NativeAdapter>, account: String) -> String {
    outcome(async move { adapter.open()?.link_account(read(&account)?).await }).await
}

/// `unlinkAccount({ provider, providerAccountId })`
#[napi(namespace = "adapter")]
pub async fn unlink_account(adapter: Handle<NativeAdapter>, account: String) -> String {
    outcome(async move { adapter.open()?.unlink_account(read(&account)?).await }).await
}

/// `getAccount(providerAccountId, provider)`
#[napi(namespace = "adapter")]
pub async fn get_account(adapter: Handle<NativeAdapter>, account: String) -> String {
    outcome(async move { adapter.open()?.get_account(read(&account)?).await }).await
}

/// `createSession(session)`
#[napi(namespace = "adapter")]
pub async fn create_session(adapter: Handle<NativeAdapter>, session: String) -> String {
    outcome(async move {
        let session: NewSession = read(&session)?;
        adapter.open()?.create_session(session).await
    })
    .await
}

/// `getSessionAndUser(sessionToken)`
#[napi(namespace = "adapter")]
pub async fn get_session_and_user(adapter: Handle<NativeAdapter>, session_token: String) -> String {
    outcome(async move { adapter.open()?.get_session_and_user(&session_token).await }).await
}

/// `updateSession(session)`
#[napi(namespace = "adapter")]
pub async fn update_session(adapter: Handle<NativeAdapter>, session: String) -> String {
    outcome(async move { adapter.open()?.update_session(read(&session)?).await }).await
}

/// `deleteSession(sessionToken)`
#[napi(namespace = "adapter")]
pub async fn delete_session(adapter: Handle<NativeAdapter>, session_token: String) -> String {
    outcome(async move { adapter.open()?.delete_session(&session_token).await }).await
}

/// `createVerificationToken(token)`
#[napi(namespace = "adapter")]
pub async fn create_verification_token(adapter: Handle<NativeAdapter>, token: String) -> String {
    outcome(async move {
        adapter
            .open()?
            .create_verification_token(read(&token)?)
            .await
    })
    .await
}

/// `useVerificationToken({ identifier, token })`
#[napi(namespace = "adapter")]
pub async fn use_verification_token(adapter: Handle<NativeAdapter>, token: String) -> String {
    outcome(async move { adapter.open()?.use_verification_token(read(&token)?).await }).await
}

/// `createAuthenticator(authenticator)`
#[napi(namespace = "adapter")]
pub async fn create_authenticator(adapter: Handle<NativeAdapter>, authenticator: String) -> String {
    outcome(async move {
        adapter
            .open()?
            .create_authenticator(read(&authenticator)?)
            .await
    })
    .await
}

/// `getAuthenticator(credentialID)`
#[napi(namespace = "adapter")]
pub async fn get_authenticator(adapter: Handle<NativeAdapter>, credential_id: String) -> String {
    outcome(async move { adapter.open()?.get_authenticator(&credential_id).await }).await
}

/// `listAuthenticatorsByUserId(userId)`
#[napi(namespace = "adapter")]
pub async fn list_authenticators_by_user_id(
    adapter: Handle<NativeAdapter>,
    user_id: String,
) -> String {
    outcome(async move {
        adapter
            .open()?
            .list_authenticators_by_user_id(&user_id)
            .await
    })
    .await
}

/// `updateAuthenticatorCounter(credentialID, newCounter)`
#[napi(namespace = "adapter")]
pub async fn update_authenticator_counter(
    adapter: Handle<NativeAdapter>,
    credential_id: String,
    new_counter: i64,
) -> String {
    outcome(async move {
        let counter = u64::try_from(new_counter).map_err(|_| Error::invalid_argument())?;
        let adapter = adapter.open()?;
        adapter
            .update_authenticator_counter(&credential_id, counter)
            .await
    })
    .await
}
