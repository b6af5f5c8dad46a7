import { cookies } from 'next/headers'

/** The token of the session that asks: Auth.js keeps it in a cookie, whose name says whether HTTPS is used. */
export async function sessionToken(): Promise<string | undefined> {
  const jar = await cookies()
  const names = ['__Secure-authjs.session-token', 'authjs.session-token']
  return names.map((name) => jar.get(name)?.value).find(Boolean)
}
