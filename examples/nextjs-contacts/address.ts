/** How the address of a person is kept between the form that asks for a code and the one that takes it. */
export const ADDRESS_COOKIE = 'signin-address'

/** Seconds, as long as a code is valid. */
export const ADDRESS_LIFETIME = 600

/** Characters, RFC 5321 section 4.5.3.1.3. */
export const ADDRESS_LIMIT = 254

/** As Auth.js does it before it makes a code. It does not do it when the code is redeemed. */
export function normaliseAddress(text: FormDataEntryValue | null): string {
  return String(text ?? '')
    .normalize('NFKC')
    .trim()
    .toLowerCase()
}

export function isAddress(email: string): boolean {
  return email.length <= ADDRESS_LIMIT && /^[^@"\s]+@[^@",\s]+$/.test(email)
}

/** People type capitals and paste spaces; codes are lower-case. */
export function normaliseCode(text: FormDataEntryValue | null): string {
  return String(text ?? '')
    .replace(/\s/g, '')
    .toLowerCase()
}
