//! The keys of everything in the store, in one place.
//!
//! What people supply stands in a key only as a SHA-256 digest: no length, colon, NUL or line
//! break of an identifier reaches the store, and a dump of the store names nobody.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{AccountName, Error, ErrorKind, Result};
use crate::chatbotkit::is_user_id;

/// Makes keys that begin with one prefix.
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// What is known of a user for a moment.
    pub(super) fn user(&self, id: &str) -> String {
        format!("{}user:{id}", self.prefix)
    }

    /// A session, by the digest of its token.
    pub(super) fn session(&self, digest: &str) -> String {
        format!("{}session:{digest}", self.prefix)
    }

    /// A linked account. The provider's length keeps names apart that read alike when joined.
    pub(super) fn account(
        &self,
        AccountName {
            provider,
            provider_account_id,
        }: &AccountName,
    ) -> String {
        let name = format!("{}:{provider}{provider_account_id}", provider.len());
        format!("{}account:{}", self.prefix, digest(&name))
    }

    /// A passkey.
    pub(super) fn authenticator(&self, credential_id: &str) -> String {
        format!("{}authenticator:{}", self.prefix, digest(credential_id))
    }

    /// The set of all that one user has of one kind. The id has been checked.
    pub(super) fn index(&self, index: Index, user_id: &str) -> String {
        format!("{}{}:{user_id}", self.prefix, index.name())
    }

    /// What stands for a key in an index: the key without the prefix.
    pub(super) fn member(&self, key: &str) -> String {
        key.strip_prefix(&self.prefix).unwrap_or(key).to_owned()
    }

    /// The key of a member of an index, if it is one that such an index has.
    pub(super) fn of_member(&self, index: Index, member: &str) -> Option<String> {
        let digest = member.strip_prefix(index.kind())?.strip_prefix(':')?;
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_ours = digest.len() == DIGEST_LENGTH && digest.bytes().all(is_letter);
        is_ours.then(|| format!("{}{member}", self.prefix))
    }

    /// What is written before a user with a normalised address is made.
    pub(super) fn creation(&self, address: &str) -> String {
        format!("{}creation:{}", self.prefix, digest(address))
    }

    /// The tombstone of a deleted user.
    pub(super) fn deleted(&self, id: &str) -> String {
        format!("{}deleted:{id}", self.prefix)
    }

    /// The note of a user with a normalised address, who is nobody's.
    pub(super) fn unfinished(&self, address: &str) -> String {
        format!("{}unfinished:{}", self.prefix, digest(address))
    }

    /// The id of whoever had a normalised address last.
    pub(super) fn id_of(&self, address: &str) -> String {
        format!("{}id-of:{}", self.prefix, digest(address))
    }

    /// What was decided of a normalised address that asked to come in, or was invited.
    pub(super) fn admission(&self, address: &str) -> String {
        format!("{}admission:{}", self.prefix, digest(address))
    }

    /// The codes that are outstanding for a normalised identifier, and its failed attempts.
    pub(super) fn codes(&self, identifier: &str) -> String {
        format!("{}codes:{}", self.prefix, digest(identifier))
    }
}

/// The kinds of things that a user has any number of. Admissions are nobody's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Index {
    Sessions,
    Accounts,
    Authenticators,
    Admissions,
}

impl Index {
    /// In the order of a deletion. Sessions are last: a call that makes one asks for the tombstone of the
    /// deletion while it adds to the index, and not after that.
    pub(super) const ALL: [Self; 3] = [Self::Accounts, Self::Authenticators, Self::Sessions];

    fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions-of",
            Self::Accounts => "accounts-of",
            Self::Authenticators => "authenticators-of",
            Self::Admissions => "admissions-of",
        }
    }

    /// What the keys begin with that such an index has.
    fn kind(self) -> &'static str {
        match self {
            Self::Sessions => "session",
            Self::Accounts => "account",
            Self::Authenticators => "authenticator",
            Self::Admissions => "admission",
        }
    }
}

/// Refuses an id that no user can have: it would stand in a key as it is.
pub(super) fn check_user_id(id: &str) -> Result<()> {
    if is_user_id(id) {
        return Ok(());
    }
    let message = "userId is not the id of a user";
    Err(Error::refused(ErrorKind::InvalidArgument, message))
}

/// How long a digest is: SHA-256 in unpadded base64url.
pub(super) const DIGEST_LENGTH: usize = 43;

/// SHA-256 in unpadded base64url.
pub(super) fn digest(text: &str) -> String {
    digest_into(text, &mut [0; DIGEST_LENGTH]).to_owned()
}

/// [`digest`] without memory of its own: a record's key is checked at each reading.
pub(super) fn digest_into<'a>(text: &str, digest: &'a mut [u8; DIGEST_LENGTH]) -> &'a str {
    let written = URL_SAFE_NO_PAD.encode_slice(Sha256::digest(text), digest);
    debug_assert_eq!(written.ok(), Some(DIGEST_LENGTH));
    str::from_utf8(digest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_length_and_alphabet_whatever_the_identifier() {
        let keys = Keys::new("p:");
        for identifier in ["a@b.c", "", "a:b\0\r\n{x}@y", &"long".repeat(250_000)] {
            let key = keys.codes(identifier);
            let digest = key.strip_prefix("p:codes:").unwrap();
            assert_eq!(digest.len(), 43);
            assert!(
                digest
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            );
        }
    }

    #[test]
    fn the_digest_is_sha_256() {
        // FIPS 180-2, appendix B.1: the digest of "abc" begins ba7816bf.
        assert_eq!(digest("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }

    #[test]
    fn docs_say_what_stands_at_every_key() {
        let docs = include_str!("../../docs/stores.md");
        let keys = Keys::new("");
        let account = AccountName {
            provider: "p".to_owned(),
            provider_account_id: "1".to_owned(),
        };
        for key in [
            keys.user("id"),
            keys.session("digest"),
            keys.account(&account),
            keys.authenticator("c"),
            keys.creation("a"),
            keys.deleted("id"),
            keys.unfinished("a"),
            keys.id_of("a"),
            keys.admission("a"),
            keys.codes("a"),
            keys.index(Index::Sessions, "id"),
            keys.index(Index::Accounts, "id"),
            keys.index(Index::Authenticators, "id"),
            keys.index(Index::Admissions, "all"),
        ] {
            let kind = key.split(':').next().unwrap();
            assert!(docs.contains(&format!("`{{prefix}}{kind}:")), "{kind}");
        }
    }
}
