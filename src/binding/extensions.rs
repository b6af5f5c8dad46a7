//! The functions of `src/adapter/extensions.rs`: what the adapter offers beside NextAuth's interface.

use napi_derive::napi;

use super::adapter::{NativeAdapter, read};
use super::handle::Handle;
use super::outcome::outcome;

/// `setLimits(userId, limits)`
#[napi(namespace = "adapter")]
pub async fn set_limits(adapter: Handle<NativeAdapter>, id: String, limits: String) -> String {
    outcome(async move { adapter.open()?.set_limits(&id, read(&limits)?).await }).await
}

/// `admission(user)`
#[napi(namespace = "adapter")]
pub async fn admission(adapter: Handle<NativeAdapter>, user: String) -> String {
    outcome(async move { adapter.open()?.admission(read(&user)?).await }).await
}

/// `invite(invitation)`
#[napi(namespace = "adapter")]
pub async fn invite(adapter: Handle<NativeAdapter>, invitation: String) -> String {
    outcome(async move { adapter.open()?.invite(read(&invitation)?).await }).await
}

/// `listInvitations()`
#[napi(namespace = "adapter")]
pub async fn list_invitations(adapter: Handle<NativeAdapter>) -> String {
    outcome(async move { adapter.open()?.list_invitations().await }).await
}

/// `withdraw(email)`
#[napi(namespace = "adapter")]
pub async fn withdraw(adapter: Handle<NativeAdapter>, email: String) -> String {
    outcome(async move { adapter.open()?.withdraw(&email).await }).await
}

/// `listRequests()`
#[napi(namespace = "adapter")]
pub async fn list_requests(adapter: Handle<NativeAdapter>) -> String {
    outcome(async move { adapter.open()?.list_requests().await }).await
}

/// `approve(email, changes)`
#[napi(namespace = "adapter")]
pub async fn approve(adapter: Handle<NativeAdapter>, approval: String) -> String {
    outcome(async move { adapter.open()?.approve(read(&approval)?).await }).await
}

/// `reject(email)`
#[napi(namespace = "adapter")]
pub async fn reject(adapter: Handle<NativeAdapter>, email: String) -> String {
    outcome(async move { adapter.open()?.reject(&email).await }).await
}
