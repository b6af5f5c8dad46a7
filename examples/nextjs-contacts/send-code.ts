/**
 * Sends a sign-in code: a POST request, which is how most mail services take a message. Put yours here.
 */
export async function sendCode({ identifier, token }: { identifier: string; token: string }) {
  const response = await fetch(process.env.MAIL_URL ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      to: identifier,
      subject: 'Your sign-in code',
      text: `Your sign-in code is ${token}. If you did not ask for it, ignore this message.`,
    }),
  })
  if (!response.ok) throw new Error(`The mail service answered ${response.status}`)
}
