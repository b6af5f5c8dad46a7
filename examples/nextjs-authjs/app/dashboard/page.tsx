import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { adapter, auth, oauth, signOut } from '@/auth'
import { Problem } from '../parts/problem'
import { Submit } from '../parts/submit'
import { continueWithProvider } from '../signin/actions'

export const metadata: Metadata = { title: 'Dashboard' }

async function leave() {
  'use server'
  await signOut({ redirectTo: '/signin' })
}

/** The sub-account as the API has it now, or undefined when the API does not answer. */
async function readAccount(id: string) {
  try {
    return await adapter.getUser(id)
  } catch (error) {
    console.error(error)
    return undefined
  }
}

export default function Page(props: PageProps<'/dashboard'>) {
  return (
    <Suspense>
      <Dashboard {...props} />
    </Suspense>
  )
}

async function Dashboard({ searchParams }: PageProps<'/dashboard'>) {
  await connection()
  const session = await auth()
  if (!session?.user?.id) redirect('/signin')
  const account = await readAccount(session.user.id)
  const { id, name, email } = account ?? session.user
  const { connected } = await searchParams
  return (
    <>
      <h1>Hello, {name || email}</h1>
      {!account && <Problem>ChatBotKit does not answer at the moment. Try again later.</Problem>}
      {connected && oauth && <p role="status">{oauth.name} is connected.</p>}
      <p>You are signed in. This is your ChatBotKit sub-account:</p>
      <dl>
        <dt>Id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>Name</dt>
        <dd>{name || 'not set'}</dd>
        <dt>E-mail</dt>
        <dd>{email}</dd>
        <dt>Plan</dt>
        <dd>{account?.meta?.plan ?? 'Free'}</dd>
      </dl>
      <form action={leave}>
        <Submit>Sign out</Submit>
      </form>
      {oauth && (
        <form action={continueWithProvider} className="other">
          <input type="hidden" name="next" value="/dashboard?connected=1" />
          <Submit kind="secondary">{`Connect ${oauth.name}`}</Submit>
        </form>
      )}
      <p>
        <Link href="/account/sessions">Where I am signed in</Link>
      </p>
      <p>
        <Link href="/account/delete">Delete my account</Link>
      </p>
    </>
  )
}
