'use client'

import { useEffect, useState } from 'react'
import authConfig from '@/auth.config'

/** Rendered on the server, and again in the browser, where the adapter only says why it cannot be had. */
export default function SignIn() {
  const [code, setCode] = useState('')
  useEffect(() => {
    authConfig.adapter.getUser('x').catch((error) => setCode(error.code))
  }, [])
  return (
    <p>
      <a href={authConfig.pages.dashboard}>Dashboard</a> {code}
    </p>
  )
}
