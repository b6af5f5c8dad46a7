//! The redemptions whose sign-in goes on in this process.
//!
//! NextAuth redeems a code before it makes the user or stamps the address as proven. When that fails
//! in an outage, the code is put back, and the person types it again. NextAuth does not say which
//! redemption a failure belongs to: two tabs may finish one sign-up at once. So codes are put back
//! when as many sign-ins have failed as there were redemptions, and none once a sign-in got through or
//! was refused: nobody may have got in with a code that is put back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use super::code_record::{OUTSTANDING_CODES, SIGN_IN_MEMORY};

/// For how many people redemptions are remembered at most. Who is forgotten asks for another code.
const LIMIT: usize = 1_024;

/// A code that was redeemed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Redemption {
    /// Where the record of the code stands.
    pub(super) key: String,
    /// The code's digest.
    pub(super) code: String,
    /// The attempt that redeemed it.
    pub(super) attempt: String,
}

/// The redemptions for one person.
struct SignIns {
    redemptions: Vec<Redemption>,
    /// How many sign-ins have begun and not ended.
    pending: usize,
    began: Instant,
}

/// Redemptions by the person for whom the code was redeemed: the id of a user, or the normalised
/// address of somebody new.
pub(super) struct Redemptions(Mutex<LruCache<String, SignIns>>);

impl Redemptions {
    pub(super) fn new() -> Self {
        // With a capacity, it would take all of that memory at once.
        Self(Mutex::new(LruCache::unbounded()))
    }

    fn people(&self) -> MutexGuard<'_, LruCache<String, SignIns>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that a sign-in of `person` has begun.
    pub(super) fn began(&self, person: &str, redemption: Redemption) {
        let mut people = self.people();
        let none = || SignIns {
            redemptions: vec![],
            pending: 0,
            began: Instant::now(),
        };
        let earlier = people.pop(person);
        // The record, too, has forgotten an older one.
        let mut sign_ins = earlier
            .filter(|it| it.began.elapsed() < Duration::from_millis(SIGN_IN_MEMORY.unsigned_abs()))
            .unwrap_or_else(none);
        sign_ins.pending += 1;
        if sign_ins.redemptions.len() < OUTSTANDING_CODES {
            sign_ins.redemptions.push(redemption);
        }
        people.put(person.to_owned(), sign_ins);
        if people.len() > LIMIT {
            people.pop_lru();
        }
    }

    /// Notes that a sign-in of `person` got through, or was refused.
    pub(super) fn ended(&self, person: &str) {
        self.people().pop(person);
    }

    /// Notes that a sign-in of `person` has failed.
    pub(super) fn failed(&self, person: &str) -> Failed {
        let mut people = self.people();
        let Some(sign_ins) = people.get_mut(person) else {
            return Failed::Nothing;
        };
        sign_ins.pending -= 1;
        if sign_ins.pending > 0 {
            return Failed::Others;
        }
        let sign_ins = people.pop(person);
        Failed::All(sign_ins.map(|it| it.redemptions).unwrap_or_default())
    }
}

/// What it means that a sign-in has failed.
#[derive(Debug, PartialEq)]
pub(super) enum Failed {
    /// No code was redeemed for it.
    Nothing,
    /// Others of that person have not ended.
    Others,
    /// These codes are to be put back.
    All(Vec<Redemption>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redemption(number: usize) -> Redemption {
        Redemption {
            key: "key".to_owned(),
            code: number.to_string(),
            attempt: "attempt".to_owned(),
        }
    }

    #[test]
    fn a_code_is_put_back_when_all_sign_ins_of_the_person_have_failed() {
        let redemptions = Redemptions::new();
        redemptions.began("ada", redemption(1));
        assert_eq!(redemptions.failed("eve"), Failed::Nothing);
        redemptions.began("ada", redemption(2));
        assert_eq!(redemptions.failed("ada"), Failed::Others);
        let both = vec![redemption(1), redemption(2)];
        assert_eq!(redemptions.failed("ada"), Failed::All(both));
        assert_eq!(redemptions.failed("ada"), Failed::Nothing);
    }

    #[test]
    fn none_is_put_back_once_a_sign_in_got_through() {
        let redemptions = Redemptions::new();
        redemptions.began("ada", redemption(1));
        redemptions.began("ada", redemption(2));
        redemptions.ended("ada");
        assert_eq!(redemptions.failed("ada"), Failed::Nothing);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let redemptions = Redemptions::new();
        for number in 0..=LIMIT {
            redemptions.began(&number.to_string(), redemption(0));
        }
        assert_eq!(redemptions.failed("0"), Failed::Nothing);
        assert_eq!(redemptions.failed("1"), Failed::All(vec![redemption(0)]));
        for number in 0..1_000 {
            redemptions.began("ada", redemption(number));
        }
        for _ in 1..1_000 {
            assert_eq!(redemptions.failed("ada"), Failed::Others);
        }
        let all = redemptions.failed("ada");
        assert!(matches!(all, Failed::All(codes) if codes.len() == OUTSTANDING_CODES));
    }
}
