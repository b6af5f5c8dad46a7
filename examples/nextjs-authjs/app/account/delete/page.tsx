import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { adapter, auth, signOut } from '@/auth'
import { Submit } from '../../parts/submit'

export const metadata: Metadata = { title: 'Delete my account' }

async function deleteAccount(form: FormData) {
  'use server'
  const session = await auth()
  if (!session?.user?.id) redirect('/signin')
  if (form.get('confirmed') !== 'yes') redirect('/account/delete')
  // Ends the person's sessions as well, on every device.
  await adapter.deleteUser(session.user.id)
  await signOut({ redirectTo: '/signin' })
}

export default function Page() {
  return (
    <Suspense>
      <DeleteAccount />
    </Suspense>
  )
}

async function DeleteAccount() {
  await connection()
  const session = await auth()
  if (!session) redirect('/signin')
  return (
    <>
      <h1>Delete my account</h1>
      <p>
        The sub-account of <strong>{session.user?.email}</strong> and all that it owns are deleted.
        Nobody can bring them back.
      </p>
      <form action={deleteAccount}>
        <label className="choice">
          <input type="checkbox" name="confirmed" value="yes" required />I understand that
          everything is deleted
        </label>
        <Submit kind="danger">Delete everything</Submit>
      </form>
      <p>
        <Link href="/dashboard">Keep my account</Link>
      </p>
    </>
  )
}
