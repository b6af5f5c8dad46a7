//! What the routes of sub-accounts and of contacts have in common.

use serde::Serialize;
use serde_json::{Map, Value};

use super::client::{Client, Request, with_total_timeout};
use super::{Error, ErrorKind, Result, fields, is_user_id};

/// Where the records of one kind are asked for.
pub(super) trait Routes {
    fn client(&self) -> &Client;

    async fn send(&self, request: &Request<'_>) -> Result<Map<String, Value>>;
}

/// The records of one kind.
pub(super) struct Collection<R> {
    pub(super) routes: R,
}

impl<R: Routes> Collection<R> {
    /// The record with that id, or `None` when there is none.
    pub(super) async fn fetch(&self, id: &str) -> Result<Option<Map<String, Value>>> {
        if !is_user_id(id) {
            return Ok(None);
        }
        match with_total_timeout(self.routes.send(&Request::fetch(id))).await {
            Ok(record) => {
                same_id(&record, id)?;
                Ok(Some(record))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Has a record made and returns its id.
    pub(super) async fn make(&self, request: Request<'_>) -> Result<String> {
        let mut answer = with_total_timeout(self.routes.send(&request)).await?;
        let id = fields::id(&mut answer);
        id.map_err(|_| unintelligible("answered a create with something that is no id"))
    }

    /// Changes or deletes the record with that id.
    pub(super) async fn post(
        &self,
        action: &'static str,
        id: &str,
        body: &Map<String, Value>,
    ) -> Result<()> {
        if !is_user_id(id) {
            return Err(Error::new(ErrorKind::NotFound, "has no user with such an id").not_sent());
        }
        let body = json(body);
        let request = Request::post(action, Some(id), &body);
        let answer = with_total_timeout(self.routes.send(&request)).await?;
        same_id(&answer, id)
    }
}

pub(super) fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("texts and JSON values serialize")
}

/// Fails unless the API spoke of the record that it was asked about.
fn same_id(answer: &Map<String, Value>, asked: &str) -> Result<()> {
    if answer.get("id").and_then(Value::as_str) == Some(asked) {
        return Ok(());
    }
    let detail = "answered with another user than it was asked for";
    Err(unintelligible(detail))
}

fn unintelligible(detail: &str) -> Error {
    Error::new(ErrorKind::Unintelligible, detail)
}
