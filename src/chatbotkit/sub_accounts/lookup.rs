//! Finding a sub-account by its e-mail address.

use serde_json::{Map, Value};

use super::{SubAccount, SubAccounts};
use crate::chatbotkit::client::{Request, with_total_timeout};
use crate::chatbotkit::collection::Routes as _;
use crate::chatbotkit::pages::Pages;
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
        let mut pages = Pages::default();
        for _ in 0..PAGE_LIMIT {
            let query = pages.query(&[("email", email)]);
            let page = self.records.routes.send(&Request::list(&query)).await?;
            if let Some(account) = pick(pages.read(page)?, email, wanted)? {
                return Ok(Some(account));
            }
            if !pages.has_next()? {
                return Ok(None);
            }
        }
        let detail = format!(
            "ignores the email filter, and the user is not on the first {PAGE_LIMIT} pages"
        );
        Err(Error::new(ErrorKind::Unintelligible, detail))
    }
}

fn pick(records: Vec<Map<String, Value>>, email: &str, wanted: &str) -> Result<Option<SubAccount>> {
    let mut best: Option<SubAccount> = None;
    for record in records {
        // A sub-account without an address cannot be the one that is looked for.
        let address = record.get("email").and_then(Value::as_str);
        if address.is_none_or(|it| folded(it) != wanted) {
            continue;
        }
        let account = SubAccount::read(record)?;
        if best
            .as_ref()
            .is_none_or(|best| rank(&account, email) < rank(best, email))
        {
            best = Some(account);
        }
    }
    Ok(best)
}

/// The lower, the better.
fn rank<'a>(account: &'a SubAccount, email: &str) -> (bool, i64, &'a str) {
    (
        account.email.as_deref() != Some(email),
        account.created_at,
        &account.id,
    )
}
