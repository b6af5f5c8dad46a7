//! What becomes of a code whose redemption was followed by a failure.

use super::{Codes, replace};
use crate::adapter::records::{Attempt, Step};
use crate::adapter::redemptions::{Failed, Redemption};
use crate::adapter::{Error, Result, random};

impl Codes {
    /// What became of what NextAuth does after it redeemed a code for `person`: the id of a user, or
    /// the address of somebody new. An outage puts the code back; a refusal does not.
    pub(in crate::adapter) async fn followed<T>(
        &self,
        person: Option<String>,
        outcome: Result<T>,
    ) -> Result<T> {
        let Some(person) = person else { return outcome };
        let mut error = match outcome {
            Err(error) if error.is_outage() => error,
            outcome => {
                self.redemptions.ended(&person);
                return outcome;
            }
        };
        let redemptions = match self.redemptions.failed(&person) {
            Failed::Nothing => vec![],
            // Another may have got in, or will: nothing can be put back.
            Failed::Others => return Err(error.code_in_doubt()),
            Failed::All(redemptions) => redemptions,
        };
        for redemption in redemptions {
            error = self.put_back(&redemption, error).await;
        }
        Err(error)
    }

    /// Puts a code back because of `error`, if the record still says that this attempt redeemed it,
    /// and gives back the error to fail with: one that says so when the code is lost.
    pub(super) async fn put_back(&self, redemption: &Redemption, error: Error) -> Error {
        // Boxed: it takes room in each call, and few need it.
        match Box::pin(self.try_to_put_back(redemption)).await {
            Ok(true) => error,
            Ok(false) => Error::code_lost(error, None),
            Err(second) => Error::code_lost(error, Some(second)),
        }
    }

    async fn try_to_put_back(&self, redemption: &Redemption) -> Result<bool> {
        let Redemption { key, code, attempt } = redemption;
        let nonce = &random::nonce()?;
        let change = |stored: Attempt| async move {
            let (mut record, now) = self.read(key, &stored);
            let is_changed = record.put_back(code, attempt, now, &self.options);
            // It is there, too, if the answer to an earlier write was lost. It is not if wrong codes since
            // then, with those before it, have made it void.
            let is_back = record.is_outstanding(code);
            if !is_changed {
                return Ok(Step::Done(is_back));
            }
            replace(stored, record, nonce, now, is_back)
        };
        let (is_back, written) = self.records.change_locked(key, || None, change).await?;
        self.note(key, written);
        Ok(is_back)
    }
}
