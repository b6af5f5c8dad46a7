//! What ties a password to the connection that it is proven over: a digest of the server's certificate
//! (`tls-server-end-point`, RFC 5929, 4.1). URLs of Neon ask for it.

use ring::digest::{Algorithm, SHA256, SHA384, SHA512};
use rustls::pki_types::CertificateDer;

/// The object identifiers of signature algorithms, as DER has them, without those whose digest is
/// SHA-256: that takes the place of MD5 and SHA-1, too.
const LONGER: [(&[u8], &Algorithm); 4] = [
    // sha384WithRSAEncryption, sha512WithRSAEncryption
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], &SHA384),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], &SHA512),
    // ecdsa-with-SHA384, ecdsa-with-SHA512
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], &SHA384),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], &SHA512),
];

const SHA256_OR_LESS: [&[u8]; 5] = [
    // md5WithRSAEncryption, sha1WithRSAEncryption, sha256WithRSAEncryption
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11],
    // ecdsa-with-SHA1, ecdsa-with-SHA256
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2],
];

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// The digest of a certificate by the algorithm that signed it, where that names one.
pub(super) fn digest(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let algorithm = algorithm(certificate)?;
    let digest = ring::digest::digest(algorithm, certificate);
    Some(digest.as_ref().to_vec())
}

/// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm, … }, … }`
fn algorithm(certificate: &[u8]) -> Option<&'static Algorithm> {
    let (members, _) = element(certificate, SEQUENCE)?;
    let (_, rest) = element(members, SEQUENCE)?;
    let (signature, _) = element(rest, SEQUENCE)?;
    let (identifier, _) = element(signature, OBJECT_IDENTIFIER)?;
    if SHA256_OR_LESS.contains(&identifier) {
        return Some(&SHA256);
    }
    let longer = LONGER.iter().find(|(known, _)| *known == identifier)?;
    Some(longer.1)
}

/// The content of the element that `der` begins with, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // The length stands in as many bytes.
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            let length = bytes
                .iter()
                .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
            (length, rest)
        }
        _ => return None,
    };
    (found == tag).then_some(())?;
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_digest() {
        for der in [
            &[][..],
            &[0x30],
            &[0x30, 0x84, 1],
            &[0x30, 3, 0x30, 1, 0],
            &[2, 0],
        ] {
            assert_eq!(digest(&CertificateDer::from(der)), None);
        }
    }
}
