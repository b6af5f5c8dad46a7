//! Random codes and keys, from the operating system.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Error, ErrorKind, Result};

/// The least that a sign-in code must be worth, in bits (OWASP ASVS 5.0, 6.5.4).
pub const MINIMUM_BITS: f64 = 20.0;

/// A code of `length` characters of `alphabet`, all equally likely.
pub fn code(length: u16, alphabet: &str) -> Result<String> {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut distinct = letters.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let size = u8::try_from(letters.len()).ok().filter(|size| *size >= 2);
    let Some(size) = size.filter(|_| distinct.len() == letters.len()) else {
        let message = "an alphabet has 2 to 255 characters, each once";
        return Err(Error::refused(ErrorKind::InvalidArgument, message));
    };
    if length > 256 || f64::from(size).log2() * f64::from(length) < MINIMUM_BITS {
        let message = format!("a code has at least {MINIMUM_BITS} bits and at most 256 characters");
        return Err(Error::refused(ErrorKind::InvalidArgument, message));
    }
    // Bytes from the last, incomplete run of the alphabet are thrown away: they would make its
    // first characters likelier.
    let even = u8::MAX - (u8::MAX % size + 1) % size;
    let mut code = String::with_capacity(length.into());
    let mut remaining = usize::from(length);
    while remaining > 0 {
        let mut bytes = [0; 64];
        fill(&mut bytes)?;
        for byte in bytes
            .into_iter()
            .filter(|byte| *byte <= even)
            .take(remaining)
        {
            code.push(letters[usize::from(byte % size)]);
            remaining -= 1;
        }
    }
    Ok(code)
}

/// A key that nobody else makes: 128 bits in base64url.
pub(super) fn key() -> Result<String> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A text that hardly anybody else makes: 64 bits in base64url.
pub(super) fn nonce() -> Result<String> {
    let mut bytes = [0; 8];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Fills `bytes` with random ones.
pub(super) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| {
        let message = format!("the operating system gave no random numbers: {error}");
        Error::refused(ErrorKind::NoRandomness, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_character_is_equally_likely() {
        // 10 does not divide 256: without rejection "0" to "5" would come 4 % too often.
        let mut counts = HashMap::new();
        for _ in 0..2_000 {
            for digit in code(100, "0123456789").unwrap().chars() {
                *counts.entry(digit).or_insert(0_i32) += 1;
            }
        }
        assert_eq!(counts.len(), 10);
        // 200,000 draws: the standard deviation of a count is 134, so 700 is five of them.
        assert!(
            counts.values().all(|count| (count - 20_000).abs() < 700),
            "{counts:?}"
        );
    }

    #[test]
    fn weak_codes_are_refused() {
        assert!(code(6, "0123456789abcdef").is_ok());
        assert!(code(7, "0123456789").is_ok());
        assert!(code(5, "0123456789").is_err());
        assert!(code(6, "0000000000").is_err());
        assert!(code(20, "a").is_err());
        assert!(code(257, "ab").is_err());
        assert_eq!(code(20, "ab").unwrap().len(), 20);
    }
}
