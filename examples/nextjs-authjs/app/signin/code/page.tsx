import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { ADDRESS_COOKIE } from '@/address'
import { auth } from '@/auth'
import { messageOf } from '@/messages'
import { Problem } from '../../parts/problem'

export const metadata: Metadata = { title: 'Enter your code' }

export default function Page(props: PageProps<'/signin/code'>) {
  return (
    <Suspense>
      <Code {...props} />
    </Suspense>
  )
}

async function Code({ searchParams }: PageProps<'/signin/code'>) {
  await connection()
  if (await auth()) redirect('/dashboard')
  const problem = messageOf((await searchParams).error)
  const email = (await cookies()).get(ADDRESS_COOKIE)?.value
  if (!email) redirect('/signin')
  return (
    <>
      <h1>Enter your code</h1>
      <p>
        We have sent a code to <strong>{email}</strong>. It works once, for ten minutes.
      </p>
      <Problem>{problem}</Problem>
      {/* No server action: after one, Next.js itself would fetch the address it redirects to, and spend the code. */}
      <form method="post" action="/signin/redeem">
        <input type="hidden" name="email" value={email} />
        <label htmlFor="code">Code</label>
        <input
          id="code"
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          maxLength={64}
          required
          // biome-ignore lint/a11y/noAutofocus: the page has this one purpose
          autoFocus
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? 'problem' : undefined}
        />
        <button type="submit">Sign in</button>
      </form>
      <p>
        <Link href="/signin">Use another address or get a new code</Link>
      </p>
    </>
  )
}
