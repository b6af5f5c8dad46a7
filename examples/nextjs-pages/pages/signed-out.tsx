import { signOut } from 'next-auth/react'
import { useEffect } from 'react'
import { Title } from '@/parts/title'

/** Ends a session whose account is gone. */
export default function SignedOut() {
  useEffect(() => {
    signOut({ callbackUrl: '/signin' })
  }, [])
  return (
    <>
      <Title>Signed out</Title>
      <h1>You are being signed out</h1>
    </>
  )
}
