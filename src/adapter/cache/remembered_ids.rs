//! Which user had an address last, kept in the store for all instances.
//!
//! An API finds people by their address only by reading a list. That is limited for the whole account,
//! so a flood of requests for unknown addresses would keep everybody out; asking for somebody by their
//! id is not limited. Who was found once is therefore asked for by their id, and the address of what
//! comes back decides: what is remembered is a guess, and the list is read when it was wrong.
//!
//! What a look-up found stands in the record of the code that is made after it: redeeming that need not
//! ask the store for it. It is written here while the code is redeemed, and not before: strangers could
//! tell by it who has an account.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::adapter::directory::Directory;
use crate::adapter::hint_cache::HintCache;
use crate::adapter::records::Records;
use crate::adapter::{ErrorKind, Result, User, email};
use crate::chatbotkit::{self, is_user_id};

/// How long an id is remembered that nobody asks for.
const TTL: Duration = Duration::from_millis(60 * 24 * 60 * 60 * 1_000);

/// For how long this adapter does not look into the store again where several users can have one
/// address: the instances have to agree on one of them.
const SHARED_TTL: Duration = Duration::from_millis(60_000);

/// And where one user can: as often as it takes to renew what is stored.
const UNIQUE_TTL: Duration = Duration::from_millis(24 * 60 * 60 * 1_000);

/// For how long it does not look again for what was not there.
const NOBODY_TTL: Duration = Duration::from_millis(60_000);

/// One that is asked for is written again when it has less than this left.
const RENEWAL: Duration = Duration::from_millis(30 * 24 * 60 * 60 * 1_000);

/// What is remembered of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::adapter) enum Remembered {
    /// Nobody has looked.
    #[default]
    Unread,
    /// That nobody is known to have it.
    Nobody,
    /// Who had it.
    User(String),
}

impl Remembered {
    /// Whether nobody has looked.
    pub(in crate::adapter) fn is_unread(&self) -> bool {
        *self == Self::Unread
    }
}

/// What is stored.
#[derive(Serialize, Deserialize)]
struct Record {
    id: String,
}

/// What this adapter knows of an address.
#[derive(Clone)]
struct Seen {
    remembered: Remembered,
    at: Instant,
    /// Whether the store knows it, too.
    is_written: bool,
}

/// The ids that are remembered.
pub(in crate::adapter) struct RememberedIds {
    directory: Arc<dyn Directory>,
    records: Arc<Records>,
    /// By key.
    seen: HintCache<Seen>,
}

impl RememberedIds {
    pub(super) fn new(directory: Arc<dyn Directory>, records: Arc<Records>) -> Self {
        let seen = HintCache::new();
        Self {
            directory,
            records,
            seen,
        }
    }

    /// The user with an address: as it is spelled, and normalised. `noted` is what somebody else has
    /// noted of it, who spares a look into the store.
    pub(in crate::adapter) async fn find(
        &self,
        spelling: &str,
        address: &str,
        noted: Remembered,
    ) -> Result<Option<User>> {
        let key = self.records.keys.id_of(address);
        let remembered = match (self.seen(&key), noted) {
            (Remembered::User(id), _) | (_, Remembered::User(id)) => Some(id),
            (Remembered::Unread, Remembered::Unread) => self.read(&key).await,
            _ => None,
        };
        if let Some(id) = &remembered
            && let Some(user) = self.find_by_id(id, address).await?
        {
            self.saw_unless_seen(key, id);
            return Ok(Some(user));
        }
        let found = self.directory.find_by_email(spelling).await?;
        match &found {
            Some(user) => {
                let is_written = remembered.as_ref() == Some(&user.id);
                self.saw(key, Remembered::User(user.id.clone()), is_written);
            }
            None if remembered.is_some() => self.forget(&key).await,
            None => self.saw(key, Remembered::Nobody, true),
        }
        Ok(found)
    }

