//! Sign-in codes: NextAuth's verification tokens.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::cache::UserCache;
use super::code_record::{CodeRecord, Verdict};
use super::hint_cache::HintCache;
use super::keys::digest;
use super::records::{Attempt, Records, Step};
use super::{Clock, Error, Options, Result, User, email, random};
use crate::call_metrics::{Notice, notice};

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

/// The sign-in codes of an adapter.
pub(super) struct Codes {
    pub(super) records: Arc<Records>,
    pub(super) users: Arc<UserCache>,
    /// The records of codes that are outstanding, as this adapter wrote them.
    pub(super) outstanding: HintCache,
    pub(super) options: Arc<Options>,
    pub(super) clock: Clock,
}

impl Codes {
    pub(super) async fn create_verification_token(
        &self,
        token: VerificationToken,
    ) -> Result<VerificationToken> {
        let key = self.key(&email::normalised(&token.identifier));
        let new = &token;
        let add = |attempt: Attempt| async move {
            let (mut record, now) = (read(attempt.record()), (self.clock)());
            record.add(digest(&new.token), new.expires, now);
            replace(attempt, record, now, |_| ())
        };
        // Most often nothing is there, and finding that out costs a round trip.
        let ((), written) = self.records.change_locked(&key, || Some(None), add).await?;
        self.note(key, written);
        Ok(token)
    }

    /// The user is looked up first. When the API is down the caller gets an error and the code
    /// still works a minute later; NextAuth would have burnt it. Where the code was made, its record
    /// is known and need not be read: it is replaced if it is still that one.
    pub(super) async fn use_verification_token(
        &self,
        token: PresentedToken,
    ) -> Result<Option<VerificationToken>> {
        // A code belongs to an identifier. Without one there is nothing that it could belong to.
        let Some(presented) = token.identifier else {
            return Ok(None);
        };
        let identifier = email::normalised(&presented);
        let key = self.key(&identifier);
        let code = digest(&token.token);
        let since = self.users.moment();
        // Looked up once, however often the record has to be read.
        let user = OnceCell::new();
        let (identifier, code, user) = (&identifier, &code, &user);
        let verify = |mut attempt: Attempt| async move {
            let (mut record, now) = (read(attempt.record()), (self.clock)());
            let verdict = record.verify(code, now, &self.options);
            match verdict {
                // By what the store held a moment ago: a code may have been made elsewhere since.
                Verdict::Ignored | Verdict::Refused if attempt.is_guess => return Ok(Step::Read),
                Verdict::Ignored | Verdict::Refused => return Ok(Step::Done((verdict, false))),
                Verdict::Miss(_) => {}
                Verdict::Match(_) => {
                    attempt.unlock();
                    let state = attempt.record().unwrap_or_default();
                    let look_up = || self.users.get_for_redemption(identifier, state);
                    user.get_or_try_init(look_up).await?;
                }
            }
            replace(attempt, record, now, |has_codes| (verdict, has_codes))
        };
        let guess = || self.outstanding.take(&key).map(Some);
        let changed = self.records.change_locked(&key, guess, verify).await?;
        let ((verdict, has_codes), written) = changed;
        self.note(key, written.filter(|_| has_codes));
        match verdict {
            Verdict::Match(expires) => {
                let user: Option<&User> = user.get().and_then(Option::as_ref);
                self.users.remember_redeemed(since, identifier, user);
                // As presented: NextAuth compares it with the callback's parameter.
                return Ok(Some(VerificationToken {
                    identifier: presented,
                    token: token.token,
                    expires,
                }));
            }
            Verdict::Miss(followed) => followed.into_iter().for_each(notice),
            Verdict::Refused => notice(Notice::IdentifierRefused),
            Verdict::Ignored => {}
        }
        Ok(None)
    }

    fn key(&self, identifier: &str) -> String {
        self.records.keys.codes(identifier)
    }

    /// Remembers the record that was written at `key`.
    fn note(&self, key: String, written: Option<String>) {
        if let Some(text) = written {
            self.outstanding.remember(key, text);
        }
    }
}

/// The record in what is stored. A text that is no record is treated as none, and replaced by the
/// next write.
fn read(stored: Option<&str>) -> CodeRecord {
    let record = stored.and_then(|text| serde_json::from_str(text).ok());
    if stored.is_some() && record.is_none() {
        notice(Notice::RecordUnreadable);
    }
    record.unwrap_or_default()
}

/// Keeps `record` for as long as it is of use. `outcome` gets to know whether codes are outstanding.
fn replace<T>(
    attempt: Attempt,
    mut record: CodeRecord,
    now: i64,
    outcome: impl FnOnce(bool) -> T,
) -> Result<Step<T>> {
    record.set_nonce(random::nonce()?);
    let text = serde_json::to_string(&record).map_err(|_| Error::invalid_argument())?;
    let ttl = Duration::from_millis(record.remaining(now));
    Ok(attempt.replace(text, Some(ttl), outcome(record.has_codes())))
}
