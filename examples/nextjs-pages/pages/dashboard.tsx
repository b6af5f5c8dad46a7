import type { GetServerSideProps } from 'next'
import Link from 'next/link'
import { signIn, signOut } from 'next-auth/react'
import { adapter, oauth } from '@/auth'
import { Button } from '@/parts/button'
import { Problem } from '@/parts/problem'
import { Title } from '@/parts/title'
import { sessionOf } from '@/session'

interface Props {
  account: { id: string; name: string | null; email: string; plan: string | null }
  problem: string | null
  provider: { id: string; name: string } | null
  connected: boolean
}

export const getServerSideProps: GetServerSideProps<Props> = async (context) => {
  const session = await sessionOf(context)
  if (!session) return { redirect: { destination: '/signin', permanent: false } }
  context.res.setHeader('cache-control', 'no-store')
  const found = await readAccount(session.user.id)
  // A jwt session outlives its account, when that was deleted elsewhere.
  if (found === null) return { redirect: { destination: '/signed-out', permanent: false } }
  const { id, name, email } = found ?? session.user
  const plan = found ? String(found.meta?.plan ?? 'Free') : null
  return {
    props: {
      account: { id, name: name ?? null, email, plan },
      problem: found ? null : 'ChatBotKit does not answer at the moment. Try again later.',
      provider: oauth && { id: oauth.id, name: oauth.name },
      connected: 'connected' in context.query,
    },
  }
}

/** The sub-account as the API has it now; null when it is gone, undefined when the API does not answer. */
async function readAccount(id: string) {
  try {
    return await adapter.getUser(id)
  } catch (error) {
    console.error(error)
    return undefined
  }
}

export default function Dashboard({ account, problem, provider, connected }: Props) {
  const { id, name, email, plan } = account
  return (
    <>
      <Title>Dashboard</Title>
      <h1>{`Hello, ${name || email}`}</h1>
      <Problem>{problem}</Problem>
      {connected && provider && <p role="status">{`${provider.name} is connected.`}</p>}
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
        <dd>{plan ?? 'unknown'}</dd>
      </dl>
      <div className="actions">
        <Button type="button" onClick={() => signOut({ callbackUrl: '/signin' })}>
          Sign out
        </Button>
        {provider && (
          <Button
            type="button"
            className="secondary"
            onClick={() => signIn(provider.id, { callbackUrl: '/dashboard?connected=1' })}
          >
            Connect {provider.name}
          </Button>
        )}
      </div>
      <p>
        <Link href="/account/delete">Delete my account</Link>
      </p>
    </>
  )
}
