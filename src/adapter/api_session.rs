//! Sessions at the API, for browsers that speak for a sub-account themselves.

use serde::{Deserialize, Serialize};

use super::keys::check_user_id;
use super::{Adapter, Result};
use crate::chatbotkit::{ApiSessionConfig, NewApiSession};

/// What a session is to be. The face has checked it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiSessionOptions {
    /// How long it lasts, in seconds.
    pub expires_in: Option<u32>,
    /// Globs of the routes that it may ask.
    pub allowed_routes: Option<Vec<String>>,
    /// The contact for whom it speaks.
    pub contact_id: Option<String>,
}

/// A session as it is handed over.
#[derive(Serialize)]
pub struct ApiSession {
    token: String,
    expires: i64,
}

impl Adapter {
    /// Makes a session at the API, whose token is good for one sub-account and cannot be taken back.
    pub async fn create_api_session(
        &self,
        user_id: &str,
        options: ApiSessionOptions,
    ) -> Result<ApiSession> {
        check_user_id(user_id)?;
        let new = NewApiSession {
            duration_in_seconds: options.expires_in,
            config: ApiSessionConfig {
                allowed_routes: options.allowed_routes,
                contact_id: options.contact_id,
            },
        };
        let directory = &self.users.cache.directory;
        let made = directory.create_api_session(user_id, &new).await?;
        let (token, expires) = (made.token, made.expires);
        Ok(ApiSession { token, expires })
    }
}
