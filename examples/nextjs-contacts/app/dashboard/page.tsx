import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { auth, signOut } from '@/auth'
import { Submit } from '../parts/submit'
import { Chat } from './chat'

export const metadata: Metadata = { title: 'Dashboard' }

async function leave() {
  'use server'
  await signOut({ redirectTo: '/signin' })
}

export default function Page() {
  return (
    <Suspense>
      <Dashboard />
    </Suspense>
  )
}

async function Dashboard() {
  await connection()
  const session = await auth()
  if (!session?.user?.id) redirect('/signin')
  const { id, name, email } = session.user
  return (
    <>
      <h1>Hello, {name || email}</h1>
      <p>You are signed in as a contact, and the bot knows you as one.</p>
      <dl>
        <dt>Id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>E-mail</dt>
        <dd>{email}</dd>
      </dl>
      <Chat />
      <form action={leave}>
        <Submit kind="secondary">Sign out</Submit>
      </form>
    </>
  )
}
