//! The contacts of one account: the Contact API, one method for each route.

mod contact;
mod lookup;

use serde_json::{Map, Value};

use super::client::{Client, Request};
use super::collection::{Collection, Routes, json};
use super::pages::RawPage;
use super::{Config, Result};
pub use contact::{Contact, ContactChanges, NewContact};

/// The contacts. It owns its connections; dropping it closes them.
pub struct Contacts {
    records: Collection<ContactRoutes>,
}

const ROUTES: &str = "contact";

/// Unlike sub-accounts, contacts have one generation of routes.
struct ContactRoutes {
    client: Client,
}

impl Routes for ContactRoutes {
    fn client(&self) -> &Client {
        &self.client
    }

    async fn send(&self, request: &Request<'_>) -> Result<Map<String, Value>> {
        self.client.send(&[ROUTES], request).await
    }
}

impl Contacts {
    /// Contacts behind a client that has not connected to anything.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let client = Client::new(config);
        let routes = ContactRoutes { client };
        let records = Collection { routes };
        Self { records }
    }

    /// The client that sends the requests.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.records.routes.client()
    }

    async fn page(&self, request: &Request<'_>) -> Result<RawPage> {
        let client = self.client();
        client.send_for_page(&[ROUTES], request).await
    }

    /// The contact with that id, or `None` when there is none. It need not be a trusted one.
    pub async fn fetch(&self, id: &str) -> Result<Option<Contact>> {
        let record = self.records.fetch(id).await?;
        record.map(Contact::read).transpose()
    }

    /// The id of the contact with the fingerprint of `contact`, which is made if there is none. The API
    /// does not tell which, and stores nothing of `contact` where there is one.
    ///
    /// Of two calls at once for a new fingerprint, one can fail with [`ErrorKind::Conflict`]. An error of
    /// kind [`ErrorKind::NotVerified`] says that the contact has no `verifiedAt`.
    ///
    /// [`ErrorKind::Conflict`]: super::ErrorKind::Conflict
    /// [`ErrorKind::NotVerified`]: super::ErrorKind::NotVerified
    pub async fn ensure(&self, contact: &NewContact) -> Result<String> {
        let body = json(contact);
        self.records
            .make(Request::post("ensure", None, &body))
            .await
    }

    /// Changes a contact. Nothing to change sends nothing.
    pub async fn update(&self, id: &str, changes: &ContactChanges) -> Result<()> {
        let body = changes.body();
        if body.is_empty() {
            return Ok(());
        }
        self.records.post("update", id, &body).await
    }

    /// Deletes a contact for good. An error of kind [`ErrorKind::NotFound`] says that there was none.
    ///
    /// [`ErrorKind::NotFound`]: super::ErrorKind::NotFound
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.records.post("delete", id, &Map::new()).await
    }
}
