//! The entries of a memory store: values, sets, and when which of them ends.
//!
//! Laid out for many small entries: a session is a value and mostly the only member of a set.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use arcstr::ArcStr;
use once_cell::sync::Lazy;

use super::members::Members;

/// A moment, in microseconds since the first one that was asked for: half the size of an `Instant`
/// that may be none.
pub(super) type Moment = u64;

/// The end of what has none.
pub(super) const NEVER: Moment = Moment::MAX;

static BEGINNING: Lazy<Instant> = Lazy::new(Instant::now);

/// This moment.
pub(super) fn now() -> Moment {
    micros(BEGINNING.elapsed())
}

fn end_of(ttl: Option<Duration>) -> Moment {
    ttl.map_or(NEVER, |ttl| now().saturating_add(micros(ttl)))
}

fn micros(duration: Duration) -> Moment {
    Moment::try_from(duration.as_micros()).unwrap_or(NEVER)
}

/// All that a memory store holds.
#[derive(Default)]
pub(super) struct Entries {
    values: HashMap<ArcStr, Entry>,
    sets: HashMap<ArcStr, Members>,
    value_ends: Ends,
    set_ends: Ends,
}

/// A value and when it ends.
struct Entry {
    value: Box<str>,
    end: Moment,
}

/// When which key ends, soonest first.
#[derive(Default)]
struct Ends(BTreeSet<(Moment, ArcStr)>);

impl Ends {
    fn add(&mut self, end: Moment, key: &ArcStr) {
        if end != NEVER {
            self.0.insert((end, key.clone()));
        }
    }

    fn remove(&mut self, end: Moment, key: &ArcStr) {
        if end != NEVER {
            self.0.remove(&(end, key.clone()));
        }
    }

    /// Takes a key that has ended by `now`.
    fn ended(&mut self, now: Moment) -> Option<ArcStr> {
        if self.0.first()?.0 > now {
            return None;
        }
        self.0.pop_first().map(|(_, key)| key)
    }
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        self.values.len() + self.sets.len()
    }

    /// Removes what ended by `now`. Each entry is removed once, so the cost per call is small.
    pub(super) fn sweep(&mut self, now: Moment) {
        let before = self.len();
        while let Some(key) = self.value_ends.ended(now) {
            self.values.remove(&key);
        }
        while let Some(key) = self.set_ends.ended(now) {
            self.sets.remove(&key);
        }
        if self.len() < before {
            // A burst of sign-ins must not hold its memory for ever.
            if self.values.len() < self.values.capacity() / 4 {
                self.values.shrink_to_fit();
            }
            if self.sets.len() < self.sets.capacity() / 4 {
                self.sets.shrink_to_fit();
            }
        }
    }

    pub(super) fn put(&mut self, key: &str, value: &str, ttl: Option<Duration>) {
        let (key, end) = (self.forget(key), end_of(ttl));
        self.value_ends.add(end, &key);
        let value = value.into();
        self.values.insert(key, Entry { value, end });
    }

    /// Removes the value at `key`, and gives the key as it is kept.
    fn forget(&mut self, key: &str) -> ArcStr {
        match self.values.remove_entry(key) {
            Some((key, Entry { end, .. })) => {
                self.value_ends.remove(end, &key);
                key
            }
            None => ArcStr::from(key),
        }
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Box<str>> {
        let (key, Entry { value, end }) = self.values.remove_entry(key)?;
        self.value_ends.remove(end, &key);
        Some(value)
    }

    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|entry| &*entry.value)
    }

    pub(super) fn add_member(&mut self, key: &str, member: &str, ttl: Option<Duration>) {
        let (key, mut members) = self
            .take_set(key)
            .unwrap_or_else(|| (ArcStr::from(key), Members::default()));
        members.add(member, end_of(ttl));
        self.keep_set(key, members);
    }

    pub(super) fn remove_member(&mut self, key: &str, member: &str) {
        if let Some((key, mut members)) = self.take_set(key) {
            members.remove(member);
            self.keep_set(key, members);
        }
    }

    pub(super) fn members(&self, key: &str) -> Vec<String> {
        let members = self.sets.get(key);
        members.map_or_else(Vec::new, |members| members.alive(now()))
    }

    pub(super) fn remove_set(&mut self, key: &str) {
        self.take_set(key);
    }

    fn take_set(&mut self, key: &str) -> Option<(ArcStr, Members)> {
        let (key, members) = self.sets.remove_entry(key)?;
        self.set_ends.remove(members.end(), &key);
        Some((key, members))
    }

    /// A set without members is none.
    fn keep_set(&mut self, key: ArcStr, members: Members) {
        if !members.is_empty() {
            self.set_ends.add(members.end(), &key);
            self.sets.insert(key, members);
        }
    }

    /// How many entries there is room for, and how many ends are noted.
    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        let room = self.values.capacity() + self.sets.capacity();
        (room, self.value_ends.0.len() + self.set_ends.0.len())
    }
}
