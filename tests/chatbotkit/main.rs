//! The client against an API that answers wrongly, late, twice, or not at all.

#[path = "../api/mod.rs"]
mod api;

mod answers;
mod discovery;
mod ids;
mod lookup;
mod requests;
mod retries;
mod secrets;
mod transport;

use chatbotkit_nextauth::chatbotkit::{Changes, NewSubAccount};
use serde_json::{Map, Value, json};

/// A sub-account as `fetch` answers it.
fn user(id: &str) -> Value {
    json!({ "id": id, "createdAt": 1, "updatedAt": 2, "email": format!("{id}@example.com") })
}

/// A sub-account to make.
fn new_user() -> NewSubAccount {
    NewSubAccount {
        email: "new@example.com".to_owned(),
        name: None,
        image: None,
        description: None,
        limits: None,
        meta: Map::new(),
    }
}

/// A change that is worth a request.
fn new_email() -> Changes {
    Changes {
        email: Some("other@example.com".to_owned()),
        ..Changes::default()
    }
}