    /// What is known of a normalised address without waiting for anything.
    pub(in crate::adapter) fn known(&self, address: &str) -> Remembered {
        self.seen(&self.records.keys.id_of(address))
    }

    /// Whether the store may not know it: see [`Self::note`].
    pub(in crate::adapter) fn is_unwritten(&self, address: &str) -> bool {
        let key = self.records.keys.id_of(address);
        self.seen.get(&key).is_none_or(|seen| !seen.is_written)
    }

    /// Remembers whose a normalised address is. A store that is down makes a later search longer, and no
    /// more than that.
    pub(in crate::adapter) async fn note(&self, address: &str, id: &str) {
        if is_user_id(id) {
            self.remember(self.records.keys.id_of(address), id).await;
        }
    }

    /// Forgets a user's address, before the user is deleted. Says whether there may be such a user.
    pub(in crate::adapter) async fn forget_address_of(&self, id: &str) -> Result<bool> {
        let found = self.directory.find(id).await?;
        if let Some(user) = &found {
            let address = email::normalised(&user.email);
            self.forget(&self.records.keys.id_of(&address)).await;
        }
        Ok(found.is_some() || !self.directory.searches_lists())
    }

    /// The user `id`, if that is who has the address now. An id of another account is nobody's here: the
    /// store may have served one before. Where several can have one address, who has not proven it may
    /// have taken somebody's place.
    async fn find_by_id(&self, id: &str, address: &str) -> Result<Option<User>> {
        let is_foreign = ErrorKind::Partner(chatbotkit::ErrorKind::NotAuthorized);
        let is_theirs = |user: &User| {
            let is_only = user.email_verified.is_some() || !self.directory.searches_lists();
            is_only && email::normalised(&user.email) == address
        };
        match self.directory.find(id).await {
            Ok(user) => Ok(user.filter(is_theirs)),
            Err(error) if error.kind() == is_foreign => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What this adapter saw lately.
    fn seen(&self, key: &str) -> Remembered {
        let Some(seen) = self.seen.get(key) else {
            return Remembered::Unread;
        };
        let ttl = match seen.remembered {
            Remembered::User(_) if self.directory.searches_lists() => SHARED_TTL,
            Remembered::User(_) => UNIQUE_TTL,
            _ => NOBODY_TTL,
        };
        if seen.at.elapsed() < ttl {
            seen.remembered
        } else {
            Remembered::Unread
        }
    }

    /// What the store remembers.
    async fn read(&self, key: &str) -> Option<String> {
        let (stored, ttl) = self.records.get_with_ttl(key).await.ok()?;
        let record = self.records.open(key, stored.as_deref())?;
        let Record { id } = serde_json::from_str(&record).ok()?;
        if !is_user_id(&id) {
            return None;
        }
        let is_written = ttl.is_none_or(|ttl| ttl >= RENEWAL);
        self.saw(key.to_owned(), Remembered::User(id.clone()), is_written);
        Some(id)
    }

    async fn remember(&self, key: String, id: &str) {
        let id = id.to_owned();
        let mut is_written = false;
        if let Ok(text) = serde_json::to_string(&Record { id: id.clone() }) {
            is_written = self.records.put(&key, &text, TTL).await.is_ok();
        }
        self.saw(key, Remembered::User(id), is_written);
    }

    /// Somebody else's note may be of a time before what this adapter has seen.
    fn saw_unless_seen(&self, key: String, id: &str) {
        if self.seen(&key).is_unread() {
            self.saw(key, Remembered::User(id.to_owned()), false);
        }
    }

    fn saw(&self, key: String, remembered: Remembered, is_written: bool) {
        let at = Instant::now();
        let seen = Seen {
            remembered,
            at,
            is_written,
        };
        self.seen.remember(key, seen);
    }

    async fn forget(&self, key: &str) {
        self.seen.take(key);
        let _ = self.records.take(key).await;
    }
}
