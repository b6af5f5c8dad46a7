/** People as a partner made them, and people to come. */
const DAY = 86_400_000 // ms

export const ADA = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  image: 'https://example.com/ada.png',
  createdAt: 1_700_000_000_123,
}
export const BOB = { email: 'bob@example.com', name: 'Bob', createdAt: ADA.createdAt + DAY }

/** Somebody without a sub-account. */
export const EVE = { email: 'eve@example.com', emailVerified: new Date(1_710_000_000_000) }

/** Somebody who signed up through the adapter and did not prove the address. */
export const UNPROVEN = { email: 'una@example.com', meta: { nextauth: { emailVerified: null } } }
