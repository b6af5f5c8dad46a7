//! What NextAuth asks of a database, answered by the Partner API and a key-value store.
//!
//! The methods of [`Adapter`] are those of NextAuth's adapter interface, under the same names:
//! users in `users.rs`, sign-in codes in `codes.rs`, sessions, accounts and passkeys in files of
//! their names. This layer decides and does no I/O of its
//! own: what it knows of users comes from [`crate::chatbotkit`], everything else from
//! [`crate::store`].

#![forbid(unsafe_code)]

mod accounts;
mod authenticators;
mod code_record;
mod codes;
mod counted_store;
mod creation;
mod deletion;
mod email;
mod error;
mod flights;
mod hints;
mod keys;
mod owned;
mod random;
mod recent;
mod seal;
mod sessions;
mod snapshots;
mod user;
mod users;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use accounts::{Account, AccountName};
pub use authenticators::Authenticator;
pub use code_record::{FAILURE_MEMORY, OUTSTANDING_CODES};
pub use codes::{PresentedToken, VerificationToken};
pub use error::{Error, ErrorKind};
pub use random::{MINIMUM_BITS, code};
pub use sessions::{Session, SessionAndUser, SessionChanges};
pub use user::User;
pub use users::{NewUser, UserChanges};

use crate::chatbotkit::{Client, is_user_id};
use crate::keyed_locks::{Guard, KeyedLocks};
use crate::store::Store;
use counted_store::Counted;
use flights::Flights;
use hints::Hints;
use keys::Keys;
use recent::Recent;
use seal::Seal;

/// How often a record is read again because somebody else changed it before it could be written.
/// Each time somebody else got on; a store that never lets anybody must not be asked for ever.
const CONTENTION_LIMIT: u32 = 100;

/// For how long that goes on.
const CONTENTION_PATIENCE: Duration = Duration::from_millis(8_000);

/// One round for each time that a record may be read again.
fn tries() -> impl Iterator<Item = u32> + Send {
    let began = Instant::now();
    (0..CONTENTION_LIMIT).take_while(move |_| began.elapsed() < CONTENTION_PATIENCE)
}

/// How long to wait for those who are changing the same record through this adapter. Waiting only
/// saves work, so after this time the call goes on without its turn.
const TURN_LIMIT: Duration = Duration::from_millis(1_000);

/// The result of an adapter method.
pub type Result<T> = std::result::Result<T, Error>;

/// The current time in epoch milliseconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How the adapter behaves. [`Options::default`] has the documented defaults.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether `createUser` makes sub-accounts.
    pub auto_create_user: bool,
    /// Whether `updateUser` changes sub-accounts.
    pub auto_update_user: bool,
    /// Whether `deleteUser` deletes sub-accounts.
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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            auto_create_user: false,
            auto_update_user: true,
            auto_delete_user: false,
            key_prefix: "chatbotkit:nextauth:".to_owned(),
            cache_ttl: Duration::from_millis(2_000),
            user_cache_ttl: Duration::from_millis(60_000),
            code_attempts: 5,
            // NIST SP 800-63B: no more than 100 consecutive failed attempts on one account.
            lock_after: 100,
            lock_for: Duration::from_millis(3_600_000),
        }
    }
}

/// A database adapter for NextAuth.
pub struct Adapter {
    partner: Arc<Client>,
    store: Arc<dyn Store>,
    options: Options,
    keys: Keys,
    recent: Recent,
    flights: Flights,
    /// Whose the sessions are.
    owners: Hints,
    /// The records of codes that are outstanding.
    outstanding: Hints,
    locks: KeyedLocks,
    seal: Option<Seal>,
    clock: Clock,
}

impl Adapter {
    /// An adapter that has not called anything yet.
    #[must_use]
    pub fn new(partner: Client, store: Arc<dyn Store>, options: Options) -> Self {
        Self::with_clock(partner, store, options, Arc::new(system_time))
    }

    /// An adapter with a clock of its own, for tests.
    #[must_use]
    pub fn with_clock(
        partner: Client,
        store: Arc<dyn Store>,
        options: Options,
        clock: Clock,
    ) -> Self {
        Self {
            keys: Keys::new(&options.key_prefix),
            recent: Recent::new(options.cache_ttl),
            locks: KeyedLocks::new(),
            seal: partner.secret().and_then(Seal::new),
            flights: Flights::default(),
            owners: Hints::new(),
            outstanding: Hints::new(),
            partner: Arc::new(partner),
            store: Arc::new(Counted(store)),
            options,
            clock,
        }
    }

    /// How many HTTP requests the adapter has sent to the API, retries included.
    #[must_use]
    pub fn api_requests(&self) -> u64 {
        self.partner.requests()
    }

    /// Waits for the turn to change the record at `key`.
    async fn turn(&self, key: &str) -> Option<Guard> {
        tokio::time::timeout(TURN_LIMIT, self.locks.lock(key))
            .await
            .ok()
    }

    /// `call`, or an error when it goes on beyond `deadline`.
    async fn until<T>(
        &self,
        deadline: tokio::time::Instant,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        tokio::time::timeout_at(deadline, call)
            .await
            .unwrap_or_else(|_| Err(self.api_error(crate::chatbotkit::Error::out_of_time())))
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }

    fn api_error(&self, error: crate::chatbotkit::Error) -> Error {
        Error::partner(self.partner.host(), error)
    }
}

/// Refuses an id that no sub-account can have: it would stand in a key as it is.
fn check_user_id(id: &str) -> Result<()> {
    if is_user_id(id) {
        return Ok(());
    }
    let message = "userId is not the id of a user";
    Err(Error::refused(ErrorKind::InvalidArgument, message))
}

fn system_time() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
