//! Reading a list page by page.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Error, ErrorKind, Result};

/// How far a list was read. Where its next page begins is what the API says, which is not believed to
/// come to an end.
#[derive(Default)]
pub(super) struct Pages {
    seen: HashSet<String>,
    cursor: Option<String>,
}

impl Pages {
    /// The query of the next page of what `filter` asks for.
    pub(super) fn query<'a>(&'a self, filter: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut query = filter.to_vec();
        query.extend(self.cursor.as_deref().map(|cursor| ("cursor", cursor)));
        query
    }

    /// The records of a page that the API answered.
    pub(super) fn read(&mut self, mut page: Map<String, Value>) -> Result<Vec<Map<String, Value>>> {
        let Some(Value::Array(items)) = page.remove("items") else {
            return Err(unintelligible("items that are no list"));
        };
        self.cursor = match page.remove("cursor") {
            None | Some(Value::Null) => None,
            Some(Value::String(next)) if items.is_empty() || next.is_empty() => None,
            Some(Value::String(next)) => Some(next),
            Some(_) => return Err(unintelligible("a cursor that is no text")),
        };
        let records = items.into_iter().map(|item| match item {
            Value::Object(record) => Ok(record),
            _ => Err(unintelligible("an item that is no user")),
        });
        records.collect()
    }

    /// Whether there is another page. One that was read already is an error.
    pub(super) fn has_next(&mut self) -> Result<bool> {
        let Some(cursor) = &self.cursor else {
            return Ok(false);
        };
        if self.seen.insert(cursor.clone()) {
            return Ok(true);
        }
        Err(unintelligible("pages that lead back to themselves"))
    }
}

fn unintelligible(what: &str) -> Error {
    Error::new(ErrorKind::Unintelligible, format!("answered with {what}"))
}
