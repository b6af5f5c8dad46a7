/** What goes wrong at a sign-in, by the word that NextAuth puts into the page's address. */
const MESSAGES: Record<string, string> = {
  Verification: 'That code is not right, or it is no longer valid. Check it, or ask for a new one.',
  RateLimited: 'That was too often. Please wait a moment, and try again.',
  EmailSignin: 'No code could be sent to you. Please try again in a moment.',
  Address: 'That does not look like an e-mail address. Please check it.',
  AccessDenied: 'This address may not sign in here.',
  OAuthAccountNotLinked:
    'There is an account with that address already. Sign in with a code, then connect the two.',
  Callback: 'You were not signed in there. Please try again.',
  OAuthCallback: 'You were not signed in there. Please try again.',
}

const OTHER = 'Something went wrong on our side. Please try again in a moment.'

/** What to tell a person, or null when nothing is wrong. */
export function messageOf(error: string | string[] | null | undefined): string | null {
  if (!error) return null
  return Object.hasOwn(MESSAGES, String(error)) ? MESSAGES[String(error)] : OTHER
}
