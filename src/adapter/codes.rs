//! Sign-in codes: NextAuth's verification tokens.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::code_record::{CodeRecord, Presented};
use super::keys::digest;
use crate::call_metrics::{Notice, notice};

use super::{Adapter, Error, Result, User, email, random, tries};

/// A code as NextAuth hands it over: `token` is its hash of the code, never the code itself.
#[derive(Clone, Serialize, Deserialize)]
pub struct VerificationToken {
    /// Whom the code was made for.
    pub identifier: String,
    /// NextAuth's hash of the code.
    pub token: String,
    /// When the code ends, in epoch milliseconds.
    pub expires: i64,
}

/// A code that somebody presents.
#[derive(Clone, Deserialize)]
pub struct PresentedToken {
    /// Who presents it. A callback URL may lack it.
    pub identifier: Option<String>,
    /// NextAuth's hash of the code.
    pub token: String,
}

impl Adapter {
    /// Keeps a code until it is redeemed or ends.
    pub async fn create_verification_token(
        &self,
        token: VerificationToken,
    ) -> Result<VerificationToken> {
        let key = self.keys.codes(&email::normalised(&token.identifier));
        let _turn = self.turn(&key).await;
        // Most often nothing is there, and finding that out costs a round trip.
        let mut guess = Some((None, CodeRecord::default()));
        for _ in tries() {
            let (stored, mut record) = match guess.take() {
                Some(nothing) => nothing,
                None => self.code_record(&key).await?,
            };
            let now = self.now();
            record.add(digest(&token.token), token.expires, now);
            let written = self.replace(&key, stored.as_deref(), &mut record, now);
            if let Some(text) = written.await? {
                self.note(key, &record, text);
                return Ok(token);
            }
        }
        Err(Error::contended(&*self.store))
    }

    /// Redeems a code: gives it back and makes sure that nobody gets it again. `None` when it is
    /// unknown, used, ended, or somebody else's.
    ///
    /// The user is looked up first. When the API is down the caller gets an error and the code
    /// still works a minute later; NextAuth would have burnt it. Where the code was made, its record
    /// is known and need not be read: it is replaced if it is still that one.
    pub async fn use_verification_token(
        &self,
        token: PresentedToken,
    ) -> Result<Option<VerificationToken>> {
        // A code belongs to an identifier. Without one there is nothing that it could belong to.
        let Some(presented) = token.identifier else {
            return Ok(None);
        };
        let identifier = email::normalised(&presented);
        let key = self.keys.codes(&identifier);
        let code = digest(&token.token);
        let mut user: Option<Option<User>> = None;
        let since = self.recent.moment();
        for round in tries() {
            // Guesses that arrive together go one after the other, instead of all reading the
            // same record of which one can replace it.
            let turn = self.turn(&key).await;
            let hint = self.outstanding.take(&key).filter(|_| round == 0);
            let hint = hint.and_then(hinted);
            let is_hint = hint.is_some();
            let (stored, mut record) = match hint {
                Some(hint) => hint,
                None => self.code_record(&key).await?,
            };
            let now = self.now();
            match record.present(&code, now, &self.options) {
                // By what the store held a moment ago: meanwhile a code may have been made elsewhere.
                Presented::Ignored | Presented::Refused if is_hint => {}
                Presented::Ignored => return Ok(None),
                Presented::Refused => {
                    notice(Notice::IdentifierRefused);
                    return Ok(None);
                }
                Presented::Miss(followed) => {
                    let written = self.replace(&key, stored.as_deref(), &mut record, now);
                    if let Some(text) = written.await? {
                        self.note(key, &record, text);
                        followed.into_iter().for_each(notice);
                        return Ok(None);
                    }
                }
                Presented::Match(expires) => {
                    drop(turn);
                    if user.is_none() {
                        let state = stored.as_deref().unwrap_or_default();
                        user = Some(self.find_by_email_as_of(&identifier, state).await?);
                    }
                    let written = self.replace(&key, stored.as_deref(), &mut record, now);
                    if let Some(text) = written.await? {
                        self.note(key, &record, text);
                        let user = user.as_ref().and_then(Option::as_ref);
                        self.recent.remember(since, &identifier, user);
                        // As presented: NextAuth compares it with the callback's parameter.
                        let redeemed = VerificationToken {
                            identifier: presented,
                            token: token.token,
                            expires,
                        };
                        return Ok(Some(redeemed));
                    }
                }
            }
        }
        Err(Error::contended(&*self.store))
    }

    /// The record at `key`, and the text that it was read from. A text that is no record is
    /// treated as none and replaced by the next write.
    async fn code_record(&self, key: &str) -> Result<(Option<String>, CodeRecord)> {
        let stored = self.store.get(key).await?;
        let record = stored
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        if stored.is_some() && record.is_none() {
            notice(Notice::RecordUnreadable);
        }
        Ok((stored, record.unwrap_or_default()))
    }

    /// Replaces the record at `key` if it is still the one that was read, and gives the text that
    /// then stands there.
    async fn replace(
        &self,
        key: &str,
        stored: Option<&str>,
        record: &mut CodeRecord,
        now: i64,
    ) -> Result<Option<String>> {
        record.sign(random::mark()?);
        let ttl = Duration::from_millis(record.remaining(now));
        let text = serde_json::to_string(record).map_err(|_| Error::invalid_argument())?;
        let is_replaced = self
            .store
            .compare_and_set(key, stored, Some(&text), Some(ttl))
            .await?;
        Ok(is_replaced.then_some(text))
    }

    /// Remembers the record at `key` while a code is outstanding.
    fn note(&self, key: String, record: &CodeRecord, text: String) {
        if record.has_codes() {
            self.outstanding.remember(key, text);
        }
    }
}

/// A record that this adapter wrote, and its text.
fn hinted(text: String) -> Option<(Option<String>, CodeRecord)> {
    let record = serde_json::from_str(&text).ok()?;
    Some((Some(text), record))
}
