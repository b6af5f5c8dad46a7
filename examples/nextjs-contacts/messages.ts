/** What goes wrong at a sign-in, by the word that Auth.js puts into the page's address. */
const MESSAGES: Record<string, string> = {
  Verification: 'That code is not right, or it is no longer valid. Check it, or ask for a new one.',
  Address: 'That does not look like an e-mail address. Please check it.',
  NotSent: 'No code could be sent to you. Please try again in a moment.',
  AccessDenied: 'This address may not sign in here.',
}

const OTHER = 'Something went wrong on our side. Please try again in a moment.'

/** What to tell a person, or undefined when nothing is wrong. */
export function messageOf(error: string | string[] | undefined): string | undefined {
  if (!error) return undefined
  return Object.hasOwn(MESSAGES, String(error)) ? MESSAGES[String(error)] : OTHER
}
