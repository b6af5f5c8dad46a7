//! What stands in a server, key by key: for copying it elsewhere.
//!
//! `SCAN` walks the keys of one server. A cluster is walked server by server, so a position in it has
//! the server's address in front of the cursor.

use std::sync::Arc;
use std::time::Duration;

use super::commands::{MEMBER_MARK, RemoteStore, list, unexpected};
use super::connection::Connector;
use super::transport::{Reply, Transport};
use crate::store::{Entry, Keys, Result};

/// How many keys a server looks at in one go. Those of others count, too.
const KEYS_AT_ONCE: &str = "500";

/// KEYS[1]. A value and what remains of its lifetime, as `get_with_ttl.lua` gives them; or each member
/// of a set and what remains of its lifetime in ms, both behind [`MEMBER_MARK`].
const ENTRY: &str = include_str!("scripts/entry.lua");

impl<C: Connector<Connection: Transport>> RemoteStore<C> {
    pub(super) async fn some_keys(&self, prefix: &str, position: Option<&str>) -> Result<Keys> {
        let pattern = format!("{}*", literally(&self.key(prefix)));
        let (part, cursor) = position.and_then(|it| it.rsplit_once(' ')).unzip();
        let cursor = cursor.unwrap_or("0");
        let scan = ["SCAN", cursor, "MATCH", &pattern, "COUNT", KEYS_AT_ONCE];
        let scan = &scan;
        let send = |connection: Arc<C::Connection>, time| async move {
            connection.send_to_part(part, scan, time).await
        };
        let (reply, part, next_part) = self.calls.run(send).await?;
        let reply = <[Reply; 2]>::try_from(list::<C>(reply)?);
        let Ok([Reply::Text(cursor), Reply::List(found)]) = reply else {
            return Err(unexpected::<C>());
        };
        let begin = self.key("");
        let keys = found.into_iter().filter_map(|key| match key {
            Reply::Text(key) => Some(key.strip_prefix(&begin)?.to_owned()),
            _ => None,
        });
        let next = match next_part {
            _ if cursor != "0" => Some(format!("{part} {cursor}")),
            Some(next_part) => Some(format!("{next_part} 0")),
            None => None,
        };
        let keys = keys.collect();
        Ok(Keys { keys, next })
    }

    pub(super) async fn read_entry(&self, key: &str) -> Result<Entry> {
        let mut entry = Entry::default();
        match self.send(&["EVAL", ENTRY, "1", &self.key(key)]).await? {
            Reply::Nil => {}
            Reply::List(replies) => match &replies[..] {
                [Reply::Text(value), Reply::Number(ttl)] => {
                    let ttl = u64::try_from(*ttl).ok().map(Duration::from_millis);
                    entry.value = Some((value.clone(), ttl));
                }
                replies => {
                    let members = replies.chunks(2).map(member);
                    let members: Option<_> = members.collect();
                    entry.members = members.ok_or_else(unexpected::<C>)?;
                }
            },
            _ => return Err(unexpected::<C>()),
        }
        Ok(entry)
    }
}

fn member(replies: &[Reply]) -> Option<(String, Option<Duration>)> {
    let [Reply::Text(member), Reply::Text(left)] = replies else {
        return None;
    };
    let left = match left.strip_prefix(MEMBER_MARK)? {
        "" => None,
        left => Some(Duration::from_millis(left.parse().ok()?)),
    };
    Some((member.strip_prefix(MEMBER_MARK)?.to_owned(), left))
}

/// A pattern that `text` matches and nothing else does.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if r"*?[]\".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_itself() {
        assert_eq!(literally(r"a:{b}-_"), r"a:{b}-_");
        assert_eq!(literally(r"*?[^a]\"), r"\*\?\[^a\]\\");
    }
}
