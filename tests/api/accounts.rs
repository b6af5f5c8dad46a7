//! Sub-accounts with the Partner API's routes over them.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Map, Value, json};

use super::{Answer, Request};

/// The sub-accounts of one parent, shared by all clones.
#[derive(Clone, Default)]
pub(crate) struct Accounts(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Oldest first.
    users: Vec<Value>,
    made: usize,
    creates: usize,
    updates: usize,
}

impl Accounts {
    /// Adds a sub-account without asking, and returns its id.
    pub(crate) fn add(&self, fields: &Value) -> String {
        self.state().add(fields)
    }

    /// The sub-account `id` as it is kept, or null.
    pub(crate) fn get(&self, id: &str) -> Value {
        let state = self.state();
        let user = state.users.iter().find(|user| user["id"] == id);
        user.cloned().unwrap_or_default()
    }

    /// Changes members of a sub-account without asking.
    pub(crate) fn set(&self, id: &str, fields: &Value) {
        self.state().change(id, fields.as_object().unwrap());
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.state().users.len()
    }

    /// How many creates were carried out.
    pub(crate) fn creates(&self) -> usize {
        self.state().creates
    }

    /// How many updates were carried out.
    pub(crate) fn updates(&self) -> usize {
        self.state().updates
    }

    /// What the API answers, on `/partner/user/…` alone.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        self.answer_under("partner/user", request)
    }

    /// What an API answers that has its routes under `generation`.
    pub(crate) fn answer_under(&self, generation: &str, request: &Request) -> Answer {
        let prefix = format!("/api/v1/{generation}/");
        let Some(rest) = request.path.strip_prefix(&prefix) else {
            return Answer::not_found();
        };
        let segments: Vec<_> = rest.split('/').collect();
        let mut state = self.state();
        match (request.method.as_str(), &*segments) {
            ("GET", ["list"]) => state.list(request),
            ("POST", ["create"]) => state.create(&request.body),
            ("GET", [id, "fetch"]) => state.fetch(id),
            ("POST", [id, "update"]) => state.update(id, &request.body),
            ("POST", [id, "delete"]) => state.delete(id),
            _ => Answer::not_found(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn add(&mut self, fields: &Value) -> String {
        self.made += 1;
        let id = format!("user{:04}", self.made);
        let time = 1_700_000_000_000 + self.made;
        let user = json!({ "id": id, "createdAt": time, "updatedAt": time, "description": "d" });
        self.users.push(user);
        self.change(&id, fields.as_object().unwrap());
        id
    }

    fn change(&mut self, id: &str, fields: &Map<String, Value>) -> bool {
        let Some(user) = self.users.iter_mut().find(|user| user["id"] == id) else {
            return false;
        };
        for (member, value) in fields {
            // `$update` merges, the top level only; anything else replaces.
            match value["$update"].as_object() {
                Some(update) if member == "meta" => {
                    for (key, value) in update {
                        user["meta"][key] = value.clone();
                    }
                }
                _ if *value == "" => user[member] = Value::Null,
                _ => user[member] = value.clone(),
            }
        }
        true
    }

    fn list(&self, request: &Request) -> Answer {
        let email = request.parameter("email");
        let found = self
            .users
            .iter()
            .rev()
            .filter(|user| email.is_none_or(|email| user["email"].as_str() == Some(email)));
        let after = request.parameter("cursor");
        let rest = found.skip_while(|user| after.is_some_and(|id| user["id"] != id));
        let page: Vec<_> = rest.skip(after.iter().count()).take(100).cloned().collect();
        let cursor = page.last().map_or(Value::Null, |user| user["id"].clone());
        Answer::page(&page, &cursor)
    }

    fn fetch(&self, id: &str) -> Answer {
        let Some(user) = self.users.iter().find(|user| user["id"] == id) else {
            return Answer::not_found();
        };
        let mut user = user.clone();
        user.as_object_mut().unwrap().remove("description");
        Answer::json(200, &user)
    }

    fn create(&mut self, body: &Value) -> Answer {
        if self.is_taken("", &body["email"]) {
            return conflict();
        }
        self.creates += 1;
        let id = self.add(body);
        Answer::json(200, &json!({ "id": id }))
    }

    fn update(&mut self, id: &str, body: &Value) -> Answer {
        if self.is_taken(id, &body["email"]) {
            return conflict();
        }
        if !self.change(id, body.as_object().unwrap()) {
            return Answer::not_found();
        }
        self.updates += 1;
        Answer::json(200, &json!({ "id": id }))
    }

    fn delete(&mut self, id: &str) -> Answer {
        let before = self.users.len();
        self.users.retain(|user| user["id"] != id);
        if self.users.len() == before {
            return Answer::not_found();
        }
        Answer::json(200, &json!({ "id": id }))
    }

    fn is_taken(&self, id: &str, email: &Value) -> bool {
        let mut users = self.users.iter();
        email.is_string() && users.any(|user| user["id"] != id && user["email"] == *email)
    }
}

fn conflict() -> Answer {
    let body = json!({ "message": "Unique constraint violation", "code": "CONFLICT" });
    Answer::json(409, &body)
}
