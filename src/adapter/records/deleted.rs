//! What keeps calls that are under way from leaving anything of a user who is being deleted.
//!
//! A deletion removes what it finds in the user's indices. An account that is linked at that moment
//! may get there later, through any instance. So the deletion leaves tombstones, and both sides write
//! before they read:
//!
//! * The deletion leaves a tombstone of the user, then reads the indices. A call adds to the index,
//!   then writes its record, and reads the user's tombstone while it does so. One of the two sees the
//!   other.
//! * Where the deletion sees in the index what is not written yet, it leaves a tombstone at the
//!   record's own key, so that the call finds the place taken.

use std::time::Duration;

use super::Records;
use crate::adapter::{Error, Result};

/// How long the tombstone of a deleted user stays: longer than a call goes on that saw the user before,
/// which is a look-up of a minute, what was seen of the user (`SEEN_TTL`), and the store's time.
const DELETED_TTL: Duration = Duration::from_millis(180_000);

/// How long the tombstone at the place of a record stays: longer than a call to a store goes on.
pub(crate) const VACATED_TTL: Duration = Duration::from_millis(30_000);

impl Records {
    /// Marks a user as deleted.
    pub(crate) async fn mark_deleted(&self, id: &str) -> Result<()> {
        self.put(&self.keys.deleted(id), "{}", DELETED_TTL).await
    }

    /// Whether a user was deleted a moment ago.
    pub(super) async fn is_deleted(&self, id: &str) -> Result<bool> {
        let key = self.keys.deleted(id);
        let stored = self.get(&key).await?;
        // One that does not open is somebody else's, who would lock the user out.
        Ok(self.open(&key, stored.as_deref()).is_some())
    }
}

/// The tombstone in the place of a record that the deleted user `id` was about to have.
pub(crate) fn vacated(id: &str) -> String {
    serde_json::json!({ "vacated": id }).to_string()
}

/// Refuses to write where a deletion of the user `id` has left that tombstone.
pub(crate) fn check_not_vacated(record: Option<&str>, id: &str) -> Result<()> {
    if record.is_some_and(|record| record == vacated(id)) {
        return Err(Error::no_such_user());
    }
    Ok(())
}
