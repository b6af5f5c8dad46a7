//! E-mail addresses, and the identifiers that codes are made for.

use super::{Error, Result};
use crate::chatbotkit::folded;

/// The form in which an address is stored, looked up and digested.
///
/// NextAuth normalises an address only when a code is asked for. The one in a callback URL comes
/// as the person or a mail client spelled it, and that of a passkey is never normalised.
pub(super) fn normalised(address: &str) -> String {
    folded(address.trim())
}

/// The normalised form of the address that a user is to have.
pub(super) fn checked(address: Option<&str>) -> Result<String> {
    let address = address.map(normalised).filter(|it| is_address(it));
    address.ok_or_else(Error::no_address)
}

/// The longest text that is taken for an address, in bytes. RFC 5321 allows 254; the rest is for
/// what may be longer in UTF-8.
const LIMIT: usize = 320;

/// Whether a normalised text can be an address of a user at all. The API validates what it
/// stores, so anything without something on both sides of an `@` needs no look-up.
pub(super) fn is_address(text: &str) -> bool {
    text.len() <= LIMIT
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_no_difference_and_a_look_alike_is_one() {
        assert_eq!(normalised(" KATE@Example.COM "), "kate@example.com");
        assert_eq!(normalised("\u{c4}NNE@example.com"), "\u{e4}nne@example.com");
        // The Kelvin sign, and the dotted capital I: their lower case is or holds an ASCII letter.
        assert_ne!(normalised("\u{212a}ate@example.com"), "kate@example.com");
        assert_eq!(normalised("\u{130}da@example.com"), "\u{130}da@example.com");
    }
}
