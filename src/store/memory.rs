//! Values in this process's memory: for development, tests and single-process servers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use once_cell::sync::Lazy;

use super::{Error, ErrorKind, Result, Store};

const NAME: &str = "memory";

/// How often entries that have ended are looked for. It costs a look at each entry.
const SWEEP_INTERVAL: Duration = Duration::from_millis(1_000);

/// Stores that every part of the process can reach by name.
///
/// A static is right here, and only here: the store is plain data without tasks or sockets, and
/// one process evaluates its configuration module several times (route bundles, server
/// components, hot reload), whose copies must agree on who is signed in.
static SHARED: Lazy<Mutex<HashMap<String, Arc<MemoryStore>>>> = Lazy::new(Mutex::default);

/// When something ends, if it does.
type End = Option<Instant>;

/// A store in memory. What has ended is not given out, and leaves memory with an operation of the
/// next second.
#[derive(Default)]
pub struct MemoryStore(Mutex<Entries>);

/// Texts are boxed: that is a word less for each than a `String` takes.
#[derive(Default)]
struct Entries {
    values: HashMap<Box<str>, (Box<str>, End)>,
    sets: HashMap<Box<str>, HashMap<Box<str>, End>>,
    next_sweep: Option<Instant>,
    is_closed: bool,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The store of that name, the same for all callers in this process.
    #[must_use]
    pub fn shared(name: &str) -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(shared.entry(name.to_owned()).or_default())
    }

    /// How many keys are alive. It costs a look at each.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut entries = self.lock();
        entries.sweep(Instant::now());
        entries.values.len() + entries.sets.len()
    }

    /// Whether no key is alive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes everything.
    pub fn clear(&self) {
        let mut entries = self.lock();
        entries.values = HashMap::new();
        entries.sets = HashMap::new();
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entries, for an operation.
    fn entries(&self) -> Result<MutexGuard<'_, Entries>> {
        let mut entries = self.lock();
        if entries.is_closed {
            return Err(Error::new(ErrorKind::Closed, NAME, "is closed"));
        }
        let now = Instant::now();
        if entries.next_sweep.is_none_or(|next| next <= now) {
            entries.sweep(now);
        }
        Ok(entries)
    }
}

impl Entries {
    /// Removes what ended by `now`.
    fn sweep(&mut self, now: Instant) {
        self.next_sweep = Some(now + SWEEP_INTERVAL);
        self.values.retain(|_, (_, end)| is_alive(*end, now));
        self.sets.retain(|_, members| {
            members.retain(|_, end| is_alive(*end, now));
            shrink(members);
            !members.is_empty()
        });
        shrink(&mut self.values);
        shrink(&mut self.sets);
    }

    fn value(&self, key: &str) -> Option<&str> {
        let (value, end) = self.values.get(key)?;
        is_alive(*end, Instant::now()).then_some(value)
    }

    fn set(&mut self, key: &str, value: &str, ttl: Option<Duration>) {
        self.values.insert(key.into(), (value.into(), end_of(ttl)));
    }

    fn take(&mut self, key: &str) -> Option<String> {
        let (value, end) = self.values.remove(key)?;
        is_alive(end, Instant::now()).then(|| value.into_string())
    }
}

fn is_alive(end: End, now: Instant) -> bool {
    end.is_none_or(|end| end > now)
}

fn end_of(ttl: Option<Duration>) -> End {
    ttl.and_then(|ttl| Instant::now().checked_add(ttl))
}

/// Gives memory back that a burst of sign-ins took.
fn shrink<T>(map: &mut HashMap<Box<str>, T>) {
    if map.len() < map.capacity() / 4 {
        map.shrink_to_fit();
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        Ok(self.entries()?.value(key).map(str::to_owned))
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        self.entries()?.set(key, value, ttl);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.entries()?.values.remove(key);
        Ok(())
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        Ok(self.entries()?.take(key))
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        let mut entries = self.entries()?;
        let current = entries.value(key);
        if value.is_some() && current == value {
            return Ok(true);
        }
        if current != expected {
            return Ok(false);
        }
        match value {
            Some(value) => entries.set(key, value, ttl),
            None => drop(entries.values.remove(key)),
        }
        Ok(true)
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        let mut entries = self.entries()?;
        let members = match entries.sets.get_mut(key) {
            Some(members) => members,
            None => entries.sets.entry(key.into()).or_default(),
        };
        members.insert(member.into(), end_of(ttl));
        Ok(())
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        let mut entries = self.entries()?;
        if let Some(members) = entries.sets.get_mut(key) {
            members.remove(member);
            if members.is_empty() {
                entries.sets.remove(key);
            }
        }
        Ok(())
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        let entries = self.entries()?;
        let now = Instant::now();
        let members = entries.sets.get(key).into_iter().flatten();
        let alive = members.filter(|(_, end)| is_alive(**end, now));
        Ok(alive.map(|(member, _)| member.to_string()).collect())
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.entries()?.sets.remove(key);
        Ok(())
    }

    async fn ping(&self) -> Result<()> {
        self.entries().map(drop)
    }

    async fn close(&self) {
        self.lock().is_closed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    impl MemoryStore {
        /// How many values and members are in memory, and how many there is room for.
        fn held(&self) -> (usize, usize) {
            let entries = self.lock();
            let sets = entries.sets.values();
            let (members, room) = sets.fold((0, 0), |(members, room), set| {
                (members + set.len(), room + set.capacity())
            });
            let room = room + entries.values.capacity() + entries.sets.capacity();
            (entries.values.len() + members, room)
        }
    }

    /// Fills a store with what ends soon, except for two entries.
    async fn burst() -> Result<MemoryStore> {
        let store = MemoryStore::new();
        for number in 0..1_000 {
            let name = format!("short {number}");
            store.set(&name, "1", Some(SHORT)).await?;
            store.add_member(&name, "member", Some(SHORT)).await?;
            store.add_member("set", &name, Some(SHORT)).await?;
        }
        store.set("long", "2", None).await?;
        store.add_member("set", "long", None).await?;
        Ok(store)
    }

    #[tokio::test]
    async fn what_has_ended_is_not_counted_and_its_memory_is_given_back() {
        let store = burst().await.unwrap();
        tokio::time::sleep(SHORT * 2).await;
        assert_eq!(store.get("short 0").await.unwrap(), None);
        assert_eq!(store.members("set").await.unwrap(), ["long"]);
        assert_eq!(store.len(), 2);
        let (held, room) = store.held();
        assert_eq!(held, 2);
        assert!(room < 100, "{room}");
    }

    #[tokio::test]
    async fn an_operation_of_the_next_second_removes_what_has_ended() {
        let store = burst().await.unwrap();
        tokio::time::sleep(SWEEP_INTERVAL).await;
        store.get("long").await.unwrap();
        assert_eq!(store.held().0, 2);
    }

    #[tokio::test]
    async fn a_set_without_members_is_none() {
        let store = MemoryStore::new();
        store.add_member("set", "short", Some(SHORT)).await.unwrap();
        store.add_member("set", "ever", None).await.unwrap();
        tokio::time::sleep(SHORT * 2).await;
        store.remove_member("set", "ever").await.unwrap();
        assert!(store.is_empty());
    }

    #[tokio::test]
    async fn stores_of_one_name_are_one_store() {
        let one = MemoryStore::shared("tests: one");
        one.set("key", "1", None).await.unwrap();
        let same = MemoryStore::shared("tests: one");
        let other = MemoryStore::shared("tests: other");
        assert_eq!(same.get("key").await.unwrap().as_deref(), Some("1"));
        assert_eq!(other.get("key").await.unwrap(), None);
    }
}
