//! What NextAuth asks of a database, answered by a directory of users and a key-value store.
//!
//! [`Adapter`] has the methods of NextAuth's adapter interface, under the same names, and delegates
//! each to the part whose it is: `users`, `codes`, `sessions`, `accounts` and
//! `authenticators`. The parts share three things:
//!
//! * `directory`: where users come from, by way of [`crate::chatbotkit`];
//! * `cache`: everything that is remembered of users;
//! * `records`: what stands in the [`crate::store`], and how it changes.
//!
//! ```
//! use std::sync::Arc;
//!
//! use chatbotkit_nextauth::adapter::{Adapter, Options, SubAccountDirectory};
//! use chatbotkit_nextauth::chatbotkit::Config;
//! use chatbotkit_nextauth::store::MemoryStore;
//!
//! let directory = SubAccountDirectory::new(Config::new(Some("a secret".to_owned())));
//! let store = Arc::new(MemoryStore::new());
//! let adapter = Adapter::new(Arc::new(directory), store, Options::default());
//! ```

#![forbid(unsafe_code)]

mod accounts;
mod admissions;
mod api_session;
mod authenticators;
mod cache;
mod cipher;
mod code_record;
mod codes;
mod devices;
mod directory;
mod email;
mod error;
mod extensions;
mod hint_cache;
mod keys;
mod options;
mod random;
mod records;
mod redemptions;
mod sessions;
mod unfinished;
mod users;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use accounts::{Account, AccountName};
pub use admissions::{Admission, Approval, Extras, Invitation, Verdict};
pub use api_session::{ApiSession, ApiSessionOptions};
pub use authenticators::Authenticator;
pub use code_record::{FAILURE_MEMORY, OUTSTANDING_CODES};
pub use codes::{PresentedToken, VerificationToken};
pub use devices::Device;
pub use directory::{
    Changes, ContactDirectory, Created, Directory, Fingerprint, NoteId, PlatformFingerprint,
    SubAccountDirectory,
};
pub use error::{Error, ErrorKind};
pub use options::{AutoCreate, Options, Sealing};
pub use random::{MINIMUM_BITS, code};
pub use sessions::{NewSession, Session, SessionAndUser, SessionChanges};
pub use users::{ContactFields, NewUser, User, UserChanges};

use crate::store::Store;
use accounts::Accounts;
use admissions::Admissions;
use authenticators::Authenticators;
use cache::UserCache;
use codes::Codes;
use hint_cache::HintCache;
use records::{Kind, OwnedRecords, Records, Seal};
use redemptions::Redemptions;
use sessions::Sessions;
use users::Users;

/// The result of an adapter method.
pub type Result<T> = std::result::Result<T, Error>;

/// How far the clocks of servers may be apart. What has ended is gone from a store by the store's own
/// clock; this bounds for how much longer it works where somebody puts it back.
const CLOCK_SKEW: Duration = Duration::from_millis(15 * 60 * 1_000);

/// The current time in epoch milliseconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A database adapter for NextAuth.
pub struct Adapter {
    users: Users,
    codes: Codes,
    sessions: Sessions,
    accounts: Accounts,
    authenticators: Authenticators,
}

impl Adapter {
    /// An adapter that has not called anything yet.
    #[must_use]
    pub fn new(directory: Arc<dyn Directory>, store: Arc<dyn Store>, options: Options) -> Self {
        Self::with_clock(directory, store, options, Arc::new(system_time))
    }

    /// An adapter with a clock of its own, for tests.
    #[must_use]
    pub fn with_clock(
        directory: Arc<dyn Directory>,
        store: Arc<dyn Store>,
        options: Options,
        clock: Clock,
    ) -> Self {
        let options = Arc::new(options);
        let seal = Seal::new(directory.secret(), &options);
        let records = Arc::new(Records::new(store, &options.key_prefix, seal));
        let users = UserCache::new(
            directory,
            Arc::clone(&records),
            &options,
            Arc::clone(&clock),
        );
        let users = Arc::new(users);
        let owned = |kind: Kind| OwnedRecords {
            kind,
            records: Arc::clone(&records),
            users: Arc::clone(&users),
        };
        Self {
            accounts: Accounts {
                owned: owned(accounts::ACCOUNT),
            },
            authenticators: Authenticators {
                owned: owned(authenticators::AUTHENTICATOR),
            },
            codes: Codes {
                records: Arc::clone(&records),
                users: Arc::clone(&users),
                written: HintCache::new(),
                counts: HintCache::new(),
                redemptions: Redemptions::new(),
                options: Arc::clone(&options),
                clock: Arc::clone(&clock),
            },
            sessions: Sessions {
                records: Arc::clone(&records),
                users: Arc::clone(&users),
                clock: Arc::clone(&clock),
            },
            users: Users {
                admissions: Admissions {
                    records: Arc::clone(&records),
                    clock,
                },
                cache: users,
                records,
                options,
            },
        }
    }

