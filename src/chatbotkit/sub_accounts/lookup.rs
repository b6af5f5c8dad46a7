//! Finding a sub-account by its e-mail address.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{SubAccount, SubAccounts};
use crate::chatbotkit::client::{Request, with_total_timeout};
use crate::chatbotkit::{Error, ErrorKind, Result, folded};

/// How many pages are read before the search is given up, each of up to 100 sub-accounts.
///
/// An API that honours the `email` filter answers with one page of at most one item.
pub const PAGE_LIMIT: usize = 100;

impl SubAccounts {
    /// The sub-account whose address is `email`, compared without regard to case, or `None`.
    ///
    /// Some databases behind the API compare addresses exactly. Where `email` is not in lower case,
    /// nobody is found in lower case, and so it is asked for as it is spelled, too. Who is stored in
    /// lower case is found first, so that all spellings lead to the same one.
    ///
    /// Every item is checked against the address, whatever the API was asked: an API that ignores
    /// the filter must never sign in somebody else. Its pages are then read until the right one is
    /// found. Should several sub-accounts differ in the case of their address alone, the one
    /// spelled exactly like `email` is taken, else the oldest.
    pub async fn find_by_email(&self, email: &str) -> Result<Option<SubAccount>> {
        with_total_timeout(async {
            let wanted = folded(email);
            match self.search(&wanted, &wanted).await? {
                None if wanted != email => self.search(email, &wanted).await,
                found => Ok(found),
            }
        })
        .await
    }

    /// The sub-account that is found by this spelling of its address, or `None`.
    pub async fn find_as_spelled(&self, email: &str) -> Result<Option<SubAccount>> {
        with_total_timeout(self.search(email, &folded(email))).await
    }

    /// Asks for `email` and takes whose address is `wanted` without regard to case.
    async fn search(&self, email: &str, wanted: &str) -> Result<Option<SubAccount>> {
        if wanted.is_empty() {
            return Ok(None);
        }
        let mut cursors = HashSet::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGE_LIMIT {
            let mut query = vec![("email", email)];
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let mut page = self.routes.send(&Request::list(&query)).await?;
            let items = items(&mut page)?;
            let is_last = items.is_empty();
            if let Some(user) = pick(items, email, wanted)? {
                return Ok(Some(user));
            }
            cursor = match page.remove("cursor") {
                None | Some(Value::Null) => return Ok(None),
                Some(Value::String(next)) if is_last || next.is_empty() => return Ok(None),
                Some(Value::String(next)) => Some(next),
                Some(_) => {
                    let detail = "answered with a cursor that is no text";
                    return Err(Error::new(ErrorKind::Unintelligible, detail));
                }
            };
            if !cursor.iter().all(|cursor| cursors.insert(cursor.clone())) {
                let detail = "answered with pages that lead back to themselves";
                return Err(Error::new(ErrorKind::Unintelligible, detail));
            }
        }
        let detail = format!(
            "ignores the email filter, and the user is not on the first {PAGE_LIMIT} pages"
        );
        Err(Error::new(ErrorKind::Unintelligible, detail))
    }
}

fn items(page: &mut Map<String, Value>) -> Result<Vec<Value>> {
    match page.remove("items") {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(Error::new(
            ErrorKind::Unintelligible,
            "answered with items that are no list",
        )),
    }
}

fn pick(items: Vec<Value>, email: &str, wanted: &str) -> Result<Option<SubAccount>> {
    let mut best: Option<SubAccount> = None;
    for item in items {
        let Value::Object(object) = item else {
            return Err(Error::new(
                ErrorKind::Unintelligible,
                "answered with an item that is no user",
            ));
        };
        // A sub-account without an address cannot be the one that is looked for.
        if object
            .get("email")
            .and_then(Value::as_str)
            .is_none_or(|it| folded(it) != wanted)
        {
            continue;
        }
        let user = SubAccount::read(object)?;
        if best
            .as_ref()
            .is_none_or(|best| rank(&user, email) < rank(best, email))
        {
            best = Some(user);
        }
    }
    Ok(best)
}

/// The lower, the better.
fn rank<'a>(user: &'a SubAccount, email: &str) -> (bool, i64, &'a str) {
    (
        user.email.as_deref() != Some(email),
        user.created_at,
        &user.id,
    )
}
