/**
 * Sealed records, as `src/adapter/records/seal.rs` makes them, in Node's own cryptography: so tests
 * say what the format is.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

const keyOf = (secret) =>
  new Uint8Array(hkdfSync('sha256', secret, '@chatbotkit/nextauth', 'record 1', 32))

/** What is sealed at `key`, or undefined where that is nothing, or nothing of this secret. */
export function open(secret, key, stored) {
  try {
    const data = Buffer.from(JSON.parse(stored).sealed, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), data.subarray(0, NONCE_BYTES))
    decipher.setAAD(Buffer.from(key)).setAuthTag(data.subarray(-TAG_BYTES))
    const text = decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([text, decipher.final()]).toString()
  } catch {
    return undefined
  }
}

/** `text`, or bytes, sealed for `key`. */
export function seal(secret, key, text) {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce).setAAD(Buffer.from(key))
  const data = [nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]
  const sealed = Buffer.concat(data).toString('base64').replace(/=+$/, '')
  return JSON.stringify({ sealed })
}
