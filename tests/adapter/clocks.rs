//! Servers whose clocks differ by ten minutes, and one whose clock jumps.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chatbotkit_nextauth::adapter::{Adapter, Options, SubAccountDirectory, VerificationToken};
use chatbotkit_nextauth::store::{MemoryStore, Result, Store};

use crate::{ADA, NOW, Site, TEN_MINUTES, presented, redeem};

const HOUR: i64 = 3_600_000;

/// A store with a clock of its own, by which its entries end, and which it tells or does not.
struct Ticking {
    time: Arc<AtomicI64>,
    tells: bool,
    entries: Mutex<HashMap<String, (String, i64)>>,
    sets: MemoryStore,
}

impl Ticking {
    fn read(&self, key: &str) -> Option<(String, i64)> {
        let now = self.time.load(Ordering::SeqCst);
        let entries = self.entries.lock().unwrap();
        let (value, end) = entries.get(key)?;
        (*end > now).then(|| (value.clone(), end - now))
    }

    fn write(&self, key: &str, value: &str, ttl: Option<Duration>) {
        let ttl = i64::try_from(ttl.expect("a lifetime").as_millis()).unwrap();
        let entry = (value.to_owned(), self.time.load(Ordering::SeqCst) + ttl);
        self.entries.lock().unwrap().insert(key.to_owned(), entry);
    }
}

#[async_trait]
impl Store for Ticking {
    fn name(&self) -> &'static str {
        "ticking"
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        Ok(self.read(key).map(|(value, _)| value))
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(String, Option<Duration>)>> {
        let ttl = |ttl: i64| Duration::from_millis(ttl.unsigned_abs());
        let entry = self.read(key);
        Ok(entry.map(|(value, remaining)| (value, self.tells.then(|| ttl(remaining)))))
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        self.write(key, value, ttl);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.entries.lock().unwrap().remove(key);
        Ok(())
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        let value = self.read(key).map(|(value, _)| value);
        self.delete(key).await?;
        Ok(value)
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        if self.get(key).await?.as_deref() != expected {
            return Ok(false);
        }
        match value {
            Some(value) => self.write(key, value, ttl),
            None => self.delete(key).await?,
        }
        Ok(true)
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        self.sets.add_member(key, member, ttl).await
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        self.sets.remove_member(key, member).await
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        self.sets.members(key).await
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.sets.delete_set(key).await
    }

    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    async fn close(&self) {}
}

/// A server, and how far its clock is ahead.
struct Server {
    adapter: Adapter,
    time: Arc<AtomicI64>,
    ahead: Arc<AtomicI64>,
}

impl Server {
    /// A code that NextAuth makes here for ten minutes.
    async fn ask(&self, token: &str) {
        let now = self.time.load(Ordering::SeqCst) + self.ahead.load(Ordering::SeqCst);
        let code = VerificationToken {
            identifier: ADA.to_owned(),
            token: token.to_owned(),
            expires: now + TEN_MINUTES,
        };
        self.adapter.create_verification_token(code).await.unwrap();
    }

    async fn redeem(&self, token: &str) -> bool {
        redeem(&self.adapter, ADA, token).await
    }

    async fn guess(&self, count: usize) {
        for _ in 0..count {
            assert!(!self.redeem("wrong").await);
        }
    }
}

/// A slow server and a fast one over a store that tells lifetimes or does not.
async fn servers(tells: bool) -> (Site, Server, Server) {
    let mut site = Site::new().await;
    site.store = Arc::new(Ticking {
        time: Arc::clone(&site.time),
        tells,
        entries: Mutex::default(),
        sets: MemoryStore::new(),
    });
    let server = |ahead: i64| {
        let (time, ahead) = (Arc::clone(&site.time), Arc::new(AtomicI64::new(ahead)));
        let of_server = (Arc::clone(&time), Arc::clone(&ahead));
        let clock = move || of_server.0.load(Ordering::SeqCst) + of_server.1.load(Ordering::SeqCst);
        let directory = Arc::new(SubAccountDirectory::new(site.api.config()));
        let store = Arc::clone(&site.store);
        let adapter = Adapter::with_clock(directory, store, Options::default(), Arc::new(clock));
        Server {
            adapter,
            time,
            ahead,
        }
    };
    let (slow, fast) = (server(0), server(TEN_MINUTES));
    (site, slow, fast)
}

#[tokio::test]
async fn a_code_that_the_fast_server_is_asked_for_ends_none_of_the_slow_one() {
    for tells in [true, false] {
        let (site, slow, fast) = servers(tells).await;
        slow.ask("slow").await;
        site.pass(TEN_MINUTES / 2);
        fast.ask("fast").await;
        fast.guess(1).await;
        assert!(slow.redeem("slow").await, "{tells}");
        assert!(fast.redeem("fast").await, "{tells}");
    }
}

#[tokio::test]
async fn each_server_takes_the_codes_of_the_other_for_as_long_as_they_live() {
    let (site, slow, fast) = servers(true).await;
    for (here, there) in [(&slow, &fast), (&fast, &slow)] {
        here.ask("code").await;
        site.pass(TEN_MINUTES - 1_000);
        let token = presented(ADA, "code");
        let redeemed = there.adapter.use_verification_token(token).await.unwrap();
        // NextAuth compares that with the clock of the server.
        let now = site.time.load(Ordering::SeqCst) + there.ahead.load(Ordering::SeqCst);
        let remaining = redeemed.unwrap().expires - now;
        assert_eq!(remaining, 1_000);
    }
}

#[tokio::test]
async fn an_ended_code_does_not_live_on_at_the_slow_server() {
    let (site, slow, fast) = servers(true).await;
    fast.ask("code").await;
    // Each write gives the record another lifetime.
    for _ in 0..4 {
        site.pass(TEN_MINUTES / 5);
        slow.ask("another").await;
        slow.guess(1).await;
    }
    site.pass(TEN_MINUTES / 5);
    for server in [&slow, &fast] {
        assert!(!server.redeem("code").await);
    }
}

#[tokio::test]
async fn a_refusal_takes_as_long_as_it_says_at_every_server() {
    for locked_by_fast in [false, true] {
        let (site, slow, fast) = servers(true).await;
        let guessed = if locked_by_fast { &fast } else { &slow };
        for _ in 0..20 {
            guessed.ask("code").await;
            guessed.guess(5).await;
        }
        for passed in [0, HOUR - 1_000] {
            site.pass(passed);
            for server in [&slow, &fast] {
                server.ask("right").await;
                assert!(!server.redeem("right").await, "{locked_by_fast} {passed}");
            }
        }
        site.pass(1_000);
        let other = if locked_by_fast { &slow } else { &fast };
        assert!(other.redeem("right").await);
    }
}

#[tokio::test]
async fn a_clock_that_jumps_lets_no_code_live_on_and_ends_none() {
    for jump in [-TEN_MINUTES, TEN_MINUTES] {
        let (site, server, _) = servers(true).await;
        server.ask("code").await;
        server.ahead.store(jump, Ordering::SeqCst);
        server.guess(1).await;
        site.pass(TEN_MINUTES - 1_000);
        server.guess(1).await;
        site.pass(999);
        let jumped = site.time.load(Ordering::SeqCst) - NOW;
        assert_eq!(jumped, TEN_MINUTES - 1);
        server.ask("later").await;
        site.pass(1);
        assert!(!server.redeem("code").await, "{jump}");
        assert!(server.redeem("later").await, "{jump}");
    }
}
