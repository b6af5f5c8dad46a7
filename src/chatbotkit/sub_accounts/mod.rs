//! The sub-accounts of one parent account: the Partner API, one method for each route.

mod lookup;
mod routes;
mod session;
mod sub_account;

use serde_json::Map;

use super::client::{Client, Request};
use super::collection::{Collection, Routes, json};
use super::{Config, Result};
pub use lookup::PAGE_LIMIT;
pub use routes::Generation;
use routes::PartnerRoutes;
pub use session::{ApiSession, ApiSessionConfig, NewApiSession};
pub use sub_account::{Changes, NewSubAccount, SubAccount};

/// The sub-accounts. It owns its connections; dropping it closes them.
pub struct SubAccounts {
    records: Collection<PartnerRoutes>,
}

impl SubAccounts {
    /// Sub-accounts behind a client that has not connected to anything.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let routes = PartnerRoutes::new(Client::new(config));
        let records = Collection { routes };
        Self { records }
    }

    /// The client that sends the requests.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.records.routes.client()
    }

    /// The sub-account with that id, or `None` when there is none.
    pub async fn fetch(&self, id: &str) -> Result<Option<SubAccount>> {
        let record = self.records.fetch(id).await?;
        record.map(SubAccount::read).transpose()
    }

    /// Makes a sub-account and returns its id. Sent once: after an error for which
    /// [`Error::is_unclear`] holds, it may exist.
    ///
    /// [`Error::is_unclear`]: super::Error::is_unclear
    pub async fn create(&self, account: &NewSubAccount) -> Result<String> {
        let body = json(account);
        let request = Request {
            is_repeatable: false,
            ..Request::post("create", None, &body)
        };
        self.records.make(request).await
    }

    /// Changes a sub-account. Nothing to change sends nothing.
    pub async fn update(&self, id: &str, changes: &Changes) -> Result<()> {
        let body = changes.body();
        if body.is_empty() {
            return Ok(());
        }
        self.records.post("update", id, &body).await
    }

    /// Deletes a sub-account and all that it owns. An error of kind [`ErrorKind::NotFound`] says
    /// that there was none.
    ///
    /// [`ErrorKind::NotFound`]: super::ErrorKind::NotFound
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.records.post("delete", id, &Map::new()).await
    }
}
