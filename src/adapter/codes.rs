//! Sign-in codes: NextAuth's verification tokens.

mod put_back;

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, join, select};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::cache::{Remembered, UserCache};
use super::code_record::{CodeRecord, Counts, Verdict};
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

/// Whom a look-up found. Boxed: users are large, and wrong codes have none.
type Found = Result<Option<Box<User>>>;

/// The sign-in codes of an adapter.
pub(super) struct Codes {
    pub(super) records: Arc<Records>,
    pub(super) users: Arc<UserCache>,
    /// The records of codes, as this adapter wrote them last.
    pub(super) written: HintCache,
    /// How far those had counted.
    pub(super) counts: HintCache<Counts>,
    pub(super) redemptions: Redemptions,
    pub(super) options: Arc<Options>,
    pub(super) clock: Clock,
}

impl Codes {
    /// NextAuth has just looked the person up. Who was found stands in the record, so that redeeming
    /// the code need not find that out.
    pub(super) async fn create_verification_token(
        &self,
        token: VerificationToken,
    ) -> Result<VerificationToken> {
        let address = email::normalised(&token.identifier);
        let key = self.key(&address);
        let (code, end, nonce) = (&digest(&token.token), token.expires, &random::nonce()?);
        let known = &self.users.ids.known(&address);
        let key = &key;
        let add = |attempt: Attempt| async move {
            let (mut record, now) = self.read(key, &attempt);
            if attempt.is_guess && record.is_from_later(now) {
                return Ok(Step::Read);
            }
            if !record.add(code, end, nonce, now) {
                return Ok(Step::Done(()));
            }
            if !known.is_unread() {
                record.known = known.clone();
            }
            replace(attempt, record, nonce, now, ())
        };
        // Most often nothing is there, and finding that out costs a round trip.
        let guess = || Some(self.last_written(key));
        let added = self.records.change_locked(key, guess, add).await;
        let ((), written) = added?;
        self.note(key, written);
        Ok(token)
    }