    /// Makes a user. The id is the API's.
    pub async fn create_user(&self, user: NewUser) -> Result<User> {
        let person = user.signs_in();
        let created = self.users.create_user(user).await;
        self.codes.followed(person, created).await
    }

    /// The user with that id, or `None`. An id that no user can have costs no request.
    pub async fn get_user(&self, id: &str) -> Result<Option<User>> {
        self.users.get_user(id).await
    }

    /// The user with that address, or `None`.
    pub async fn get_user_by_email(&self, address: &str) -> Result<Option<User>> {
        self.users.get_user_by_email(address).await
    }

    /// The user to whom an account is linked, or `None`.
    pub async fn get_user_by_account(&self, name: AccountName) -> Result<Option<User>> {
        self.accounts.get_user_by_account(name).await
    }

    /// Changes a user and returns the result. Only what differs is sent, and if nothing does, or
    /// the call is the sign-in stamp of a user whose address is proven, nothing is sent.
    pub async fn update_user(&self, changes: UserChanges) -> Result<User> {
        let person = changes.signs_in();
        let updated = self.users.update_user(changes).await;
        self.codes.followed(person, updated).await
    }

    /// Deletes a user with all sessions, accounts and passkeys. Deleting one who is not there is no
    /// error, so a deletion that was broken off can be repeated.
    pub async fn delete_user(&self, id: &str) -> Result<()> {
        self.users.delete_user(id).await
    }

    /// Links an account to a user. Linking it again to the same user replaces its fields; an
    /// account of another user is refused.
    pub async fn link_account(&self, account: Account) -> Result<Account> {
        self.accounts.link_account(account).await
    }

    /// Ends the link of an account, and returns it if there was one.
    pub async fn unlink_account(&self, name: AccountName) -> Result<Option<Account>> {
        self.accounts.unlink_account(name).await
    }

    /// A linked account with all its fields, or `None`.
    pub async fn get_account(&self, name: AccountName) -> Result<Option<Account>> {
        self.accounts.get_account(name).await
    }

    /// Keeps a session until it ends. One that has ended already is not kept; a token that is
    /// another user's is refused.
    pub async fn create_session(&self, session: impl Into<NewSession>) -> Result<Session> {
        self.sessions.create_session(session.into()).await
    }

    /// The session with that token and its user, or `None`. Costs no API request while a snapshot
    /// of the user is fresh.
    pub async fn get_session_and_user(&self, token: &str) -> Result<Option<SessionAndUser>> {
        self.sessions.get_session_and_user(token).await
    }

    /// Moves a session's end. `None` when there is no such session.
    pub async fn update_session(&self, changes: SessionChanges) -> Result<Option<Session>> {
        self.sessions.update_session(changes).await
    }

    /// Ends a session, and returns it if there was one.
    pub async fn delete_session(&self, token: &str) -> Result<Option<Session>> {
        self.sessions.delete_session(token).await
    }

    /// Keeps a code until it is redeemed or ends.
    pub async fn create_verification_token(
        &self,
        token: VerificationToken,
    ) -> Result<VerificationToken> {
        self.codes.create_verification_token(token).await
    }

    /// Redeems a code: gives it back and makes sure that nobody gets it again. `None` when it is
    /// unknown, used, ended, or somebody else's.
    pub async fn use_verification_token(
        &self,
        token: PresentedToken,
    ) -> Result<Option<VerificationToken>> {
        self.codes.use_verification_token(token).await
    }

    /// Keeps a passkey. A credential that somebody has registered already is refused.
    pub async fn create_authenticator(
        &self,
        authenticator: Authenticator,
    ) -> Result<Authenticator> {
        self.authenticators
            .create_authenticator(authenticator)
            .await
    }

    /// The passkey with that credential, or `None`.
    pub async fn get_authenticator(&self, credential_id: &str) -> Result<Option<Authenticator>> {
        self.authenticators.get_authenticator(credential_id).await
    }

    /// All passkeys of a user.
    pub async fn list_authenticators_by_user_id(&self, id: &str) -> Result<Vec<Authenticator>> {
        self.authenticators.list_authenticators_by_user_id(id).await
    }

    /// Sets the counter of a passkey. It never goes back.
    pub async fn update_authenticator_counter(
        &self,
        credential_id: &str,
        new_counter: u64,
    ) -> Result<Authenticator> {
        self.authenticators
            .update_authenticator_counter(credential_id, new_counter)
            .await
    }
}

fn system_time() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
