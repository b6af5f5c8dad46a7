import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { ADDRESS_COOKIE } from '@/address'
import { auth, oauth } from '@/auth'
import { messageOf } from '@/messages'
import { Submit } from '../parts/submit'
import { continueWithProvider } from './actions'
import { EmailForm } from './email-form'

export const metadata: Metadata = { title: 'Sign in' }

export default function Page(props: PageProps<'/signin'>) {
  return (
    <Suspense>
      <SignIn {...props} />
    </Suspense>
  )
}

async function SignIn({ searchParams }: PageProps<'/signin'>) {
  await connection()
  if (await auth()) redirect('/dashboard')
  const { error, retryAfter } = await searchParams
  const email = (await cookies()).get(ADDRESS_COOKIE)?.value ?? ''
  return (
    <>
      <h1>Sign in</h1>
      <p>Enter your e-mail address. We send you a code, there is no password.</p>
      <EmailForm email={email} problem={messageOf(error, retryAfter)} />
      {oauth && (
        <form action={continueWithProvider} className="other">
          <input type="hidden" name="next" value="/dashboard" />
          <Submit kind="secondary">{`Continue with ${oauth.name}`}</Submit>
        </form>
      )}
    </>
  )
}
