import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { ADDRESS_COOKIE } from '@/address'
import { auth } from '@/auth'
import { messageOf } from '@/messages'
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
  const { error } = await searchParams
  const email = (await cookies()).get(ADDRESS_COOKIE)?.value ?? ''
  return (
    <>
      <h1>Sign in</h1>
      <p>Enter your e-mail address. We send you a code, there is no password.</p>
      <EmailForm email={email} problem={messageOf(error)} />
    </>
  )
}
