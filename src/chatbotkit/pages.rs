//! Reading a list page by page.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Error, ErrorKind, Result};

/// How far a list was read. Where its next page begins is what the API says, which is not believed to
/// come to an end.
#[derive(Default)]
pub(super) struct Pages {
    seen: HashSet<String>,
    next: Option<Next>,
}

/// What a page says of the one after it.
enum Next {
    At(String),
    Unreadable,
}

/// A page whose records are not parsed: what is in them may be anybody's.
#[derive(Deserialize)]
pub(super) struct RawPage {
    pub(super) items: Vec<Box<RawValue>>,
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

impl Pages {
    /// The query of the next page of what `filter` asks for.
    pub(super) fn query<'a>(&'a self, filter: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut query = filter.to_vec();
        if let Some(Next::At(cursor)) = &self.next {
            query.push(("cursor", cursor));
        }
        query
    }

    /// The records of a page that the API answered.
    pub(super) fn read(&mut self, mut page: Map<String, Value>) -> Result<Vec<Map<String, Value>>> {
        let Some(Value::Array(items)) = page.remove("items") else {
            return Err(unintelligible("items that are no list"));
        };
        self.next = match page.remove("cursor") {
            None | Some(Value::Null) => None,
            Some(Value::String(_)) if items.is_empty() => None,
            Some(Value::String(next)) => Some(Next::At(next)),
            Some(_) => Some(Next::Unreadable),
        };
        let records = items.into_iter().map(|item| match item {
            Value::Object(record) => Ok(record),
            _ => Err(unintelligible("an item that is no user")),
        });
        records.collect()
    }

    /// The records of a page whose records are not parsed.
    pub(super) fn read_raw(&mut self, page: RawPage) -> Vec<Box<RawValue>> {
        self.next = page.cursor.map(Next::At).filter(|_| !page.items.is_empty());
        page.items
    }

    /// Whether there is another page. One that was read already is an error.
    pub(super) fn has_next(&mut self) -> Result<bool> {
        match &self.next {
            None => Ok(false),
            Some(Next::At(cursor)) if cursor.is_empty() => Ok(false),
            Some(Next::At(cursor)) if self.seen.insert(cursor.clone()) => Ok(true),
            Some(Next::At(_)) => Err(unintelligible("pages that lead back to themselves")),
            Some(Next::Unreadable) => Err(unintelligible("a cursor that is no text")),
        }
    }
}

fn unintelligible(what: &str) -> Error {
    let detail = format!("answered with {what}");
    Error::new(ErrorKind::Unintelligible, detail)
}
