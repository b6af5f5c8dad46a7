//! Sessions beyond `NextAuth`'s interface: those that somebody has, and those at the API.

use napi_derive::napi;

use super::adapter::{NativeAdapter, read};
use super::handle::Handle;
use super::outcome::outcome;

/// `listSessions(userId, currentToken?)`
#[napi(namespace = "adapter")]
pub async fn list_sessions(
    adapter: Handle<NativeAdapter>,
    user_id: String,
    current_token: Option<String>,
) -> String {
    outcome(async move {
        let adapter = adapter.open()?;
        adapter
            .list_sessions(&user_id, current_token.as_deref())
            .await
    })
    .await
}

/// `revokeSession(userId, id)`
#[napi(namespace = "adapter")]
pub async fn revoke_session(adapter: Handle<NativeAdapter>, user_id: String, id: String) -> String {
    outcome(async move { adapter.open()?.revoke_session(&user_id, &id).await }).await
}

/// `revokeOtherSessions(userId, currentToken)`
#[napi(namespace = "adapter")]
pub async fn revoke_other_sessions(
    adapter: Handle<NativeAdapter>,
    user_id: String,
    current_token: String,
) -> String {
    outcome(async move {
        let adapter = adapter.open()?;
        adapter
            .revoke_other_sessions(&user_id, &current_token)
            .await
    })
    .await
}

/// `createApiSession(userId, options)`
#[napi(namespace = "adapter")]
pub async fn create_api_session(
    adapter: Handle<NativeAdapter>,
    user_id: String,
    options: String,
) -> String {
    outcome(async move {
        let adapter = adapter.open()?;
        adapter.create_api_session(&user_id, read(&options)?).await
    })
    .await
}
