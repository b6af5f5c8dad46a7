//! Calls to the API, one method for each.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use reqwest::Url;
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use super::budget::Budget;
use super::call::{Call, Sender};
use super::routes::{self, Route};
use super::{Changes, Config, Error, ErrorKind, NewUser, Result, User, is_user_id};

/// A client of the Partner API. It owns its connections; dropping it closes them.
pub struct Client {
    pub(super) config: Config,
    pub(super) root: Url,
    pub(super) sender: OnceCell<Sender>,
    /// The generation that has answered: 0 none yet, 1 partner, 2 user.
    pub(super) found: AtomicU8,
    pub(super) requests: AtomicU64,
    pub(super) budget: Budget,
}

impl Client {
    /// A client that has not connected to anything.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let root = routes::root(&config.base);
        Self {
            config,
            root,
            sender: OnceCell::new(),
            found: AtomicU8::new(0),
            requests: AtomicU64::new(0),
            budget: Budget::new(),
        }
    }

    /// The API's host, for messages.
    #[must_use]
    pub fn host(&self) -> String {
        self.config.host()
    }

    /// The secret, for what is derived from it.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.config.secret()
    }

    /// How many HTTP requests this client has sent, retries included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// One page of the sub-accounts that the API finds for `email`, newest first.
    pub(super) async fn list(
        &self,
        email: &str,
        cursor: Option<&str>,
    ) -> Result<Map<String, Value>> {
        let mut query = vec![("email", email)];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        self.send(&Call {
            route: Route::List,
            query,
            body: None,
            expected: "items",
        })
        .await
    }

    /// The sub-account with that id, or `None` when there is none.
    pub async fn fetch(&self, id: &str) -> Result<Option<User>> {
        if !is_user_id(id) {
            return Ok(None);
        }
        let call = Call {
            route: Route::Fetch(id),
            query: vec![],
            body: None,
            expected: "id",
        };
        let user = match self.bounded(self.send(&call)).await {
            Ok(object) => User::read(object)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        same_id(&user.id, id)?;
        Ok(Some(user))
    }

    /// Makes a sub-account and returns its id. Sent once: after an error for which
    /// [`Error::is_unclear`] holds, it may exist.
    pub async fn create(&self, user: &NewUser) -> Result<String> {
        let call = Call::post(Route::Create, user);
        let mut object = self.bounded(self.send(&call)).await?;
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
        if changes.is_empty() {
            return Ok(());
        }
        self.change(Route::Update(id), id, &changes.body()).await
    }

    /// Deletes a sub-account and all that it owns. An error of kind [`ErrorKind::NotFound`] says
    /// that there was none.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.change(Route::Delete(id), id, &Map::new()).await
    }

    async fn change(&self, route: Route<'_>, id: &str, body: &Map<String, Value>) -> Result<()> {
        if !is_user_id(id) {
            return Err(Error::new(ErrorKind::NotFound, "has no user with such an id").not_sent());
        }
        let call = Call::post(route, body);
        let object = self.bounded(self.send(&call)).await?;
        same_id(object["id"].as_str().unwrap_or_default(), id)
    }
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
