import type { GetServerSideProps } from 'next'
import Link from 'next/link'
import { signOut } from 'next-auth/react'
import { type FormEvent, useState } from 'react'
import { messageOf } from '@/messages'
import { Button } from '@/parts/button'
import { Problem } from '@/parts/problem'
import { Title } from '@/parts/title'
import { sessionOf } from '@/session'

export const getServerSideProps: GetServerSideProps<{ email: string }> = async (context) => {
  const session = await sessionOf(context)
  if (!session) return { redirect: { destination: '/signin', permanent: false } }
  return { props: { email: session.user.email } }
}

export default function DeleteAccount({ email }: { email: string }) {
  const [problem, setProblem] = useState<string | null>(null)

  async function deleteAccount(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const body = new URLSearchParams({ confirmed: 'yes' })
    const answer = await fetch('/api/account/delete', { method: 'POST', body }).catch(
      () => undefined,
    )
    if (answer?.ok) await signOut({ callbackUrl: '/signin' })
    else setProblem(messageOf('Unavailable'))
  }

  return (
    <>
      <Title>Delete my account</Title>
      <h1>Delete my account</h1>
      <p>
        The sub-account of <strong>{email}</strong> and all that it owns are deleted. Nobody can
        bring them back.
      </p>
      <Problem>{problem}</Problem>
      <form onSubmit={deleteAccount}>
        <label className="choice">
          <input type="checkbox" name="confirmed" value="yes" required />I understand that
          everything is deleted
        </label>
        <Button type="submit" className="danger">
          Delete everything
        </Button>
      </form>
      <p>
        <Link href="/dashboard">Keep my account</Link>
      </p>
    </>
  )
}
