//! Texts of a database over HTTP, in base64 or as they are: a server may not know the header that
//! asks for base64.
//!
//! Which of the two a text is, is never a guess. What a store reads is JSON, or begins with a mark
//! ([`MEMBER_MARK`]). Base64 has no such mark. And no JSON that consists of base64's characters alone
//! (`true`, `null`, a number) stands for JSON: the first byte of it is beyond ASCII.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;

use crate::store::remote::commands::MEMBER_MARK;

/// A text that came in base64, or as it is.
pub(super) fn decode(text: &str) -> Option<String> {
    decoded(text)
        .filter(|text| is_readable(text))
        .or_else(|| is_readable(text).then(|| text.to_owned()))
}

/// A key. This package's have a colon, which base64 has not.
pub(super) fn decode_key(text: &str) -> Option<String> {
    let key = if text.contains(':') {
        Some(text.to_owned())
    } else {
        decoded(text)
    };
    key.filter(|key| key.contains(':'))
}

/// A number that `SCAN` goes on at. The base64 of one begins with a letter.
pub(super) fn decode_cursor(text: &str) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if is_number(text) {
        return Some(text.to_owned());
    }
    decoded(text).filter(|text| is_number(text))
}

fn decoded(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

fn is_readable(text: &str) -> bool {
    text.starts_with(MEMBER_MARK) || serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_understood_with_and_without_base64() {
        for text in [
            r#"{"a":"\u00e4"}"#,
            r#""T0s=""#,
            "[1,2]",
            "true",
            "null",
            "1234",
            "14141414",
            "1e+10000",
            "0",
            "-1.5",
            ":session:abcd",
            ":",
        ] {
            assert_eq!(decode(text).as_deref(), Some(text));
            assert_eq!(decode(&STANDARD.encode(text)).as_deref(), Some(text));
        }
        for text in ["T0s=", "no base64!", "/w==", "abcd"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn keys_and_cursors_are_understood_with_and_without_base64() {
        for key in ["a:b", "chatbotkit:nextauth:session:abcd", ":"] {
            assert_eq!(decode_key(key).as_deref(), Some(key));
            assert_eq!(decode_key(&STANDARD.encode(key)).as_deref(), Some(key));
        }
        for cursor in ["0", "12", "1234", "18446744073709551615"] {
            assert_eq!(decode_cursor(cursor).as_deref(), Some(cursor));
            let encoded = STANDARD.encode(cursor);
            assert_eq!(decode_cursor(&encoded).as_deref(), Some(cursor));
        }
        for text in ["", "abcd", "no base64!", "/w=="] {
            assert_eq!((decode_key(text), decode_cursor(text)), (None, None));
        }
    }

    #[test]
    fn no_json_of_the_characters_of_base64_stands_for_json() {
        // Every way in which such a JSON text can begin, a number, `true` or `null`.
        for first in *b"0123456789tn" {
            for second in 0..64 {
                let second =
                    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[second];
                let bytes = STANDARD.decode([first, second, b'0', b'0']).unwrap();
                assert!(!bytes[0].is_ascii());
            }
        }
    }
}
