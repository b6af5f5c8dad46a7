/** What goes wrong at a sign-in, by the word that Auth.js puts into the page's address. */
const MESSAGES: Record<string, string> = {
  Verification: 'That code is not right, or it is no longer valid. Check it, or ask for a new one.',
  Address: 'That does not look like an e-mail address. Please check it.',
  RateLimited: 'That was too often. Please wait a moment, and try again.',
  NotSent: 'No code could be sent to you. Please try again in a moment.',
  AccessDenied: 'This address may not sign in here.',
  OAuthAccountNotLinked:
    'There is an account with that address already. Sign in with a code, then connect the two.',
  OAuthCallbackError: 'You were not signed in there. Please try again.',
}

const OTHER = 'Something went wrong on our side. Please try again in a moment.'

/** What to tell a person, or undefined when nothing is wrong. */
export function messageOf(
  error: string | string[] | undefined,
  retryAfter?: unknown,
): string | undefined {
  if (!error) return undefined
  if (error === 'RateLimited' && Number(retryAfter) > 0) return waitOf(Number(retryAfter))
  return Object.hasOwn(MESSAGES, String(error)) ? MESSAGES[String(error)] : OTHER
}

function waitOf(seconds: number): string {
  const [count, unit] = seconds < 100 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return `That was too often. Please try again in ${count} ${unit}${count === 1 ? '' : 's'}.`
}
