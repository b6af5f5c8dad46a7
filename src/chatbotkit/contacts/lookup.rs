//! Finding contacts by their e-mail address.

use serde_json::Value;

use super::{Contact, Contacts};
use crate::chatbotkit::client::{Request, with_total_timeout};
use crate::chatbotkit::collection::Routes as _;
use crate::chatbotkit::pages::Pages;
use crate::chatbotkit::{Error, ErrorKind, Result, folded};

/// How many pages are read before the search is given up. Anybody who talks to a public bot can plant
/// contacts that are on them.
const PAGE_LIMIT: usize = 10;

/// How many contacts a page has, as the API understands it and as a number: the most that it gives.
const TAKE: (&str, usize) = ("100", 100);

impl Contacts {
    /// The trusted contacts whose address is `email`, compared without regard to case, oldest first.
    ///
    /// The API finds contacts by what is in their `meta` only, compared exactly, so `meta.email` is
    /// looked for in lower case and, where nobody is found, as `email` is spelled. Everybody may have
    /// written it there: what counts is the contact's own address, and who made the contact.
    ///
    /// The search goes on until `is_enough` says that no better one can follow, or for ten pages. Then
    /// whoever planted a thousand contacts with one `meta.email` has hidden those that are newer.
    pub async fn find_by_email(
        &self,
        email: &str,
        is_enough: impl Fn(&Contact) -> bool + Send + Sync,
    ) -> Result<Vec<Contact>> {
        with_total_timeout(async {
            let wanted = folded(email);
            let found = self.search(&wanted, &wanted, &is_enough).await?;
            if !found.is_empty() || wanted == email {
                return Ok(found);
            }
            self.search(email, &wanted, &is_enough).await
        })
        .await
    }

    async fn search(
        &self,
        email: &str,
        wanted: &str,
        is_enough: &(impl Fn(&Contact) -> bool + Send + Sync),
    ) -> Result<Vec<Contact>> {
        let mut found = vec![];
        // An empty filter would list everybody.
        if wanted.is_empty() {
            return Ok(found);
        }
        let mut is_filtered = true;
        let mut pages = Pages::default();
        for _ in 0..PAGE_LIMIT {
            let query = [("meta.email", email), ("order", "asc"), ("take", TAKE.0)];
            let query = pages.query(&query);
            let page = self.records.routes.send(&Request::list(&query)).await?;
            let records = pages.read(page)?;
            // The API gives a cursor with every page that is not empty.
            let is_last = records.len() < TAKE.1;
            for record in records {
                let noted = record.get("meta").and_then(|meta| meta.get("email"));
                is_filtered &= noted.and_then(Value::as_str) == Some(email);
                let address = record.get("email").and_then(Value::as_str);
                if address.is_none_or(|it| folded(it) != wanted) {
                    continue;
                }
                let contact = Contact::read(record)?;
                if contact.is_trusted() {
                    found.push(contact);
                    if found.last().is_some_and(is_enough) {
                        return Ok(found);
                    }
                }
            }
            if is_last || !pages.has_next()? {
                return Ok(found);
            }
        }
        if is_filtered || !found.is_empty() {
            return Ok(found);
        }
        let detail = format!(
            "ignores the filter by meta.email, and the user is not on the first {PAGE_LIMIT} pages"
        );
        Err(Error::new(ErrorKind::Unintelligible, detail))
    }
}
