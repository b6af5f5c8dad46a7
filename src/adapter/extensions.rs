//! What the adapter offers beside NextAuth's interface, for those who run the application.

use serde_json::{Map, Value};

use super::admissions::State;
use super::{Adapter, Admission, Approval, Invitation, NewUser, Result, User, Verdict, email};

impl Adapter {
    /// Sets the limits of a sub-account; `None` clears them.
    pub async fn set_limits(&self, id: &str, limits: Option<Map<String, Value>>) -> Result<User> {
        self.users.set_limits(id, limits).await
    }

    /// What becomes of somebody who has proven an address, before NextAuth asks for them to be made. A
    /// new person leaves a request, where that is asked for.
    pub async fn admission(&self, user: NewUser) -> Result<Verdict> {
        self.users.admission(&user).await
    }

    /// Lets an address in.
    pub async fn invite(&self, invitation: Invitation) -> Result<Admission> {
        self.users.invite(invitation).await
    }

    /// The invitations that nobody has taken up.
    pub async fn list_invitations(&self) -> Result<Vec<Admission>> {
        self.users.admissions.list(State::Invited).await
    }

    /// Ends an invitation, and returns it if there was one.
    pub async fn withdraw(&self, address: &str) -> Result<Option<Admission>> {
        let address = email::normalised(address);
        self.users.admissions.remove(&address, State::Invited).await
    }

    /// The requests that nobody has decided.
    pub async fn list_requests(&self) -> Result<Vec<Admission>> {
        self.users.admissions.list(State::Requested).await
    }

    /// Makes the user who asked to come in.
    pub async fn approve(&self, approval: Approval) -> Result<User> {
        self.users.approve(approval).await
    }

    /// Turns a request down, and returns it if there was one.
    pub async fn reject(&self, address: &str) -> Result<Option<Admission>> {
        let address = email::normalised(address);
        self.users.admissions.reject(&address).await
    }
}
