//! Copies what is in one store to another, a bounded number of keys at a time.
//!
//! It may be broken off anywhere and begun again: what is there already is passed over. Each value is
//! written with [`Store::compare_and_set`], so what somebody else writes meanwhile is never lost.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;
use tokio::time::Instant;

use super::json_set::unfolded;
use super::{Entry, Error, Result, Store};

/// How many keys are copied at the same time.
const UNDER_WAY: usize = 64;

/// What is to be copied, and how.
#[derive(Clone, Copy, Debug)]
pub struct Copy<'a> {
    /// What the keys begin with.
    pub prefix: &'a str,
    /// Whether anything is written. Otherwise it is only counted.
    pub writes: bool,
    /// Whether a value takes the place of another one that is there.
    pub overwrites: bool,
}

/// What became of some keys.
#[derive(Debug, Default, Serialize)]
pub struct Copied {
    /// Those that were copied, or would be.
    pub copied: u32,
    /// Those whose value is there already, and those whose members all are.
    pub same: u32,
    /// Those that have another value there, which stays.
    pub kept: u32,
    /// Those that ended before they could be copied.
    pub ended: u32,
    /// Those that one of the stores refuses.
    pub failed: u32,
    /// Why the first of these is refused.
    pub failure: Option<String>,
    /// Where the next keys are, if there are any.
    pub next: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Copied,
    Same,
    Kept,
    Ended,
}

/// Copies the keys at `position` of `from`, or the first. Fails when either store cannot go on for now;
/// what was copied by then is there.
pub async fn copy_some(
    from: &dyn Store,
    to: &dyn Store,
    position: Option<&str>,
    copy: Copy<'_>,
) -> Result<Copied> {
    let found = from.keys(copy.prefix, position).await?;
    let fate = |key: String| async move { copy_key(from, to, &key, copy).await };
    let fates = stream::iter(found.keys).map(fate);
    let mut fates = fates.buffer_unordered(UNDER_WAY);
    let mut copied = Copied {
        next: found.next,
        ..Copied::default()
    };
    while let Some(fate) = fates.next().await {
        copied.count(fate)?;
    }
    Ok(copied)
}

impl Copied {
    fn count(&mut self, fate: Result<Fate>) -> Result<()> {
        let count = match fate {
            Ok(Fate::Copied) => &mut self.copied,
            Ok(Fate::Same) => &mut self.same,
            Ok(Fate::Kept) => &mut self.kept,
            Ok(Fate::Ended) => &mut self.ended,
            Err(error) if concerns_one_key(&error) => {
                self.failure.get_or_insert_with(|| error.to_string());
                &mut self.failed
            }
            Err(error) => return Err(error),
        };
        *count += 1;
        Ok(())
    }
}

/// Whether other keys may fare better: this one may have a value that is too large, or be of a kind that
/// is not the adapter's.
fn concerns_one_key(error: &Error) -> bool {
    use super::ErrorKind::{Malformed, Refused};
    matches!(error.kind(), Malformed | Refused)
}

async fn copy_key(from: &dyn Store, to: &dyn Store, key: &str, copy: Copy<'_>) -> Result<Fate> {
    let entry = from.entry(key).await?;
    let read = Instant::now();
    let (key, Entry { value, members }) = unfolded(key, entry);
    let mut fate = Fate::Ended;
    if let Some((value, ttl)) = value {
        fate = copy_value(to, key, &value, Lifetime { ttl, read }, copy).await?;
    }
    if !members.is_empty() {
        let copied = copy_members(to, key, members, read, copy).await?;
        if matches!(fate, Fate::Ended | Fate::Same) {
            fate = copied;
        }
    }
    Ok(fate)
}

async fn copy_value(
    to: &dyn Store,
    key: &str,
    value: &str,
    lifetime: Lifetime,
    copy: Copy<'_>,
) -> Result<Fate> {
    let there = to.get(key).await?;
    if there.as_deref() == Some(value) {
        return Ok(Fate::Same);
    }
    if there.is_some() && !copy.overwrites {
        return Ok(Fate::Kept);
    }
    let Some(ttl) = lifetime.remaining() else {
        return Ok(Fate::Ended);
    };
    let is_done = !copy.writes
        || to
            .compare_and_set(key, there.as_deref(), Some(value), ttl)
            .await?;
    Ok(if is_done { Fate::Copied } else { Fate::Kept })
}

/// Members are never removed: one too many is a record that is not there, which reads as none.
async fn copy_members(
    to: &dyn Store,
    key: &str,
    members: Vec<(String, Option<Duration>)>,
    read: Instant,
    copy: Copy<'_>,
) -> Result<Fate> {
    let there = to.members(key).await?;
    let mut fate = Fate::Same;
    for (member, ttl) in members {
        if there.contains(&member) {
            continue;
        }
        let Some(ttl) = (Lifetime { ttl, read }).remaining() else {
            continue;
        };
        if copy.writes {
            to.add_member(key, &member, ttl).await?;
        }
        fate = Fate::Copied;
    }
    Ok(fate)
}

/// A lifetime that was read a moment ago.
struct Lifetime {
    ttl: Option<Duration>,
    read: Instant,
}

impl Lifetime {
    /// What is left of it now; nothing, when it has ended.
    fn remaining(&self) -> Option<Option<Duration>> {
        let Some(ttl) = self.ttl else {
            return Some(None);
        };
        let left = ttl.saturating_sub(self.read.elapsed());
        // Stores count milliseconds, and what is less is none to them.
        (left.as_millis() > 0).then_some(Some(left))
    }
}
