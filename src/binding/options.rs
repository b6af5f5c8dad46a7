//! Options from JavaScript. `lib/adapter/options.js` checks their types and ranges.

use std::collections::HashMap;
use std::time::Duration;

use napi_derive::napi;

use crate::adapter::{AutoCreate, Options, Sealing};
use crate::chatbotkit::{Config, ConfigError, Generation};

/// The options of `ChatBotKitPartnerAdapter` and `ChatBotKitContactAdapter`. Durations are milliseconds. What is left out has
/// the default of the layer that it belongs to.
#[napi(object)]
#[derive(Default)]
pub struct NativeOptions {
    /// The API secret.
    pub secret: Option<String>,
    /// Where the API is.
    pub base_url: Option<String>,
    /// `partner` or `user`; otherwise it is found out.
    pub api_routes: Option<String>,
    /// Per attempt.
    pub timeout: Option<u32>,
    /// How often to try again.
    pub retries: Option<u32>,
    /// The longest first wait.
    pub retry_delay: Option<u32>,
    /// Whether HTTP/2 is spoken where the host offers it.
    pub http2: Option<bool>,
    /// Headers to send along.
    pub headers: Option<HashMap<String, String>>,
    /// What keys begin with.
    pub key_prefix: Option<String>,
    /// How long a redeemed code's user is remembered.
    pub cache_ttl: Option<u32>,
    /// How long a snapshot of a user is used.
    pub user_cache_ttl: Option<u32>,
    /// Wrong codes until the outstanding ones are void.
    pub code_attempts: Option<u32>,
    /// Wrong codes until an identifier is refused.
    pub lock_after: Option<u32>,
    /// For how long.
    pub lock_for: Option<u32>,
    /// `on`, `migrate` or `off`.
    pub seal: Option<String>,
    /// Secrets from before.
    pub previous_secrets: Option<Vec<String>>,
    /// Whether to make users: `on`, `off` or `approval`.
    pub auto_create_user: Option<String>,
    /// Whether to change users.
    pub auto_update_user: Option<bool>,
    /// Whether to delete users.
    pub auto_delete_user: Option<bool>,
}

fn millis(value: u32) -> Duration {
    Duration::from_millis(u64::from(value))
}

impl NativeOptions {
    pub(super) fn config(&self) -> Result<Config, ConfigError> {
        let mut config = Config::new(self.secret.clone());
        if let Some(base) = &self.base_url {
            config = config.with_base(base)?;
        }
        match self.api_routes.as_deref() {
            Some("partner") => config = config.with_generation(Generation::Partner),
            Some("user") => config = config.with_generation(Generation::User),
            _ => {}
        }
        if let Some(timeout) = self.timeout {
            config = config.with_timeout(millis(timeout));
        }
        let (retries, delay) = config.retries();
        config = config.with_retries(
            self.retries.unwrap_or(retries),
            self.retry_delay.map_or(delay, millis),
        );
        if self.http2 == Some(false) {
            config = config.without_http2();
        }
        for (name, value) in self.headers.iter().flatten() {
            config = config.with_header(name, value)?;
        }
        Ok(config)
    }

    pub(super) fn options(&self) -> Options {
        let default = Options::default();
        Options {
            auto_create_user: match self.auto_create_user.as_deref() {
                Some("on") => AutoCreate::On,
                Some("approval") => AutoCreate::Approval,
                _ => default.auto_create_user,
            },
            auto_update_user: self.auto_update_user.unwrap_or(default.auto_update_user),
            auto_delete_user: self.auto_delete_user.unwrap_or(default.auto_delete_user),
            key_prefix: self.key_prefix.clone().unwrap_or(default.key_prefix),
            cache_ttl: self.cache_ttl.map_or(default.cache_ttl, millis),
            user_cache_ttl: self.user_cache_ttl.map_or(default.user_cache_ttl, millis),
            code_attempts: self.code_attempts.unwrap_or(default.code_attempts),
            lock_after: self.lock_after.unwrap_or(default.lock_after),
            lock_for: self.lock_for.map_or(default.lock_for, millis),
            seal: match self.seal.as_deref() {
                Some("off") => Sealing::Off,
                Some("migrate") => Sealing::Migrate,
                _ => default.seal,
            },
            previous_secrets: self.previous_secrets.clone().unwrap_or_default(),
        }
    }
}
