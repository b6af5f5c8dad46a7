//! Finding contacts by their e-mail address.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::contact::is_trusted;
use super::{Contact, Contacts};
use crate::chatbotkit::client::{Request, with_total_timeout};
use crate::chatbotkit::pages::Pages;
use crate::chatbotkit::{Error, ErrorKind, Result, folded};

/// How many pages are read before the search is given up. Anybody who talks to a public bot can plant
/// contacts that are on them, and each page counts against the account's limit on lists.
const PAGE_LIMIT: usize = 3;

/// How many contacts a page has: the most that the API gives, and less where a page is too long to be
/// read. Whoever plants contacts decides how long they are.
const TAKES: [(&str, usize); 3] = [("100", 100), ("10", 10), ("1", 1)];

impl Contacts {
    /// The trusted contacts whose address is `email`, compared without regard to case, oldest first.
    ///
    /// The API finds contacts by what is in their `meta` only, compared exactly, so `meta.email` is
    /// looked for in lower case and, where nobody is found, as `email` is spelled. Everybody may have
    /// written it there: what counts is the contact's own address, and who made the contact.
    ///
    /// The search goes on until `is_enough` says that no better one can follow, or for three pages. Then
    /// whoever planted enough contacts with one `meta.email` has hidden those that are newer.
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
        let mut takes = TAKES.into_iter();
        let Some((mut take, mut size)) = takes.next() else {
            return Ok(found);
        };
        let mut read = 0;
        while read < PAGE_LIMIT {
            let query = [("meta.email", email), ("order", "asc"), ("take", take)];
            let query = pages.query(&query);
            let page = match self.page(&Request::list(&query)).await {
                Err(error) if error.kind() == ErrorKind::TooLarge => {
                    let smaller = takes.next();
                    (take, size) = smaller.ok_or(error)?;
                    continue;
                }
                page => page?,
            };
            read += 1;
            let records = pages.read_raw(page);
            // The API gives a cursor with every page that is not empty.
            let is_last = records.len() < size;
            for record in records {
                let glance = Glance::of(&record);
                is_filtered &= glance.noted_email.as_deref() == Some(email);
                if !glance.is_trusted
                    || glance.email.map(|it| folded(&it)).as_deref() != Some(wanted)
                {
                    continue;
                }
                found.push(read_contact(&record)?);
                if found.last().is_some_and(is_enough) {
                    return Ok(found);
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

/// As much of a contact as it takes to know whether it is to be read. What cannot be read is not there:
/// a visitor may have written it.
#[derive(Default)]
struct Glance {
    email: Option<String>,
    noted_email: Option<String>,
    is_trusted: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    #[serde(borrow)]
    email: Option<&'a RawValue>,
    #[serde(borrow)]
    fingerprint: Option<&'a RawValue>,
    #[serde(borrow)]
    verified_at: Option<&'a RawValue>,
    #[serde(borrow)]
    meta: Option<&'a RawValue>,
}

impl Glance {
    fn of(record: &RawValue) -> Self {
        let members: Members = serde_json::from_str(record.get()).unwrap_or_default();
        let meta = members.meta.map_or("null", RawValue::get);
        let noted: Members = serde_json::from_str(meta).unwrap_or_default();
        let fingerprint: Option<String> = value(members.fingerprint);
        Self {
            email: value(members.email),
            noted_email: value(noted.email),
            is_trusted: is_trusted(value(members.verified_at), fingerprint.as_deref()),
        }
    }
}

fn value<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

fn read_contact(record: &RawValue) -> Result<Contact> {
    let object = serde_json::from_str(record.get()).map_err(|_| {
        let detail = "answered with a contact that cannot be read";
        Error::new(ErrorKind::Unintelligible, detail)
    })?;
    Contact::read(object)
}
