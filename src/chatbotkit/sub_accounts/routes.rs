//! Which routes sub-accounts answer on.
//!
//! Two generations of the same routes are in the field, `/partner/user/…` and `/user/…`. The first
//! requests find out which one answers, and that is remembered.

use std::sync::atomic::{AtomicU8, Ordering};

use serde_json::{Map, Value};

use crate::chatbotkit::client::{Client, Request};
use crate::chatbotkit::collection::Routes;
use crate::chatbotkit::{Error, ErrorKind, Result};

/// Which of the two generations of routes to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// `/partner/user/…`: the hosted API, and the older SDKs.
    Partner = 1,
    /// `/user/…`: the open-source platform, and the newest SDK.
    User = 2,
}

impl Generation {
    fn other(self) -> Self {
        match self {
            Self::Partner => Self::User,
            Self::User => Self::Partner,
        }
    }

    fn prefix(self) -> &'static [&'static str] {
        match self {
            Self::Partner => &["partner", "user"],
            Self::User => &["user"],
        }
    }
}

/// The routes of sub-accounts.
pub(super) struct PartnerRoutes {
    client: Client,
    /// The generation that has answered, as a number; 0 is none yet.
    found: AtomicU8,
}

impl Routes for PartnerRoutes {
    fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request to the generation of routes that answers.
    async fn send(&self, request: &Request<'_>) -> Result<Map<String, Value>> {
        let first = self.generation();
        let error = match self.send_to(first, request).await {
            Err(error) if error.status() == Some(404) && self.configured().is_none() => error,
            outcome => return outcome,
        };
        // Without an id, a 404 can only say that the route does not exist.
        if request.id.is_none() {
            return match self.send_to(first.other(), request).await {
                Err(error) if error.status() == Some(404) => Err(no_routes()),
                outcome => outcome,
            };
        }
        // No user, or no such route? Only a list tells: it is never 404 where it exists. A request
        // beside this one may have found out meanwhile.
        if self.found.load(Ordering::Relaxed) == 0 {
            let probe = Request::list(&[("take", "1")]);
            Box::pin(self.send(&probe)).await?;
        }
        if self.generation() == first {
            return Err(error);
        }
        self.send_to(first.other(), request).await
    }
}

impl PartnerRoutes {
    pub(super) fn new(client: Client) -> Self {
        let found = AtomicU8::new(0);
        Self { client, found }
    }

    async fn send_to(
        &self,
        generation: Generation,
        request: &Request<'_>,
    ) -> Result<Map<String, Value>> {
        let object = self.client.send(generation.prefix(), request).await?;
        self.found.store(generation as u8, Ordering::Relaxed);
        Ok(object)
    }

    fn configured(&self) -> Option<Generation> {
        self.client.config().generation
    }

    fn generation(&self) -> Generation {
        let is_user = self.found.load(Ordering::Relaxed) == Generation::User as u8;
        let found = if is_user {
            Generation::User
        } else {
            Generation::Partner
        };
        self.configured().unwrap_or(found)
    }
}

fn no_routes() -> Error {
    let detail = "answers 404 on every route of the Partner API. Is baseUrl the address of a \
                  ChatBotKit API?";
    Error::new(ErrorKind::Unintelligible, detail).with_status(404)
}