    /// The code is consumed and the user looked up at the same time. When the look-up fails the code
    /// is put back, so an outage of the API is an error after which the code still works; NextAuth
    /// would have burnt it.
    pub(super) async fn use_verification_token(
        &self,
        token: PresentedToken,
    ) -> Result<Option<VerificationToken>> {
        // A code belongs to an identifier. Without one there is nothing that it could belong to.
        let Some(presented) = token.identifier else {
            return Ok(None);
        };
        let (identifier, spelling) = (email::normalised(&presented), presented.trim());
        let redemption = Redemption {
            key: self.key(&identifier),
            code: digest(&token.token),
            attempt: random::nonce()?,
        };
        let since = self.users.moment();
        let (verdict, found) = self.redeem(&redemption, spelling).await?;
        match verdict {
            Verdict::Match(expires) | Verdict::Redeemed(expires) => {
                let user = match found {
                    Ok(user) => user,
                    Err(error) => return Err(self.put_back(&redemption, error).await),
                };
                self.users
                    .remember_redeemed(since, spelling, user.as_deref());
                let person = user.as_ref().map_or(&*identifier, |user| &user.id);
                self.redemptions.began(person, redemption);
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

    /// What presenting a code came to, and whose it is if it was right. Where the code was made, its
    /// record is known and need not be read: it is replaced if it is still that one.
    async fn redeem(
        &self,
        Redemption { key, code, attempt }: &Redemption,
        spelling: &str,
    ) -> Result<(Verdict, Found)> {
        // Begun once, however often the record has to be read.
        let (begin, asked) = oneshot::channel();
        let begin = &Mutex::new(Some(begin));
        let counts = &Mutex::new(None);
        let verify = |stored: Attempt| async move {
            let (mut record, now) = self.read(key, &stored);
            if stored.is_guess && record.is_from_later(now) {
                return Ok(Step::Read);
            }
            let verdict = record.verify(code, attempt, now, &self.options);
            match verdict {
                // By what the store held a moment ago: a code may have been made elsewhere since.
                Verdict::Ignored | Verdict::Refused if stored.is_guess => return Ok(Step::Read),
                Verdict::Ignored | Verdict::Refused | Verdict::Redeemed(_) => {
                    return Ok(Step::Done(verdict));
                }
                Verdict::Miss(_) => {
                    let counted = Some(record.counts(now));
                    *counts.lock().unwrap_or_else(PoisonError::into_inner) = counted;
                }
                Verdict::Match(_) => {
                    let mut begin = begin.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(begin) = begin.take() {
                        let state = stored.record().unwrap_or_default().to_owned();
                        let _ = begin.send((state, record.known.clone()));
                    }
                }
            }
            replace(stored, record, attempt, now, verdict)
        };
        let guess = || self.written.take(key).map(Some);
        let change = pin!(self.records.change_locked(key, guess, verify));
        let look_up = pin!(self.look_up(spelling, asked));
        let (changed, look_up) = match select(change, look_up).await {
            Either::Left((changed, look_up)) => (changed, Either::Left(look_up)),
            Either::Right((found, change)) => (change.await, Either::Right(found)),
        };
        let is_begun = || begin.lock().is_ok_and(|begin| begin.is_none());
        let doubt = |it: Error| if is_begun() { it.code_in_doubt() } else { it };
        let (verdict, written) = changed.map_err(doubt)?;
        self.note(key, written);
        match (&verdict, counts.lock().ok().and_then(|mut it| it.take())) {
            (Verdict::Miss(_), Some(counted)) => self.counts.remember(key.clone(), counted),
            (Verdict::Match(_), _) => drop(self.counts.take(key)),
            _ => {}
        }
        let found = match (&verdict, look_up) {
            (_, Either::Right(found)) => found,
            (Verdict::Match(_) | Verdict::Redeemed(_), Either::Left(look_up)) => look_up.await,
            // Perhaps one is under way, for a code that was used elsewhere. It is given up.
            _ => Ok(None),
        };
        Ok((verdict, found))
    }

    /// The user for whom a code is redeemed, once it is known that it is right.
    async fn look_up(
        &self,
        spelling: &str,
        asked: oneshot::Receiver<(String, Remembered)>,
    ) -> Found {
        match asked.await {
            Ok((state, known)) => {
                // Boxed: it takes room in each call, and wrong codes need none of it.
                let note = Box::pin(self.note_known(spelling, known.clone()));
                let look_up = Box::pin(self.users.get_for_redemption(spelling, &state, known));
                let ((), found) = join(note, look_up).await;
                Ok(found?.map(Box::new))
            }
            Err(_) => Ok(None),
        }
    }

    /// Has the store remember whose the address is that was just proven, unless it does. Not when the code
    /// is asked for: that would tell strangers who has an account.
    async fn note_known(&self, spelling: &str, known: Remembered) {
        let (address, ids) = (email::normalised(spelling), &self.users.ids);
        if let Remembered::User(id) = known
            && ids.is_unwritten(&address)
        {
            ids.note(&address, &id).await;
        }
    }

    /// The record in what is stored, and the time. A text that is no record is treated as none, and
    /// replaced by the next write.
    fn read(&self, key: &str, attempt: &Attempt) -> (CodeRecord, i64) {
        let (stored, now) = (attempt.record(), (self.clock)());
        let record = stored.and_then(|text| serde_json::from_str(text).ok());
        if stored.is_some() && record.is_none() {
            notice(Notice::RecordUnreadable);
        }
        let mut record: CodeRecord = record.unwrap_or_default();
        let written_at = record.written_at();
        if let Some(ttl) = attempt.ttl {
            record.adjust(now, ttl);
        }
        if let Some(counts) = self.counts.get(key) {
            record.count_on(&counts, written_at);
        }
        (record, now)
    }

    fn key(&self, identifier: &str) -> String {
        self.records.keys.codes(identifier)
    }

    /// Remembers the record that was written at `key`, if one was.
    fn note(&self, key: &str, written: Option<String>) {
        match written {
            Some(text) => self.written.remember(key.to_owned(), text),
            None => drop(self.written.take(key)),
        }
    }

    /// What this adapter wrote at `key` last, unless it has ended.
    fn last_written(&self, key: &str) -> Option<String> {
        let text = self.written.take(key)?;
        let record: CodeRecord =
            serde_json::from_str(&self.records.open(key, Some(&text))?).ok()?;
        (!record.has_ended((self.clock)())).then_some(text)
    }
}

/// Keeps `record` for as long as it is of use. `nonce` is the call's own.
fn replace<T>(
    attempt: Attempt,
    mut record: CodeRecord,
    nonce: &str,
    now: i64,
    outcome: T,
) -> Result<Step<T>> {
    record.sign(nonce, now);
    let text = serde_json::to_string(&record).map_err(|_| Error::invalid_argument())?;
    let ttl = Duration::from_millis(record.remaining(now));
    Ok(attempt.replace(text, Some(ttl), outcome))
}
