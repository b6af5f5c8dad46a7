/**
 * The address of a person who signs in: what it must look like, and how the browser keeps it between the
 * form that asks for a code and the form that takes it.
 */

/** characters, RFC 5321 section 4.5.3.1.3. */
export const ADDRESS_LIMIT = 254

const COOKIE = 'signin-address'

/** seconds, as long as a code is valid. */
const COOKIE_LIFETIME = 600

/**
 * As Auth.js does it before it makes a code. It does not do it when the code is redeemed
 * (https://github.com/nextauthjs/next-auth/issues/4716).
 */
export function normaliseAddress(text) {
  return text.normalize('NFKC').trim().toLowerCase()
}

/** What Auth.js refuses is refused here first: it would report a typing error as a fault of the server. */
export function isAddress(email) {
  return email.length <= ADDRESS_LIMIT && /^[^@"\s]+@[^@",\s]+$/.test(email)
}

/** The cookie that remembers `email`. The code is not in it: alone it opens nothing. */
export function rememberAddress(email) {
  const value = encodeURIComponent(email)
  return `${COOKIE}=${value}; Path=/; Max-Age=${COOKIE_LIFETIME}; HttpOnly; SameSite=Lax`
}

export function forgetAddress() {
  return `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`
}

/** The address that `request` brings along, or undefined. */
export function addressIn(request) {
  const cookies = (request.headers.get('cookie') ?? '').split(/;\s*/)
  const value = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
  try {
    return value ? decodeURIComponent(value) : undefined
  } catch {
    // Not written by us.
    return undefined
  }
}
