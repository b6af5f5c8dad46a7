//! A database behind JavaScript calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chatbotkit_nextauth::store::{JavaScriptCalls, JavaScriptFailure};
use serde_json::Value;

type Entries = HashMap<String, (String, Option<Instant>)>;
type Outcome<T> = Result<T, JavaScriptFailure>;

/// How a call ends.
#[derive(Clone, Copy, Default, PartialEq)]
enum Ending {
    #[default]
    Well,
    Throws,
    Malformed,
    Never,
}

/// A `Map` with lifetimes, shared by all clones.
#[derive(Clone, Default)]
pub(crate) struct Fake {
    entries: Arc<Mutex<Entries>>,
    ending: Ending,
    has_compare_and_set: bool,
    reorders: bool,
}

impl Fake {
    pub(crate) fn with_compare_and_set(mut self) -> Self {
        self.has_compare_and_set = true;
        self
    }

    /// Gives the members of objects back in reverse, as a database may that parses JSON.
    pub(crate) fn reordering(mut self) -> Self {
        self.reorders = true;
        self
    }

    /// The same database behind calls that throw.
    pub(crate) fn throwing(&self) -> Self {
        self.ending(Ending::Throws)
    }

    /// The same database behind calls that answer with something that cannot be.
    pub(crate) fn malformed(&self) -> Self {
        self.ending(Ending::Malformed)
    }

    /// The same database behind calls that never answer.
    pub(crate) fn hanging(&self) -> Self {
        self.ending(Ending::Never)
    }

    /// The keys that are there.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.entries().keys().cloned().collect()
    }

    fn ending(&self, ending: Ending) -> Self {
        Self {
            ending,
            ..self.clone()
        }
    }

    /// Lets other tasks run between any two calls, as a database does, and ends the call early.
    async fn enter(&self) -> Outcome<()> {
        tokio::task::yield_now().await;
        match self.ending {
            Ending::Well => Ok(()),
            Ending::Never => std::future::pending().await,
            Ending::Throws | Ending::Malformed => Err(JavaScriptFailure {
                cause: Some(7),
                detail: "threw".to_owned(),
                malformed: self.ending == Ending::Malformed,
            }),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap()
    }
}

fn read(entries: &Entries, key: &str) -> Option<String> {
    let (value, end) = entries.get(key)?;
    end.is_none_or(|end| end > Instant::now())
        .then(|| value.clone())
}

fn write(entries: &mut Entries, key: &str, value: &str, ttl: Option<Duration>) {
    let end = ttl.and_then(|ttl| Instant::now().checked_add(ttl));
    entries.insert(key.to_owned(), (value.to_owned(), end));
}

#[async_trait]
impl JavaScriptCalls for Fake {
    fn has_compare_and_set(&self) -> bool {
        self.has_compare_and_set
    }

    async fn call(
        &self,
        method: &'static str,
        key: &str,
        value: Option<&str>,
        expected: Option<&str>,
        ttl: Option<Duration>,
    ) -> Outcome<Option<String>> {
        self.enter().await?;
        // One lock for reading and writing: the runtime has several threads.
        let mut entries = self.entries();
        let current = read(&entries, key);
        if method == "get" {
            return Ok(match current {
                Some(value) if self.reorders => Some(reversed(&value)),
                value => value,
            });
        }
        if method == "compareAndSet" {
            assert!(self.has_compare_and_set, "called what is not there");
            if value.is_some() && current.as_deref() == value {
                return Ok(Some("true".to_owned()));
            }
            if current.as_deref() != expected {
                return Ok(Some("false".to_owned()));
            }
        }
        match value {
            Some(value) => write(&mut entries, key, value, ttl),
            None => drop(entries.remove(key)),
        }
        Ok(Some("true".to_owned()))
    }
}

/// The same JSON with the members of the outermost object in reverse.
fn reversed(text: &str) -> String {
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        return text.to_owned();
    };
    let members = object.iter().rev();
    let members: Vec<_> = members
        .map(|(name, value)| format!("{} : {value}", Value::from(name.as_str())))
        .collect();
    format!("{{ {} }}", members.join(" , "))
}
