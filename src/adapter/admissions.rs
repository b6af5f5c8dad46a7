//! Who may come in: requests of new people, and invitations.
//!
//! Where `autoCreateUser` is `'approval'`, somebody new whose address was proven is written down as a
//! request, and gets in once somebody has approved it. An invitation lets its address in without a
//! request, also where nobody else is let in. Both are one record for each address, in a state: what is
//! decided of an address replaces what was, atomically.
//!
//! Only who has proven an address is admitted, and only they leave a request: at some OAuth providers
//! anybody can claim an address.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::keys::Index;
use super::records::{Attempt, Records, Step};
use super::{Clock, Error, ErrorKind, NewUser, Result};

/// Whose the index of all admissions is, in the place of a user.
const ALL: &str = "all";

/// How long a request, or its rejection, is kept.
const REQUEST_TTL: i64 = 30 * 24 * 60 * 60 * 1_000; // ms

/// How many records are read at once.
const LIST_CONCURRENCY: usize = 64;

/// What is known of an address that asked to come in, or was invited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Admission {
    /// The normalised address.
    pub email: String,
    /// The name.
    pub name: Option<String>,
    /// When it was asked for, or the invitation was made, in epoch milliseconds.
    pub created_at: i64,
    /// When it ends.
    pub expires: i64,
    /// What the sub-account gets beside that.
    #[serde(default, flatten)]
    pub extras: Extras,
}

/// What a new user gets beside what NextAuth knows of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Extras {
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The limits of a sub-account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Map<String, Value>>,
    /// Members of `meta`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

/// An invitation as it is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The address.
    pub email: String,
    /// The name.
    pub name: Option<String>,
    /// For how long it is good, in milliseconds.
    pub expires_in: i64,
    /// What the sub-account gets beside that.
    #[serde(flatten)]
    pub extras: Extras,
}

/// What is to be changed of a request when it is approved.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Approval {
    /// The address.
    pub email: String,
    /// The name, in the place of what the person is called so far.
    pub name: Option<String>,
    /// What the sub-account gets beside that.
    #[serde(flatten)]
    pub extras: Extras,
}

/// What becomes of somebody who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They get in.
    Admitted,
    /// They get in once their request is approved.
    Pending,
    /// They do not get in.
    Refused,
}

/// What an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Requested,
    Rejected,
    Invited,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    state: State,
    #[serde(flatten)]
    admission: Admission,
}

/// The requests and invitations of an adapter.
pub(super) struct Admissions {
    pub(super) records: Arc<Records>,
    pub(super) clock: Clock,
}

impl Admissions {
    /// What the normalised address is. Somebody who is not known leaves a request.
    pub(super) async fn request(&self, new: &NewUser, address: &str) -> Result<(State, Admission)> {
        let now = (self.clock)();
        let asked = &Record {
            state: State::Requested,
            admission: Admission {
                email: address.to_owned(),
                name: new.name(),
                created_at: now,
                expires: now.saturating_add(REQUEST_TTL),
                extras: Extras::default(),
            },
        };
        let written = self.change(address, |known| match known {
            Some(known) => (None, known.clone()),
            None => (Some(asked.clone()), asked.clone()),
        });
        let record = written.await?;
        Ok((record.state, record.admission))
    }

    /// The admission of a normalised address, if it is in that state.
    pub(super) async fn find(&self, address: &str, state: State) -> Result<Option<Admission>> {
        let key = self.records.keys.admission(address);
        let stored = self.records.get(&key).await?;
        let record = self.records.open(&key, stored.as_deref());
        let record = record.and_then(|text| self.live(&text));
        Ok(record
            .filter(|record| record.state == state && record.admission.email == address)
            .map(|record| record.admission))
    }

