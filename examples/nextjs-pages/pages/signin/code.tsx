import type { GetServerSideProps } from 'next'
import Link from 'next/link'
import { ADDRESS_COOKIE } from '@/address'
import { messageOf } from '@/messages'
import { Problem } from '@/parts/problem'
import { Title } from '@/parts/title'
import { sessionOf } from '@/session'

interface Props {
  email: string
  problem: string | null
}

export const getServerSideProps: GetServerSideProps<Props> = async (context) => {
  if (await sessionOf(context)) return { redirect: { destination: '/dashboard', permanent: false } }
  const email = context.req.cookies[ADDRESS_COOKIE]
  if (!email) return { redirect: { destination: '/signin', permanent: false } }
  return { props: { email, problem: messageOf(context.query.error) } }
}

export default function Code({ email, problem }: Props) {
  return (
    <>
      <Title>Enter your code</Title>
      <h1>Enter your code</h1>
      <p>
        We have sent a code to <strong>{email}</strong>. It works once, for ten minutes.
      </p>
      <Problem>{problem}</Problem>
      <form method="post" action="/api/redeem">
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
