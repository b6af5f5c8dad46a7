//! How an address becomes the fingerprint of a contact.

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use crate::adapter::{Error, ErrorKind, Result};

/// How long a fingerprint has to be, in characters. The API refuses up to 15, and fails for 16.
const MINIMUM: usize = 17;

/// How long it may be, in bytes.
const MAXIMUM: usize = 191;

/// A rule that makes a fingerprint of an address. The same address must always come to the same
/// fingerprint, and no two addresses to one.
#[async_trait]
pub trait Fingerprint: Send + Sync {
    /// The fingerprint of a normalised address.
    async fn of(&self, address: &str) -> Result<String>;
}

/// The rule of the platform's manual: 32 hexadecimal digits of a digest.
pub struct PlatformFingerprint;

#[async_trait]
impl Fingerprint for PlatformFingerprint {
    async fn of(&self, address: &str) -> Result<String> {
        let digest = Sha256::digest(format!("email:{address}"));
        let digits = digest[..16].iter().map(|byte| format!("{byte:02x}"));
        Ok(digits.collect())
    }
}

/// The fingerprint of `address` by a rule, if the API takes it.
pub(super) async fn checked(rule: &dyn Fingerprint, address: &str) -> Result<String> {
    let fingerprint = rule.of(address).await?;
    // The API trims as JavaScript does.
    let trimmed = fingerprint.trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}');
    let is_long_enough = trimmed.chars().count() >= MINIMUM;
    if is_long_enough && fingerprint.len() <= MAXIMUM && trimmed == fingerprint {
        return Ok(fingerprint);
    }
    let message = format!(
        "the option fingerprint has to return a text of {MINIMUM} to {MAXIMUM} characters without \
         white space around it"
    );
    Err(Error::refused(ErrorKind::InvalidOption, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_rule_is_that_of_the_manual() {
        // `printf 'email:ada@example.com' | sha256sum`
        let fingerprint = checked(&PlatformFingerprint, "ada@example.com").await;
        assert_eq!(fingerprint.unwrap(), "9b62a3a2bce7c868f30d60f0818e84d2");
    }

    struct Given(String);

    #[async_trait]
    impl Fingerprint for Given {
        async fn of(&self, _: &str) -> Result<String> {
            Ok(self.0.clone())
        }
    }

    #[tokio::test]
    async fn what_the_api_would_refuse_or_change_is_refused_here() {
        for (fingerprint, is_good) in [
            (String::new(), false),
            ("x".repeat(16), false),
            ("x".repeat(17), true),
            ("x".repeat(191), true),
            ("x".repeat(192), false),
            (format!(" {}", "x".repeat(20)), false),
            (" ".repeat(20), false),
            (format!("\u{feff}{}", "x".repeat(20)), false),
        ] {
            let checked = checked(&Given(fingerprint.clone()), "ada@example.com").await;
            assert_eq!(checked.is_ok(), is_good, "{fingerprint:?}");
        }
    }
}
