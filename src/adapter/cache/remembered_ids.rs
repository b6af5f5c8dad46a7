//! Which user had an address last, kept in the store for all instances.
//!
//! Where an API finds people by their address only by reading a list, that is slow, limited for the
//! whole account, and longer the more contacts claim the address. Who was found once is asked for by
//! their id, and the address of what comes back decides: what is remembered is a guess, and the list is
//! read when it was wrong.

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

/// For how long this adapter does not look into the store again.
const SEEN_TTL: Duration = Duration::from_millis(60_000);

/// One that is asked for is written again when it has less than this left.
const RENEWAL: Duration = Duration::from_millis(30 * 24 * 60 * 60 * 1_000);

/// What is stored. An object: stores that hold texts as they are could not tell a text from its JSON.
#[derive(Serialize, Deserialize)]
struct Remembered {
    id: String,
}

/// The ids that are remembered.
pub(super) struct RememberedIds {
    directory: Arc<dyn Directory>,
    records: Arc<Records>,
    /// What this adapter has seen in the store, and when, by key.
    seen: HintCache<(String, Instant)>,
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

    /// The user with an address: as it is spelled, and normalised.
    pub(super) async fn find(&self, spelling: &str, address: &str) -> Result<Option<User>> {
        if !self.directory.searches_lists() {
            return self.directory.find_by_email(spelling).await;
        }
        // Boxed: it takes room in each look-up, and not all directories need it.
        Box::pin(self.find_remembered(spelling, address)).await
    }

    async fn find_remembered(&self, spelling: &str, address: &str) -> Result<Option<User>> {
        let key = self.records.keys.id_of(address);
        let remembered = self.remembered(&key).await;
        if let Some(id) = &remembered
            && let Some(user) = self.find_by_id(id, address).await?
        {
            return Ok(Some(user));
        }
        let found = self.directory.find_by_email(spelling).await?;
        match &found {
            Some(user) if remembered.as_ref() != Some(&user.id) => {
                self.remember(key, &user.id).await;
            }
            None if remembered.is_some() => self.forget(&key).await,
            _ => {}
        }
        Ok(found)
    }

    /// Remembers whose a normalised address is.
    pub(super) async fn note(&self, address: &str, id: &str) {
        if self.directory.searches_lists() {
            self.remember(self.records.keys.id_of(address), id).await;
        }
    }

    /// Forgets a user's address, before the user is deleted. Says whether there may be such a user.
    pub(super) async fn forget_address_of(&self, id: &str) -> Result<bool> {
        if !self.directory.searches_lists() {
            return Ok(true);
        }
        let found = self.directory.find(id).await?;
        if let Some(user) = &found {
            let address = email::normalised(&user.email);
            self.forget(&self.records.keys.id_of(&address)).await;
        }
        Ok(found.is_some())
    }

    /// The user `id`, if that is who has the address now. An id of another account is nobody's here: the
    /// store may have served one before. Who has not proven the address may have taken somebody's place.
    async fn find_by_id(&self, id: &str, address: &str) -> Result<Option<User>> {
        let is_foreign = ErrorKind::Partner(chatbotkit::ErrorKind::NotAuthorized);
        let is_theirs = |user: &User| {
            user.email_verified.is_some() && email::normalised(&user.email) == address
        };
        match self.directory.find(id).await {
            Ok(user) => Ok(user.filter(is_theirs)),
            Err(error) if error.kind() == is_foreign => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn remembered(&self, key: &str) -> Option<String> {
        if let Some((id, at)) = self.seen.get(key)
            && at.elapsed() < SEEN_TTL
        {
            return Some(id);
        }
        // A store that is down makes the search longer, and no more than that.
        let (stored, ttl) = self.records.get_with_ttl(key).await.ok()?;
        let Remembered { id } = serde_json::from_str(&stored?).ok()?;
        if !is_user_id(&id) {
            return None;
        }
        if ttl.is_some_and(|ttl| ttl < RENEWAL) {
            self.remember(key.to_owned(), &id).await;
        }
        self.saw(key.to_owned(), id.clone());
        Some(id)
    }

    async fn remember(&self, key: String, id: &str) {
        let id = id.to_owned();
        if let Ok(text) = serde_json::to_string(&Remembered { id: id.clone() }) {
            let _ = self.records.set(&key, &text, TTL).await;
        }
        self.saw(key, id);
    }

    fn saw(&self, key: String, id: String) {
        self.seen.remember(key, (id, Instant::now()));
    }

    async fn forget(&self, key: &str) {
        self.seen.take(key);
        let _ = self.records.take(key).await;
    }
}
