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
use super::redemptions::{Redemption, Redemptions};
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
    pub(super) redemptions: Redemptions,
    pub(super) options: Arc<Options>,
    pub(super) clock: Clock,
}

impl Codes {
    pub(super) async fn create_verification_token(
        &self,
        token: VerificationToken,
    ) -> Result<VerificationToken> {
        let key = self.key(&email::normalised(&token.identifier));
        let (code, end, nonce) = (&digest(&token.token), token.expires, &random::nonce()?);
        let add = |attempt: Attempt| async move {
            let (mut record, now) = self.read(&attempt);
            if !record.add(code, end, nonce, now) {
                return Ok(Step::Done(()));
            }
            replace(attempt, record, nonce, now, |_| ())
        };
        // Most often nothing is there, and finding that out costs a round trip.
        let ((), written) = self.records.change_locked(&key, || Some(None), add).await?;
        self.note(&key, written);
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
        let (code, nonce) = (digest(&token.token), random::nonce()?);
        let since = self.users.moment();
        // Looked up once, however often the record has to be read.
        let user = OnceCell::new();
        let (spelling, code, nonce, user) = (presented.trim(), &code, &nonce, &user);
        let verify = |mut attempt: Attempt| async move {
            let (mut record, now) = self.read(&attempt);
            if attempt.is_guess && record.is_from_later(now) {
                return Ok(Step::Read);
            }
            let verdict = record.verify(code, nonce, now, &self.options);
            match verdict {
                // By what the store held a moment ago: a code may have been made elsewhere since.
                Verdict::Ignored | Verdict::Refused if attempt.is_guess => return Ok(Step::Read),
                Verdict::Ignored | Verdict::Refused | Verdict::Redeemed(_) => {
                    return Ok(Step::Done((verdict, false)));
                }
                Verdict::Miss(_) => {}
                Verdict::Match(_) => {
                    attempt.unlock();
                    let state = attempt.record().unwrap_or_default();
                    // Boxed: it takes room in each call, and wrong codes need none of it.
                    let look_up = || Box::pin(self.users.get_for_redemption(spelling, state));
                    let user = user.get_or_try_init(look_up).await?;
                    // NextAuth makes the user, or writes that the address is proven.
                    if user.as_ref().is_none_or(|it| it.email_verified.is_none()) {
                        record.keep_redeemed(nonce, now);
                    }
                }
            }
            replace(attempt, record, nonce, now, |has_codes| {
                (verdict, has_codes)
            })
        };
        let guess = || self.outstanding.take(&key).map(Some);
        let changed = self.records.change_locked(&key, guess, verify).await?;
        let ((verdict, has_codes), written) = changed;
        self.note(&key, written.filter(|_| has_codes));
        match verdict {
            Verdict::Match(expires) | Verdict::Redeemed(expires) => {
                let user: Option<&User> = user.get().and_then(Option::as_ref);
                self.users.remember_redeemed(since, spelling, user);
                let person = user.map_or(&*identifier, |user| &user.id);
                let (code, attempt) = (code.clone(), nonce.clone());
                self.redemptions
                    .began(person, Redemption { key, code, attempt });
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

    /// Tells what became of what NextAuth does after it redeemed a code for `person`: the id of a user,
    /// or the address of somebody new. An outage puts the code back; a refusal does not.
    pub(super) async fn followed<T>(&self, person: Option<String>, outcome: &Result<T>) {
        let Some(person) = person else { return };
        match outcome {
            Err(error) if error.is_outage() => {
                for redemption in self.redemptions.failed(&person) {
                    self.put_back(&redemption).await;
                }
            }
            _ => self.redemptions.ended(&person),
        }
    }

    /// Puts a code back if the record still says that this attempt redeemed it. When that fails, too,
    /// the code is lost: the caller is told of the first failure.
    async fn put_back(&self, Redemption { key, code, attempt }: &Redemption) {
        let Ok(nonce) = &random::nonce() else { return };
        let change = |stored: Attempt| async move {
            let (mut record, now) = self.read(&stored);
            if !record.put_back(code, attempt, now, &self.options) {
                return Ok(Step::Done(()));
            }
            replace(stored, record, nonce, now, |_| ())
        };
        if let Ok(((), written)) = self.records.change_locked(key, || None, change).await {
            self.note(key, written);
        }
    }

    /// The record in what is stored, and the time. A text that is no record is treated as none, and
    /// replaced by the next write.
    fn read(&self, attempt: &Attempt) -> (CodeRecord, i64) {
        let (stored, now) = (attempt.record(), (self.clock)());
        let record = stored.and_then(|text| serde_json::from_str(text).ok());
        if stored.is_some() && record.is_none() {
            notice(Notice::RecordUnreadable);
        }
        let mut record: CodeRecord = record.unwrap_or_default();
        if let Some(ttl) = attempt.ttl {
            record.adjust(now, ttl);
        }
        (record, now)
    }

    fn key(&self, identifier: &str) -> String {
        self.records.keys.codes(identifier)
    }

    /// Remembers the record that was written at `key`, if codes are outstanding in it.
    fn note(&self, key: &str, written: Option<String>) {
        match written {
            Some(text) => self.outstanding.remember(key.to_owned(), text),
            None => drop(self.outstanding.take(key)),
        }
    }
}

/// Keeps `record` for as long as it is of use. `nonce` is the call's own, and `outcome` gets to know
/// whether codes are outstanding.
fn replace<T>(
    attempt: Attempt,
    mut record: CodeRecord,
    nonce: &str,
    now: i64,
    outcome: impl FnOnce(bool) -> T,
) -> Result<Step<T>> {
    record.sign(nonce, now);
    let text = serde_json::to_string(&record).map_err(|_| Error::invalid_argument())?;
    let ttl = Duration::from_millis(record.remaining(now));
    Ok(attempt.replace(text, Some(ttl), outcome(record.has_codes(now))))
}
