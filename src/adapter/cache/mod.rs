//! Everything that is remembered of users.
//!
//! * the user of a code that was just redeemed, for a moment ([`redeemed`]);
//! * look-ups that are under way, which callers share ([`single_flight`]);
//! * snapshots, which all instances share through the store ([`snapshots`]);
//! * which user had an address last ([`remembered_ids`]);
//! * whose the sessions are that were read last ([`UserCache::read_owned`]);
//! * who was seen a moment ago ([`UserCache::check_exists`]).
//!
//! Beside them, who is not to be found: [`super::unfinished`].
//!
//! Who changes a user calls [`UserCache::invalidate`]; there is nothing else to tell.

mod redeemed;
mod remembered_ids;
mod single_flight;
mod snapshots;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub(super) use redeemed::Moment;
pub(super) use remembered_ids::Remembered;

use super::cipher::Cipher;
use super::directory::Directory;
use super::hint_cache::HintCache;
use super::records::Records;
use super::unfinished::Unfinished;
use super::{Clock, Error, Options, Result, User, email};
use crate::chatbotkit::is_user_id;
use redeemed::RedeemedCache;
use remembered_ids::RememberedIds;
use single_flight::{Key, SingleFlight};
use snapshots::Snapshots;

/// For how long a look-up can be joined that depends on nothing but the user: about as long as a
/// crowd of a thousand takes to arrive. A change through another process is not noticed here, so
/// who asks after it must not join a look-up from long before it.
const JOINABLE: Duration = Duration::from_millis(250);

/// For how long a look-up can be joined that is as of a state of the store: less than the tombstones of
/// changed users stay. A change through any instance changes that state.
const JOINABLE_AS_OF: Duration = Duration::from_millis(2_000);

/// How long a user who was seen counts as there, for those who look for the tombstone of a deletion, too:
/// shorter than that stays.
const SEEN_TTL: Duration = Duration::from_millis(60_000);

/// The purpose of the key of snapshots, beside the kind of users: a store may serve adapters of both.
const SNAPSHOT: &str = "user snapshot 1";

/// How many changes of users were made in this process. A configuration module is evaluated more
/// than once in one server, and a change through one of its copies must be seen through the others.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// The users of a directory, and what is remembered of them.
pub(super) struct UserCache {
    /// For those who must know how things are now.
    pub(super) directory: Arc<dyn Directory>,
    records: Arc<Records>,
    pub(super) unfinished: Unfinished,
    redeemed: RedeemedCache,
    look_ups: SingleFlight,
    snapshots: Snapshots,
    pub(super) ids: RememberedIds,
    /// Whose the sessions are, by their keys.
    owners: HintCache,
    /// When a user was there, by id.
    seen: HintCache<Instant>,
}

impl UserCache {
    pub(super) fn new(
        directory: Arc<dyn Directory>,
        records: Arc<Records>,
        options: &Options,
        clock: Clock,
    ) -> Self {
        let unfinished = Unfinished {
            directory: Arc::clone(&directory),
            records: Arc::clone(&records),
            clock: Arc::clone(&clock),
        };
        let ttl = options.user_cache_ttl;
        let secret = directory.secret().filter(|_| !ttl.is_zero());
        let noun = directory.noun();
        let snapshots = Snapshots {
            records: Arc::clone(&records),
            cipher: secret.and_then(|secret| Cipher::new(secret, &[SNAPSHOT, noun])),
            ttl,
            clock,
        };
        Self {
            ids: RememberedIds::new(Arc::clone(&directory), Arc::clone(&records)),
            directory,
            records,
            unfinished,
            redeemed: RedeemedCache::new(options.cache_ttl),
            look_ups: SingleFlight::default(),
            snapshots,
            owners: HintCache::new(),
            seen: HintCache::new(),
        }
    }

    /// The user with that id, or `None`.
    pub(super) async fn get(&self, id: &str) -> Result<Option<User>> {
        if let Some(user) = self.redeemed.by_id(id) {
            return Ok(Some(user));
        }
        self.find(id, "", JOINABLE).await
    }

    /// The user with that id, if a redemption has just found them.
    pub(super) fn redeemed_user(&self, id: &str) -> Option<User> {
        self.redeemed.by_id(id)
    }

    /// The user with that trimmed address, or `None`.
    pub(super) async fn get_by_email(&self, spelling: &str) -> Result<Option<User>> {
        if let Some(user) = self.redeemed.by_email(spelling) {
            return Ok(user);
        }
        let noted = Remembered::Unread;
        self.find_by_email(spelling, "", JOINABLE, noted).await
    }

    /// Whether a redemption has just found that nobody has an address, as it is spelled.
    pub(super) fn has_found_nobody(&self, spelling: &str) -> bool {
        matches!(self.redeemed.by_email(spelling), Some(None))
    }

    /// Forgets the user `id`, and who has the address `email`, because of a change. This adapter
    /// has forgotten at once, the other instances when the future has ended.
    pub(super) fn invalidate(
        &self,
        id: &str,
        email: Option<&str>,
    ) -> impl Future<Output = Result<()>> {
        self.redeemed.forget(id, email);
        CHANGES.fetch_add(1, Ordering::SeqCst);
        self.snapshots.drop(id)
    }

