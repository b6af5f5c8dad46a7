//! Users who are contacts of one account.
//!
//! A user is a *trusted* contact with an e-mail address: one that somebody with a secret made or
//! verified. Visitors can plant contacts that claim any address; those are nobody ([`Contact::is_trusted`]).
//!
//! Nothing keeps two contacts from having one address. What is unique is the fingerprint, so contacts
//! are made with one that is derived from the address: however many servers make the contact of one
//! person at once, there is one.

use async_trait::async_trait;
use futures_util::future::join;

use super::fingerprint::{self, Fingerprint};
use super::{Changes, Created, Directory, NoteId, meta};
use crate::adapter::{ContactFields, Error, ErrorKind, NewUser, Result, User, email};
use crate::chatbotkit::{self, Config, Contact, ContactChanges, Contacts, NewContact};

/// Where a contact keeps what it has no field for, readable for other programs, too.
const EMAIL: &str = "email";
const IMAGE: &str = "image";

/// How long a name may be, in bytes.
const NAME_LIMIT: usize = 191;

/// How often a contact is made again that another call made at the same time: the next look of the API
/// finds it.
const CONFLICT_LIMIT: usize = 3;

/// The contacts of one account.
pub struct ContactDirectory {
    contacts: Contacts,
    rule: Box<dyn Fingerprint>,
    /// Whether contacts that are there already may be changed.
    may_update: bool,
}

impl ContactDirectory {
    /// A directory that has not connected to anything.
    #[must_use]
    pub fn new(config: Config, rule: Box<dyn Fingerprint>, may_update: bool) -> Self {
        let contacts = Contacts::new(config);
        Self {
            contacts,
            rule,
            may_update,
        }
    }

    /// An error of the API, with the host that it came from.
    fn error(&self, error: chatbotkit::Error) -> Error {
        Error::api(self.contacts.client().config().host(), error)
    }

    async fn fingerprint(&self, address: &str) -> Result<String> {
        fingerprint::checked(&*self.rule, address).await
    }

    async fn fetch(&self, id: &str) -> Result<Option<Contact>> {
        let contact = self.contacts.fetch(id).await;
        contact.map_err(|error| self.error(error))
    }

    /// The id of the contact with that fingerprint, which is there afterwards.
    async fn ensure(&self, contact: &NewContact) -> Result<String> {
        let mut conflicts = 0;
        loop {
            let error = match self.contacts.ensure(contact).await {
                Ok(id) => return Ok(id),
                Err(error) => error,
            };
            match error.kind() {
                chatbotkit::ErrorKind::Conflict if conflicts < CONFLICT_LIMIT => conflicts += 1,
                chatbotkit::ErrorKind::NotVerified => {
                    let message = "the contact with the fingerprint of this e-mail address is not \
                                   verified: set its verifiedAt, or delete it";
                    return Err(Error::refused(ErrorKind::ContactUnusable, message));
                }
                _ => return Err(self.error(error)),
            }
        }
    }

    /// `contact`, which has the fingerprint of a proven address, so that the address finds it. Programs
    /// that associate contacts by fingerprint alone leave the address out, or out of `meta`.
    async fn adopted(&self, mut contact: Contact, address: &str) -> Result<Contact> {
        let noted = contact.meta.as_ref().and_then(|meta| meta.get(EMAIL));
        let mut changes = ContactChanges::default();
        if noted.and_then(|it| it.as_str()) != Some(address) {
            changes.meta.insert(EMAIL.to_owned(), address.into());
        }
        if contact.email.is_none() {
            changes.email = Some(address.to_owned());
            contact.email.clone_from(&changes.email);
        }
        let updated = self.contacts.update(&contact.id, &changes).await;
        updated.map_err(|error| self.error(error))?;
        Ok(contact)
    }
}