    /// Lets a normalised address in, whatever was decided of it before.
    pub(super) async fn invite(
        &self,
        invitation: Invitation,
        address: String,
    ) -> Result<Admission> {
        let now = (self.clock)();
        let record = &Record {
            state: State::Invited,
            admission: Admission {
                email: address,
                name: invitation.name,
                created_at: now,
                expires: now.saturating_add(invitation.expires_in),
                extras: invitation.extras,
            },
        };
        let address = &record.admission.email;
        let invited = self.change(address, |_| (Some(record.clone()), record.clone()));
        Ok(invited.await?.admission)
    }

    /// Turns a request down. `None` when there is none.
    pub(super) async fn reject(&self, address: &str) -> Result<Option<Admission>> {
        let rejected = self.change(address, |known| match known {
            Some(known) if known.state == State::Requested => {
                let mut record = known.clone();
                record.state = State::Rejected;
                (Some(record), Some(known.admission.clone()))
            }
            _ => (None, None),
        });
        rejected.await
    }

    /// Forgets what was decided of a normalised address, if it is in that state.
    pub(super) async fn remove(&self, address: &str, state: State) -> Result<Option<Admission>> {
        let key = &self.records.keys.admission(address);
        let remove = |attempt: Attempt| async move {
            let record = attempt.record().and_then(|text| self.live(text));
            Ok(match record.filter(|record| record.state == state) {
                Some(record) => attempt.remove(Some(record.admission)),
                None => Step::Done(None),
            })
        };
        let removed = self.records.change(key, None, remove).await?;
        if removed.is_some() {
            let index = Index::Admissions;
            self.records.remove_from_index(index, ALL, key).await?;
        }
        Ok(removed)
    }

    /// All that are in that state, oldest first.
    pub(super) async fn list(&self, state: State) -> Result<Vec<Admission>> {
        let keys = self.records.indexed(Index::Admissions, ALL).await?;
        let mut listed = vec![];
        for some in keys.chunks(LIST_CONCURRENCY) {
            let stored = try_join_all(some.iter().map(|key| self.records.get(key))).await?;
            for (key, stored) in some.iter().zip(stored) {
                let record = self.records.open(key, stored.as_deref());
                let record = record.and_then(|text| self.live(&text));
                listed.extend(record.filter(|it| it.state == state).map(|it| it.admission));
            }
        }
        listed.sort_by(|one, other| {
            (one.created_at, &one.email).cmp(&(other.created_at, &other.email))
        });
        Ok(listed)
    }

    /// Changes the record of a normalised address as `decide` says, by what is known of it: what it
    /// becomes, if it changes, and the outcome.
    async fn change<T>(
        &self,
        address: &str,
        decide: impl Fn(Option<&Record>) -> (Option<Record>, T),
    ) -> Result<T> {
        let (key, decide) = (&self.records.keys.admission(address), &decide);
        let change = |attempt: Attempt| async move {
            let known = attempt.record().and_then(|text| self.live(text));
            let (record, outcome) = decide(known.as_ref());
            let Some(record) = record else {
                return Ok(Step::Done(outcome));
            };
            let remaining = record.admission.expires.saturating_sub((self.clock)());
            let ttl = Duration::from_millis(u64::try_from(remaining).unwrap_or(0).max(1));
            let text = serde_json::to_string(&record).map_err(|_| Error::invalid_argument())?;
            // The index first: nobody could list, and so decide, what is not in it.
            let index = Index::Admissions;
            self.records
                .add_to_index(index, ALL, key, Some(ttl))
                .await?;
            Ok(attempt.replace(text, Some(ttl), outcome))
        };
        self.records.change(key, None, change).await
    }

    fn live(&self, text: &str) -> Option<Record> {
        let record: Record = serde_json::from_str(text).ok()?;
        (record.admission.expires > (self.clock)()).then_some(record)
    }
}

/// The error for a request that there is not.
pub(super) fn no_request() -> Error {
    let message = "nobody with that address has asked to come in";
    Error::refused(ErrorKind::RequestNotFound, message)
}
