//! A store and a directory that fail as dice say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chatbotkit_nextauth::adapter::{Changes, Created, Directory, Error, NewUser, NoteId, User};
use chatbotkit_nextauth::chatbotkit::{ApiSession, NewApiSession};
use chatbotkit_nextauth::store::{self, Store};

/// The one person that there is.
pub(crate) const ADA: &str = "ada@example.com";

/// What goes wrong, and how long things take: numbers that were drawn before.
pub(crate) struct Dice {
    drawn: Vec<u8>,
    next: AtomicUsize,
    is_calm: AtomicBool,
}

impl Dice {
    /// Dice of a calm time, in which nothing fails.
    pub(crate) fn new(drawn: Vec<u8>) -> Self {
        Self {
            drawn,
            next: AtomicUsize::new(0),
            is_calm: AtomicBool::new(true),
        }
    }

    pub(crate) fn set_calm(&self, is_calm: bool) {
        self.is_calm.store(is_calm, Ordering::SeqCst);
    }

    fn draw(&self) -> u8 {
        self.drawn[self.next.fetch_add(1, Ordering::SeqCst) % self.drawn.len()]
    }

    /// Lets others run meanwhile, and says whether this fails: one time in `odds`.
    async fn fails(&self, odds: u8) -> bool {
        for _ in 0..self.draw() % 4 {
            tokio::task::yield_now().await;
        }
        self.draw().is_multiple_of(odds) && !self.is_calm.load(Ordering::SeqCst)
    }
}

fn down(what: &'static str) -> store::Error {
    store::Error::new(store::ErrorKind::Failed, what, "is down")
}

/// A store that fails now and then, before or after it did what was asked where that can be repeated.
pub(crate) struct Faulty {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) dice: Arc<Dice>,
}

impl Faulty {
    async fn enter(&self) -> store::Result<()> {
        if self.dice.fails(8).await {
            return Err(down("faulty"));
        }
        Ok(())
    }
}

#[async_trait]
impl Store for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    async fn get(&self, key: &str) -> store::Result<Option<String>> {
        self.enter().await?;
        self.inner.get(key).await
    }

    async fn get_with_ttl(&self, key: &str) -> store::Result<Option<(String, Option<Duration>)>> {
        self.enter().await?;
        self.inner.get_with_ttl(key).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> store::Result<()> {
        self.enter().await?;
        self.inner.set(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> store::Result<()> {
        self.enter().await?;
        self.inner.delete(key).await
    }

    async fn take(&self, key: &str) -> store::Result<Option<String>> {
        self.enter().await?;
        self.inner.take(key).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> store::Result<bool> {
        self.enter().await?;
        let mut done = self.inner.compare_and_set(key, expected, value, ttl).await;
        // An answer that is lost is asked for again, as stores over a network do it.
        while self.dice.fails(8).await {
            done = self.inner.compare_and_set(key, expected, value, ttl).await;
        }
        done
    }

    async fn add_member(
        &self,
        key: &str,
        member: &str,
        ttl: Option<Duration>,
    ) -> store::Result<()> {
        self.enter().await?;
        self.inner.add_member(key, member, ttl).await
    }

    async fn remove_member(&self, key: &str, member: &str) -> store::Result<()> {
        self.enter().await?;
        self.inner.remove_member(key, member).await
    }

    async fn members(&self, key: &str) -> store::Result<Vec<String>> {
        self.enter().await?;
        self.inner.members(key).await
    }

    async fn delete_set(&self, key: &str) -> store::Result<()> {
        self.enter().await?;
        self.inner.delete_set(key).await
    }

    async fn ping(&self) -> store::Result<()> {
        self.inner.ping().await
    }

    async fn close(&self) {}
}

/// A directory that has Ada or nobody, and is down a third of the time.
pub(crate) struct People {
    pub(crate) is_known: bool,
    pub(crate) dice: Arc<Dice>,
}

impl People {
    async fn ada(&self) -> Result<Option<User>, Error> {
        if self.dice.fails(3).await {
            return Err(down("directory").into());
        }
        let user = serde_json::json!({
            "id": "cada", "email": ADA, "emailVerified": 1, "createdAt": 1, "updatedAt": 1,
        });
        let user = serde_json::from_value(user).unwrap();
        Ok(Some(user).filter(|_| self.is_known))
    }
}

#[async_trait]
impl Directory for People {
    fn has_limits(&self) -> bool {
        true
    }

    fn noun(&self) -> &'static str {
        "User"
    }

    fn secret(&self) -> Option<&str> {
        Some("secret")
    }

    async fn find(&self, _: &str) -> Result<Option<User>, Error> {
        self.ada().await
    }

    async fn exists(&self, _: &str) -> Result<bool, Error> {
        Ok(self.is_known)
    }

    async fn find_by_email(&self, _: &str) -> Result<Option<User>, Error> {
        self.ada().await
    }

    fn searches_lists(&self) -> bool {
        false
    }

    async fn create(&self, _: &NewUser, _: &str, _: &str, _: NoteId<'_>) -> Result<Created, Error> {
        Err(Error::closed())
    }

    fn create_key<'a>(&self, _: &'a User) -> Option<&'a str> {
        None
    }

    async fn update(&self, _: &User, _: &Changes) -> Result<(), Error> {
        Err(Error::closed())
    }

    async fn delete(&self, _: &str) -> Result<(), Error> {
        Err(Error::closed())
    }

    async fn create_api_session(&self, _: &str, _: &NewApiSession) -> Result<ApiSession, Error> {
        Err(Error::closed())
    }

    fn timed_out(&self) -> Error {
        Error::closed()
    }
}
