//! How an adapter behaves.

use std::time::Duration;

/// How the adapter behaves. [`Options::default`] has the documented defaults.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether `createUser` makes users.
    pub auto_create_user: AutoCreate,
    /// Whether `updateUser` changes users.
    pub auto_update_user: bool,
    /// Whether `deleteUser` deletes users.
    pub auto_delete_user: bool,
    /// What every key begins with.
    pub key_prefix: String,
    /// How long the user found while redeeming a code answers the look-ups that follow.
    pub cache_ttl: Duration,
    /// How long a snapshot of a user in the store spares reading the session an API request.
    pub user_cache_ttl: Duration,
    /// After how many wrong codes all outstanding codes of an identifier are void.
    pub code_attempts: u32,
    /// After how many wrong codes an identifier is refused.
    pub lock_after: u32,
    /// For how long it is refused.
    pub lock_for: Duration,
    /// Whether records are sealed.
    pub seal: Sealing,
    /// Secrets from before, whose records are still read.
    pub previous_secrets: Vec<String>,
}

/// Whether `createUser` makes users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutoCreate {
    /// Of those only who were invited.
    #[default]
    Off,
    /// Of everybody.
    On,
    /// Of those who were invited, and of those whose request was approved.
    Approval,
}

/// Whether the records of the store are encrypted and authenticated with the API secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sealing {
    /// They are, and those that are not sealed are none.
    #[default]
    On,
    /// Those that are written are. Those that are not sealed are read.
    Migrate,
    /// They are written as they are, and read sealed or not.
    Off,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            auto_create_user: AutoCreate::default(),
            auto_update_user: true,
            auto_delete_user: false,
            key_prefix: "chatbotkit:nextauth:".to_owned(),
            cache_ttl: Duration::from_millis(2_000),
            user_cache_ttl: Duration::from_millis(60_000),
            code_attempts: 5,
            // NIST SP 800-63B: no more than 100 consecutive failed attempts on one account.
            lock_after: 100,
            lock_for: Duration::from_millis(3_600_000),
            seal: Sealing::default(),
            previous_secrets: vec![],
        }
    }
}
