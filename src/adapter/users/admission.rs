//! Letting somebody in who is not known yet, where not everybody is.

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::Users;
use crate::adapter::admissions::{State, no_request};
use crate::adapter::directory::Changes;
use crate::adapter::{
    Admission, Approval, AutoCreate, Error, ErrorKind, Extras, Invitation, NewUser, Result, User,
    Verdict, email,
};
use crate::chatbotkit::TOTAL_TIMEOUT;

impl Users {
    /// Makes a user who was invited.
    pub(super) async fn create_admitted(&self, new: NewUser) -> Result<User> {
        let invitation = self.admit(&new).await?;
        let address = invitation.email.clone();
        let user = self.make(invited(new, invitation), &address).await?;
        // The user is there. What is left of the invitation ends by itself, and lets nobody else in.
        let _ = self.admissions.remove(&address, State::Invited).await;
        Ok(user)
    }

    /// What becomes of somebody who has proven an address.
    pub(crate) async fn admission(&self, new: &NewUser) -> Result<Verdict> {
        let is_open = self.options.auto_create_user == AutoCreate::On;
        let spelling = new.email.as_deref().unwrap_or_default().trim();
        if is_open || self.cache.get_by_email(spelling).await?.is_some() {
            return Ok(Verdict::Admitted);
        }
        match self.admit(new).await {
            Ok(_) => Ok(Verdict::Admitted),
            Err(error) => match error.kind() {
                ErrorKind::ApprovalPending => Ok(Verdict::Pending),
                ErrorKind::CreateDisabled => Ok(Verdict::Refused),
                _ => Err(error),
            },
        }
    }

    pub(crate) async fn invite(&self, invitation: Invitation) -> Result<Admission> {
        self.check_limits(invitation.extras.limits.is_some())?;
        let address = email::checked(Some(&invitation.email))?;
        self.admissions.invite(invitation, address).await
    }

    /// Makes the user of a request. Should the request remain, approving it once more finds the user.
    pub(crate) async fn approve(&self, approval: Approval) -> Result<User> {
        self.check_limits(approval.extras.limits.is_some())?;
        let address = email::normalised(&approval.email);
        let request = self.admissions.find(&address, State::Requested).await?;
        let mut request = request.ok_or_else(no_request)?;
        request.extras = over(approval.extras, request.extras);
        request.name = approval.name.or(request.name);
        let proven = NewUser {
            email: Some(address.clone()),
            email_verified: Some(request.created_at),
            ..NewUser::default()
        };
        let user = self.make(invited(proven, request), &address).await?;
        self.admissions.remove(&address, State::Requested).await?;
        Ok(user)
    }

    pub(crate) async fn set_limits(
        &self,
        id: &str,
        limits: Option<Map<String, Value>>,
    ) -> Result<User> {
        self.check_limits(true)?;
        let deadline = Instant::now() + TOTAL_TIMEOUT;
        let found = self.until(deadline, self.get_user(id)).await?;
        let changes = Changes {
            limits: Some(limits),
            ..Changes::default()
        };
        let user = found.ok_or_else(Error::no_such_user)?;
        self.send(&user, &changes, deadline).await
    }

    /// Refuses limits where users have none: they would be lost.
    pub(super) fn check_limits(&self, are_given: bool) -> Result<()> {
        if are_given && !self.cache.directory.has_limits() {
            let message = "contacts have no limits: those of their account count";
            return Err(Error::refused(ErrorKind::InvalidArgument, message));
        }
        Ok(())
    }

    /// The invitation of somebody new. Without one they are refused, and leave a request where that is
    /// asked for.
    async fn admit(&self, new: &NewUser) -> Result<Admission> {
        let noun = self.cache.directory.noun();
        let refused = |why: &str| {
            let message = format!("there is no such user, and {why}");
            Err(Error::refused(ErrorKind::CreateDisabled, message))
        };
        let needs_approval = self.options.auto_create_user == AutoCreate::Approval;
        let off = format!("autoCreate{noun} is off");
        if new.email_verified.is_none() {
            // Whoever claims an address at some provider is neither admitted nor written down.
            let unproven =
                format!("autoCreate{noun} admits those only who have proven their address");
            return refused(if needs_approval { &unproven } else { &off });
        }
        let address = email::checked(new.email.as_deref())?;
        if !needs_approval {
            let found = self.admissions.find(&address, State::Invited).await?;
            return found.map_or_else(|| refused(&off), Ok);
        }
        match self.admissions.request(new, &address).await? {
            (State::Invited, invitation) => Ok(invitation),
            (State::Rejected, _) => refused("the request to come in was rejected"),
            (State::Requested, _) => {
                let message = "somebody has to approve of the new user first";
                Err(Error::refused(ErrorKind::ApprovalPending, message))
            }
        }
    }
}

/// A new user with what an invitation, or an approval, gives them.
fn invited(new: NewUser, Admission { name, extras, .. }: Admission) -> NewUser {
    NewUser {
        name: new.name().or(name),
        extras: over(extras, new.extras),
        ..new
    }
}

/// What somebody in particular gets, over what everybody gets.
fn over(own: Extras, common: Extras) -> Extras {
    let meta = match (common.meta, own.meta) {
        (Some(mut common), Some(own)) => {
            common.extend(own);
            Some(common)
        }
        (common, own) => own.or(common),
    };
    Extras {
        description: own.description.or(common.description),
        limits: own.limits.or(common.limits),
        meta,
    }
}
