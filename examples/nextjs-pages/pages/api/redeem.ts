import type { NextApiRequest, NextApiResponse } from 'next'
import { normaliseAddress, normaliseCode } from '@/address'

/** Takes the form with the code, and hands both on to NextAuth as it needs them. */
export default function handler(request: NextApiRequest, response: NextApiResponse) {
  if (request.method !== 'POST') return response.status(405).end()
  const token = normaliseCode(request.body.code)
  const email = normaliseAddress(request.body.email)
  const query = new URLSearchParams({ email, token, callbackUrl: '/dashboard' })
  return response.redirect(
    303,
    token && email ? `/api/auth/callback/email?${query}` : '/signin/code',
  )
}
