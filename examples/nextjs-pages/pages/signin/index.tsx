import type { GetServerSideProps } from 'next'
import { useRouter } from 'next/router'
import { signIn } from 'next-auth/react'
import { type FormEvent, useState } from 'react'
import { ADDRESS_COOKIE, ADDRESS_LIMIT, isAddress, normaliseAddress } from '@/address'
import { oauth } from '@/auth'
import { messageOf } from '@/messages'
import { Button } from '@/parts/button'
import { Problem } from '@/parts/problem'
import { Title } from '@/parts/title'
import { sessionOf } from '@/session'

interface Props {
  email: string
  error: string | null
  provider: { id: string; name: string } | null
}

export const getServerSideProps: GetServerSideProps<Props> = async (context) => {
  if (await sessionOf(context)) return { redirect: { destination: '/dashboard', permanent: false } }
  const email = context.req.cookies[ADDRESS_COOKIE] ?? ''
  const error = context.query.error ? String(context.query.error) : null
  return { props: { email, error, provider: oauth && { id: oauth.id, name: oauth.name } } }
}

export default function SignIn({ email, error, provider }: Props) {
  const router = useRouter()
  const [problem, setProblem] = useState(messageOf(error))
  const [waiting, setWaiting] = useState(false)

  async function requestCode(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const address = normaliseAddress(new FormData(event.currentTarget).get('email'))
    if (!isAddress(address)) return setProblem(messageOf('Address'))
    setWaiting(true)
    const options = { email: address, redirect: false, callbackUrl: '/dashboard' }
    const answer = await signIn('email', options).catch(() => ({ error: 'Unavailable' }))
    if (!answer?.error) return router.push('/signin/code')
    setWaiting(false)
    setProblem(messageOf(answer.error))
  }

  return (
    <>
      <Title>Sign in</Title>
      <h1>Sign in</h1>
      <p>Enter your e-mail address. We send you a code, there is no password.</p>
      <form onSubmit={requestCode} noValidate>
        <Problem>{problem}</Problem>
        <label htmlFor="email">E-mail address</label>
        <input
          id="email"
          name="email"
          type="email"
          defaultValue={email}
          autoComplete="email"
          maxLength={ADDRESS_LIMIT}
          required
          // biome-ignore lint/a11y/noAutofocus: the page has this one purpose
          autoFocus
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? 'problem' : undefined}
        />
        <Button type="submit" aria-disabled={waiting}>
          {waiting ? 'One moment…' : 'Send me a code'}
        </Button>
      </form>
      {provider && (
        <div className="other">
          <Button
            type="button"
            className="secondary"
            onClick={() => signIn(provider.id, { callbackUrl: '/dashboard' })}
          >
            Continue with {provider.name}
          </Button>
        </div>
      )}
    </>
  )
}
