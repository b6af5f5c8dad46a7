'use strict'

const { generateKeyPairSync, sign } = require('node:crypto')

// A certificate that nobody vouches for, made on the spot: Node makes none, and a key in the
// repository would set every scanner off. DER by ITU-T X.690, the structure by RFC 5280, 4.1.

const [INTEGER, BIT_STRING, OID, UTF8, UTC_TIME, SEQUENCE, SET, VERSION] = [
  ...[0x02, 0x03, 0x06, 0x0c, 0x17, 0x30, 0x31, 0xa0],
]
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]
const COMMON_NAME = [0x55, 0x04, 0x03]

function der(tag, ...parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const { length } = body
  // DER asks for the shortest form.
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  const size = length < 128 ? [length] : long
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}

/** `{ key, cert }` for a TLS server of that name, as PEM. */
function selfSigned(name) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(SEQUENCE, der(OID, ECDSA_WITH_SHA256))
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, der(OID, COMMON_NAME), der(UTF8, name))))
  const validity = der(SEQUENCE, der(UTC_TIME, '200101000000Z'), der(UTC_TIME, '491231235959Z'))
  const content = der(
    SEQUENCE,
    ...[der(VERSION, der(INTEGER, [2])), der(INTEGER, [1]), algorithm, subject, validity, subject],
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = der(BIT_STRING, [0], sign('sha256', content, privateKey))
  const certificate = der(SEQUENCE, content, algorithm, signature).toString('base64')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
  }
}

module.exports = { selfSigned }
