//! The sub-accounts of one partner, by the rules of `sandbox/users/table.js` and `sandbox/meta.js`.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// When those sub-accounts were made that are there from the start, in epoch milliseconds.
const BEGINNING: u64 = 1_700_000_000_000;

/// A sub-account, as the API shows it.
type User = Map<String, Value>;

pub(crate) struct Users {
    by_id: HashMap<String, User>,
    /// Ids by address in lower case.
    ids: HashMap<String, String>,
    made: u64,
}

/// Why a change was refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    Unknown,
    Taken,
}

impl Users {
    /// `count` sub-accounts: `user0@example.com` and so on.
    pub(crate) fn new(count: u32) -> Self {
        let mut users = Self {
            by_id: HashMap::new(),
            ids: HashMap::new(),
            made: 0,
        };
        for number in 0..count {
            let fields = json!({
                "name": format!("User {number}"),
                "image": format!("https://example.com/pictures/{number}.png"),
                "email": format!("user{number}@example.com"),
                "limits": { "messages": 1_000, "tokens": 1_000_000 },
                "meta": { "plan": "pro", "nextauth": { "emailVerified": BEGINNING } },
            });
            let Value::Object(fields) = fields else {
                unreachable!("an object was written")
            };
            users.put(fields, BEGINNING).expect("every address differs");
        }
        users
    }

    /// The sub-account with that address.
    pub(crate) fn by_email(&self, email: &str) -> Option<&User> {
        self.by_id.get(self.ids.get(&email.to_lowercase())?)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&User> {
        self.by_id.get(id)
    }

    /// Makes a sub-account and returns its id.
    pub(crate) fn create(&mut self, fields: Map<String, Value>) -> Result<String, Refusal> {
        self.put(fields, now())
    }

    fn put(&mut self, fields: Map<String, Value>, at: u64) -> Result<String, Refusal> {
        let id = format!("c{:024}", self.made);
        if let Some(email) = fields.get("email").and_then(Value::as_str) {
            let email = email.to_lowercase();
            if self.ids.contains_key(&email) {
                return Err(Refusal::Taken);
            }
            self.ids.insert(email, id.clone());
        }
        let mut user = User::new();
        user.insert("id".to_owned(), id.clone().into());
        user.insert("createdAt".to_owned(), at.into());
        user.insert("updatedAt".to_owned(), at.into());
        user.extend(fields.into_iter().filter(|(_, value)| is_set(value)));
        self.by_id.insert(id.clone(), user);
        self.made += 1;
        Ok(id)
    }

    /// Changes a sub-account. A new address is not asked of it: the benchmark sends none.
    pub(crate) fn update(&mut self, id: &str, fields: Map<String, Value>) -> Result<(), Refusal> {
        let user = self.by_id.get_mut(id).ok_or(Refusal::Unknown)?;
        for (name, value) in fields {
            let value = if name == "meta" {
                merged(user.get("meta"), value)
            } else {
                value
            };
            if is_set(&value) {
                user.insert(name, value);
            } else {
                user.remove(&name);
            }
        }
        user.insert("updatedAt".to_owned(), now().into());
        Ok(())
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        let user = self.by_id.remove(id).ok_or(Refusal::Unknown)?;
        if let Some(email) = user.get("email").and_then(Value::as_str) {
            self.ids.remove(&email.to_lowercase());
        }
        Ok(())
    }
}

/// The empty text and null both clear a field.
fn is_set(value: &Value) -> bool {
    !value.is_null() && value.as_str() != Some("")
}

/// `{"$update": …}` is merged over what is there; anything else takes its place.
fn merged(stored: Option<&Value>, mut given: Value) -> Value {
    match given.get_mut("$update").map(Value::take) {
        None => given,
        Some(update) => {
            let mut meta = stored
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            if let Value::Object(update) = update {
                meta.extend(update);
            }
            meta.into()
        }
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(0)
}
