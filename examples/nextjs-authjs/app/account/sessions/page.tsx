import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { adapter, auth } from '@/auth'
import { sessionToken } from '@/session-token'
import { Submit } from '../../parts/submit'

export const metadata: Metadata = { title: 'Where I am signed in' }

/** Who asks, with the token of their session. */
async function whoAsks() {
  const session = await auth()
  const token = await sessionToken()
  if (!session?.user?.id || !token) redirect('/signin')
  return { id: session.user.id, token }
}

async function end(form: FormData) {
  'use server'
  const { id } = await whoAsks()
  await adapter.revokeSession(id, String(form.get('session')))
  redirect('/account/sessions')
}

async function endOthers() {
  'use server'
  const { id, token } = await whoAsks()
  await adapter.revokeOtherSessions(id, token)
  redirect('/account/sessions')
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })

export default function Page() {
  return (
    <Suspense>
      <Sessions />
    </Suspense>
  )
}

async function Sessions() {
  await connection()
  const { id, token } = await whoAsks()
  const sessions = await adapter.listSessions(id, token)
  return (
    <>
      <h1>Where I am signed in</h1>
      <ul className="sessions">
        {sessions.map(({ id, label, created, lastSeen, isCurrent }) => (
          <li key={id}>
            <strong>{label ?? 'A device'}</strong>
            {isCurrent && ' (this one)'}
            <br />
            Since {day.format(created)}, last seen {day.format(lastSeen)}
            {!isCurrent && (
              <form action={end}>
                <input type="hidden" name="session" value={id} />
                <Submit kind="secondary">Sign out there</Submit>
              </form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <form action={endOthers}>
          <Submit>Sign out everywhere else</Submit>
        </form>
      )}
      <p>
        <Link href="/dashboard">Back to the dashboard</Link>
      </p>
    </>
  )
}
