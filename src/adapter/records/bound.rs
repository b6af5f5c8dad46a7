//! Records are bound to their keys.
//!
//! A record that is not sealed says where it stands: a digest of its key is kept beside it. One that
//! was copied to another key, by a script that went wrong or by somebody who wants another person's
//! session, is none there. The digest is no secret; what stops those who can write records of their
//! own making is that records are sealed ([`super::seal`]).

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::adapter::keys::{DIGEST_LENGTH, digest_into};
use crate::chatbotkit::is_user_id;

/// How much of the digest is kept: 72 bits, which nobody hits by chance.
const NAME_LENGTH: usize = 12;

/// What stands at a key.
#[derive(Deserialize)]
struct Bound<'a> {
    /// The beginning of the digest of that key.
    key: Option<&'a str>,
    #[serde(default)]
    orphaned: bool,
    former: Option<&'a str>,
    record: &'a RawValue,
}

/// A record, at its own key.
pub(super) struct Place {
    text: String,
    range: Range<usize>,
    pub(super) ownership: Ownership,
}

impl Place {
    pub(super) fn record(&self) -> Option<&str> {
        self.text.get(self.range.clone())
    }
}

/// What is known of a record's owner, beside who it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ownership {
    /// Whether the owner was not there when the record was last met, so that it ends.
    pub(super) is_orphaned: bool,
    /// The id of the owner before, who was not there when somebody else got the record.
    pub(super) former: Option<String>,
}

/// `record`, a JSON text, as it stands at `key`. One whose seal names the place needs no key.
pub(super) fn bind(key: Option<&str>, record: &str, ownership: &Ownership) -> String {
    const NAMES: usize = r#"{"key":"","record":}"#.len();
    let mut text = String::with_capacity(NAMES + NAME_LENGTH + record.len());
    text.push('{');
    if let Some(key) = key {
        text.extend([r#""key":""#, name(key, &mut [0; DIGEST_LENGTH]), r#"","#]);
    }
    if ownership.is_orphaned {
        text.push_str(r#""orphaned":true,"#);
    }
    if let Some(id) = &ownership.former {
        // An id has nothing in it that JSON would escape.
        text.extend([r#""former":""#, id, r#"","#]);
    }
    text.extend([r#""record":"#, record, "}"]);
    text
}

/// The record in what stands at `key`, if it has to name that. `None` when it is no record, or belongs to
/// another key.
pub(super) fn find(key: Option<&str>, text: String) -> Option<Place> {
    let bound: Bound = serde_json::from_str(&text).ok()?;
    let record = bound.record.get();
    let start = record.as_ptr().addr() - text.as_ptr().addr();
    let range = start..start + record.len();
    let ownership = Ownership {
        is_orphaned: bound.orphaned,
        former: bound.former.filter(|id| is_user_id(id)).map(str::to_owned),
    };
    let is_here = key.is_none_or(|key| bound.key == Some(name(key, &mut [0; DIGEST_LENGTH])));
    is_here.then_some(Place {
        text,
        range,
        ownership,
    })
}

fn name<'a>(key: &str, digest: &'a mut [u8; DIGEST_LENGTH]) -> &'a str {
    &digest_into(key, digest)[..NAME_LENGTH]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(key: &str, stored: &str) -> Option<String> {
        find(Some(key), stored.to_owned())?
            .record()
            .map(str::to_owned)
    }

    #[test]
    fn a_record_is_one_at_its_own_key_only() {
        let stored = bind(Some("here"), r#"{"a":1.50}"#, &Ownership::default());
        assert_eq!(open("here", &stored).as_deref(), Some(r#"{"a":1.50}"#));
        assert_eq!(open("there", &stored), None);
        assert_eq!(open("here", r#"{"a":1.50}"#), None);
        assert_eq!(open("here", &stored[1..]), None);
    }

    #[test]
    fn a_record_remembers_what_is_known_of_its_owner() {
        for (is_orphaned, former) in [(false, None), (true, None), (true, Some("ada".to_owned()))] {
            let ownership = Ownership {
                is_orphaned,
                former,
            };
            let stored = bind(Some("here"), "{}", &ownership);
            assert_eq!(open("here", &stored).as_deref(), Some("{}"));
            assert_eq!(find(Some("here"), stored).unwrap().ownership, ownership);
        }
    }
}
