//! Sessions at the API, with which a browser can speak for a sub-account.

use serde::Serialize;
use serde_json::{Map, Value};

use super::SubAccounts;
use crate::chatbotkit::client::{Request, with_total_timeout};
use crate::chatbotkit::collection::{Routes as _, json};
use crate::chatbotkit::{Error, ErrorKind, Result, fields, is_user_id};

/// What a session is to be.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewApiSession {
    /// How long it lasts, in seconds. The API's default is 900.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_in_seconds: Option<u32>,
    /// What it is good for.
    pub config: ApiSessionConfig,
}

/// What a session is good for.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiSessionConfig {
    /// Globs of the routes that it may ask; all of the sub-account's when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_routes: Option<Vec<String>>,
    /// The contact for whom it speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<String>,
}

/// A session. Nobody can take its token back.
#[derive(Clone, PartialEq)]
pub struct ApiSession {
    /// What a browser sends as its secret.
    pub token: String,
    /// When it ends, in epoch milliseconds.
    pub expires: i64,
}

impl SubAccounts {
    /// Makes a session of the sub-account with that id. An error of kind [`ErrorKind::NotFound`] says
    /// that there is none.
    pub async fn create_session(&self, id: &str, session: &NewApiSession) -> Result<ApiSession> {
        if !is_user_id(id) {
            return Err(Error::new(ErrorKind::NotFound, "has no user with such an id").not_sent());
        }
        let body = json(session);
        // Sent again, it makes another one, which nobody gets to see.
        let request = Request {
            expected: "token",
            ..Request::post("session/create", Some(id), &body)
        };
        let answer = with_total_timeout(self.records.routes.send(&request)).await?;
        read(answer)
    }
}

fn read(mut answer: Map<String, Value>) -> Result<ApiSession> {
    let token = fields::text(&mut answer, "token").ok().flatten();
    let expires = fields::time(&answer, "expiresAt").ok();
    token
        .zip(expires)
        .map(|(token, expires)| ApiSession { token, expires })
        .ok_or_else(|| {
            let detail = "answered with a session that has no token or no end";
            Error::new(ErrorKind::Unintelligible, detail)
        })
}
