//! Users as arrays, whose members `lib/rows.js` names again.
//!
//! Node looks each name in a JSON text up in a table of all names that it knows, which costs more
//! than reading the value.

use serde::{Serialize, Serializer};

use crate::adapter::{Session, SessionAndUser, User};

/// A user.
pub(super) struct UserRow(User);

impl From<User> for UserRow {
    fn from(user: User) -> Self {
        Self(user)
    }
}

impl Serialize for UserRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let User {
            id,
            email,
            email_verified,
            name,
            image,
            created_at,
            updated_at,
            description,
            limits,
            meta,
        } = &self.0;
        let members = (
            id,
            email,
            email_verified,
            name,
            image,
            created_at,
            updated_at,
            description,
            limits,
            meta,
        );
        members.serialize(serializer)
    }
}

/// A session with its user.
#[derive(Serialize)]
pub(super) struct SessionRow(String, String, i64, UserRow);

impl From<SessionAndUser> for SessionRow {
    fn from(SessionAndUser { session, user }: SessionAndUser) -> Self {
        let Session {
            session_token,
            user_id,
            expires,
        } = session;
        Self(session_token, user_id, expires, UserRow(user))
    }
}