#[async_trait]
impl Directory for ContactDirectory {
    fn noun(&self) -> &'static str {
        "Contact"
    }

    fn searches_lists(&self) -> bool {
        true
    }

    fn has_limits(&self) -> bool {
        false
    }

    fn secret(&self) -> Option<&str> {
        self.contacts.client().config().secret()
    }

    async fn find(&self, id: &str) -> Result<Option<User>> {
        Ok(self.fetch(id).await?.and_then(user))
    }

    async fn exists(&self, id: &str) -> Result<bool> {
        Ok(self.fetch(id).await?.is_some())
    }

    /// Of several trusted contacts, the one that this adapter would make is the user, or else one that
    /// is verified, or else the oldest. One whose address is known not to be proven comes after all
    /// others: whoever made it may only claim the address.
    async fn find_by_email(&self, spelling: &str) -> Result<Option<User>> {
        let ours = self.fingerprint(&email::normalised(spelling)).await?;
        let is_ours = |contact: &Contact| contact.fingerprint.as_ref() == Some(&ours);
        let is_claim =
            |contact: &Contact| meta::email_verified(contact.meta.as_ref()) == Some(None);
        let is_enough = |contact: &Contact| is_ours(contact) && !is_claim(contact);
        let found = self.contacts.find_by_email(spelling, is_enough).await;
        let found = found.map_err(|error| self.error(error))?;
        let rank = |contact: &Contact| {
            let is_verified = contact.verified_at.is_some();
            let (made, id) = (contact.created_at, contact.id.clone());
            (is_claim(contact), !is_ours(contact), !is_verified, made, id)
        };
        Ok(found.into_iter().min_by_key(rank).and_then(user))
    }

    /// A contact that was there already is told from a new one by the create key, which is read back.
    /// Its address is read, too: one that was given another address keeps its fingerprint.
    async fn create(
        &self,
        new: &NewUser,
        address: &str,
        create_key: &str,
        note_id: NoteId<'_>,
    ) -> Result<Created> {
        let mut meta = meta::of_new(new, create_key);
        meta.insert(EMAIL.to_owned(), address.into());
        if let Some(image) = new.image() {
            meta.insert(IMAGE.to_owned(), image.into());
        }
        let contact = NewContact {
            fingerprint: self.fingerprint(address).await?,
            email: address.to_owned(),
            name: new.name().map(|name| shortened(&name)),
            description: new.extras.description.clone(),
            meta,
        };
        let id = match self.ensure(&contact).await {
            Ok(id) => id,
            // The answer of a call that has made the contact may be lost.
            Err(error) if error.is_unclear() => {
                let found = self.find_by_email(address).await.ok().flatten();
                let made = found.filter(|user| self.create_key(user) == Some(create_key));
                return made.map(Created::New).ok_or(error);
            }
            Err(error) => return Err(error),
        };
        // It was made, whatever the reading of it comes to.
        let (found, ()) = join(self.fetch(&id), note_id(id.clone())).await;
        let Ok(Some(found)) = found else {
            return Err(self.error(chatbotkit::Error::unconfirmed_create()));
        };
        if meta::create_key(found.meta.as_ref()) == Some(create_key) {
            return user(found).map(Created::New).ok_or_else(|| no_address(&id));
        }
        // The id in an answer is not believed.
        if found.fingerprint.as_ref() != Some(&contact.fingerprint) || !found.is_trusted() {
            return Err(self.error(chatbotkit::Error::unconfirmed_create()));
        }
        let is_other = |it: &String| email::normalised(it) != address;
        if found.email.as_ref().is_some_and(is_other) {
            let what = "has another e-mail address: give it another fingerprint, or this address";
            return Err(unusable(&id, what));
        }
        let found = match new.email_verified {
            Some(_) if self.may_update => self.adopted(found, address).await?,
            _ => found,
        };
        let existing = user(found).map(Created::Existing);
        existing.ok_or_else(|| no_address(&id))
    }

    fn create_key<'a>(&self, user: &'a User) -> Option<&'a str> {
        meta::create_key(user.meta.as_ref())
    }

    async fn update(&self, user: &User, changes: &Changes) -> Result<()> {
        let mut sent = ContactChanges {
            name: changes.name.clone().map(Option::unwrap_or_default),
            email: changes.email.clone(),
            meta: meta::changed(user, changes),
            ..ContactChanges::default()
        };
        if let Some(image) = changes.image.clone() {
            sent.meta
                .insert(IMAGE.to_owned(), image.unwrap_or_default().into());
        }
        let fields = user.contact.as_ref();
        if let Some(address) = &changes.email {
            sent.meta.insert(EMAIL.to_owned(), address.clone().into());
            // Whoever has the old address from now on would be given this contact. A fingerprint that
            // another program chose is not ours to change.
            let old = self.fingerprint(&email::normalised(&user.email)).await?;
            if fields.and_then(|it| it.fingerprint.as_ref()) == Some(&old) {
                sent.fingerprint = Some(self.fingerprint(address).await?);
            }
        }
        if fields.is_none_or(|it| it.verified_at.is_none()) {
            sent.verified_at = changes.email_verified.flatten();
        }
        let updated = self.contacts.update(&user.id, &sent).await;
        updated.map_err(|error| match error.kind() {
            chatbotkit::ErrorKind::Conflict => Error::email_taken(),
            chatbotkit::ErrorKind::NotFound => Error::no_such_user(),
            _ => self.error(error),
        })
    }

    async fn delete(&self, id: &str) -> Result<()> {
        match self.contacts.delete(id).await {
            Err(error) if error.kind() != chatbotkit::ErrorKind::NotFound => Err(self.error(error)),
            _ => Ok(()),
        }
    }

    fn timed_out(&self) -> Error {
        self.error(chatbotkit::Error::total_timeout())
    }
}

fn no_address(id: &str) -> Error {
    unusable(id, "has no e-mail address: give it this one")
}

fn unusable(id: &str, what: &str) -> Error {
    let message =
        format!("the contact {id} has the fingerprint of this e-mail address, and {what}");
    Error::refused(ErrorKind::ContactUnusable, message)
}

/// As much of a name as the API takes. One that is too long must not keep somebody out.
fn shortened(name: &str) -> String {
    let ends = name.char_indices().map(|(at, it)| at + it.len_utf8());
    let end = ends.take_while(|end| *end <= NAME_LIMIT).last();
    name[..end.unwrap_or_default()].to_owned()
}

/// The user that a contact is, or `None` when it is not trusted or has no address.
fn user(contact: Contact) -> Option<User> {
    if !contact.is_trusted() {
        return None;
    }
    let image = contact.meta.as_ref().and_then(|meta| meta.get(IMAGE));
    let image = image.and_then(|it| it.as_str()).map(str::to_owned);
    Some(User {
        email_verified: meta::email_verified(contact.meta.as_ref()).unwrap_or(contact.verified_at),
        email: contact.email?,
        id: contact.id,
        name: contact.name,
        image: image.filter(|image| !image.is_empty()),
        created_at: contact.created_at,
        updated_at: contact.updated_at,
        description: contact.description,
        limits: None,
        meta: contact.meta,
        contact: Some(Box::new(ContactFields {
            fingerprint: contact.fingerprint,
            verified_at: contact.verified_at,
            phone: contact.phone,
            nick: contact.nick,
            preferences: contact.preferences,
        })),
    })
}
