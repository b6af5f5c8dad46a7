//! The sub-accounts of one parent account: the Partner API, one method for each route.

mod lookup;
mod routes;
mod sub_account;

use serde_json::{Map, Value};

use super::client::{Client, Request, with_total_timeout};
use super::{Config, Error, ErrorKind, Result, is_user_id};
pub use lookup::PAGE_LIMIT;
pub use routes::Generation;
use routes::Routes;
pub use sub_account::{Changes, NewSubAccount, SubAccount};

/// The sub-accounts. It owns its connections; dropping it closes them.
pub struct SubAccounts {
    routes: Routes,
}

impl SubAccounts {
    /// Sub-accounts behind a client that has not connected to anything.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let routes = Routes::new(Client::new(config));
        Self { routes }
    }

    /// The client that sends the requests.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.routes.client
    }

    /// The sub-account with that id, or `None` when there is none.
    pub async fn fetch(&self, id: &str) -> Result<Option<SubAccount>> {
        if !is_user_id(id) {
            return Ok(None);
        }
        let request = Request::fetch(id);
        let account = match with_total_timeout(self.routes.send(&request)).await {
            Ok(object) => SubAccount::read(object)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        same_id(&account.id, id)?;
        Ok(Some(account))
    }

    /// Makes a sub-account and returns its id. Sent once: after an error for which
    /// [`Error::is_unclear`] holds, it may exist.
    pub async fn create(&self, account: &NewSubAccount) -> Result<String> {
        let body = json(account);
        let request = Request {
            is_repeatable: false,
            ..Request::post("create", None, &body)
        };
        let mut object = with_total_timeout(self.routes.send(&request)).await?;
        let Some(Value::String(id)) = object
            .remove("id")
            .filter(|id| id.as_str().is_some_and(is_user_id))
        else {
            let detail = "answered a create with something that is no id";
            return Err(Error::new(ErrorKind::Unintelligible, detail));
        };
        Ok(id)
    }

    /// Changes a sub-account. Nothing to change sends nothing.
    pub async fn update(&self, id: &str, changes: &Changes) -> Result<()> {
        let body = changes.body();
        if body.is_empty() {
            return Ok(());
        }
        self.post("update", id, &body).await
    }

    /// Deletes a sub-account and all that it owns. An error of kind [`ErrorKind::NotFound`] says
    /// that there was none.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.post("delete", id, &Map::new()).await
    }

    async fn post(&self, action: &'static str, id: &str, body: &Map<String, Value>) -> Result<()> {
        if !is_user_id(id) {
            return Err(Error::new(ErrorKind::NotFound, "has no user with such an id").not_sent());
        }
        let body = json(body);
        let request = Request::post(action, Some(id), &body);
        let object = with_total_timeout(self.routes.send(&request)).await?;
        same_id(object["id"].as_str().unwrap_or_default(), id)
    }
}

fn json(body: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("texts and JSON values serialize")
}

/// Fails unless the API spoke of the user that it was asked about.
fn same_id(answered: &str, asked: &str) -> Result<()> {
    if answered == asked {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unintelligible,
        "answered with another user than it was asked for",
    ))
}