    /// Refuses an id that is nobody's. NextAuth has looked a user up, or made them, before it links an
    /// account, so most often this costs nothing.
    pub(super) async fn check_exists(&self, id: &str) -> Result<()> {
        let seen = self.seen.get(id);
        if seen.is_some_and(|at| at.elapsed() < SEEN_TTL) || self.get(id).await?.is_some() {
            return Ok(());
        }
        Err(Error::no_such_user())
    }

    /// Remembers that a user is there.
    pub(super) fn saw(&self, user: &User) {
        self.seen.remember(user.id.clone(), Instant::now());
    }

    /// Forgets that nobody has the address `email`.
    pub(super) fn invalidate_email(&self, email: &str) {
        self.redeemed.forget("", Some(email));
        CHANGES.fetch_add(1, Ordering::SeqCst);
    }

    /// The moment at which a redemption begins.
    pub(super) fn moment(&self) -> Moment {
        self.redeemed.moment()
    }

    /// The user with that trimmed address, for a redemption of a code whose record is `record`.
    pub(super) async fn get_for_redemption(
        &self,
        spelling: &str,
        record: &str,
        noted: Remembered,
    ) -> Result<Option<User>> {
        let joinable = JOINABLE_AS_OF;
        self.find_by_email(spelling, record, joinable, noted).await
    }

    /// Remembers who redeemed a code: NextAuth asks for the user again at once.
    pub(super) fn remember_redeemed(&self, since: Moment, spelling: &str, user: Option<&User>) {
        self.redeemed.remember(since, spelling, user);
    }

    /// The user `id`, at most `userCacheTtl` old.
    pub(super) async fn cached_user(&self, id: &str) -> Result<Option<User>> {
        let Some(key) = self.snapshots.key(id) else {
            return self.get(id).await;
        };
        let stored = self.records.get(&key).await?;
        self.cached_user_as_of(id, &key, stored.as_deref()).await
    }

    /// The record at `key` with its user, who is at most `userCacheTtl` old. `read` makes a record
    /// of what is stored, and says whose it is.
    ///
    /// Which snapshot to read is known when the record was read: two round trips. People read the
    /// same session again and again, so where the owner is remembered both are read at once.
    pub(super) async fn read_owned<R>(
        &self,
        key: &str,
        read: impl FnOnce(Option<String>) -> Option<(R, String)>,
    ) -> Result<Option<(R, String, Option<User>)>> {
        let expected = self.owners.get(key);
        let place = expected.as_ref().and_then(|id| self.snapshots.key(id));
        let (stored, snapshot) = match &place {
            Some(place) => self.records.get_both(key, place).await?,
            None => (self.records.get(key).await?, None),
        };
        let Some((record, owner)) = read(stored) else {
            self.owners.take(key);
            return Ok(None);
        };
        let user = if let Some(place) = place.filter(|_| expected.as_ref() == Some(&owner)) {
            self.cached_user_as_of(&owner, &place, snapshot.as_deref())
                .await?
        } else {
            self.owners.remember(key.to_owned(), owner.clone());
            self.cached_user(&owner).await?
        };
        Ok(Some((record, owner, user)))
    }

    /// [`Self::cached_user`] for those who have read what is stored at the snapshot's `key`.
    async fn cached_user_as_of(
        &self,
        id: &str,
        key: &str,
        stored: Option<&str>,
    ) -> Result<Option<User>> {
        if let Some(user) = self.snapshots.read(key, id, stored) {
            self.saw(&user);
            return Ok(Some(user));
        }
        let taken = self.snapshots.begin();
        let state = stored.unwrap_or_default();
        match self.find(id, state, JOINABLE_AS_OF).await? {
            Some(user) => Ok(Some(self.snapshots.keep(key, stored, user, taken).await?)),
            None => Ok(None),
        }
    }

    /// Asks the directory for the user `id`, together with all who ask as of the same `state`.
    async fn find(&self, id: &str, state: &str, joinable: Duration) -> Result<Option<User>> {
        // An address that is asked for as an id would join the look-up of the address.
        if !is_user_id(id) {
            return Ok(None);
        }
        let start = || self.directory.find(id);
        let found = self.look_ups.join(key(id, state), joinable, start).await?;
        Ok(found.inspect(|user| self.saw(user)))
    }

    /// Asks the directory for the user with a trimmed address, as [`Self::find`] does.
    async fn find_by_email(
        &self,
        spelling: &str,
        state: &str,
        joinable: Duration,
        noted: Remembered,
    ) -> Result<Option<User>> {
        let address = &email::normalised(spelling);
        if !email::is_address(address) {
            return Ok(None);
        }
        let start = || async move {
            match self.ids.find(spelling, address, noted).await? {
                Some(user) if self.unfinished.is_candidate(&user) => {
                    self.unfinished.unless_noted(address, user).await
                }
                user => Ok(user),
            }
        };
        let look_up = self.look_ups.join(key(spelling, state), joinable, start);
        let found = look_up.await?;
        Ok(found.inspect(|user| self.saw(user)))
    }
}

/// A look-up of `user`, an id or an address, as of now.
fn key(user: &str, state: &str) -> Key {
    Key {
        changes: CHANGES.load(Ordering::SeqCst),
        state: state.to_owned(),
        user: user.into(),
    }
}
