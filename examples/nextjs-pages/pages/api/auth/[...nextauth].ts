import { protect } from '@chatbotkit/nextauth'
import type { NextApiRequest, NextApiResponse } from 'next'
import NextAuth from 'next-auth'
import { ADDRESS_COOKIE, ADDRESS_LIFETIME, normaliseAddress } from '@/address'
import { options } from '@/auth'
import { limits, trustedProxies } from '@/limits'
import { store } from '@/store'

async function handler(request: NextApiRequest, response: NextApiResponse) {
  const action = [request.query.nextauth].flat().join('/')
  // Nothing is returned: Next.js warns of what it has no use for.
  if (request.method !== 'POST' || action !== 'signin/email') {
    await NextAuth(request, response, options)
    return
  }
  // The next page has to know whose code to ask for.
  const email = encodeURIComponent(normaliseAddress(request.body.email))
  response.setHeader('set-cookie', [
    `${ADDRESS_COOKIE}=${email}; Path=/; Max-Age=${ADDRESS_LIFETIME}; HttpOnly; SameSite=Lax`,
  ])
  try {
    await NextAuth(request, response, options)
  } catch (error) {
    // The API did not say whether there is such a person. next-auth v4 leaves that to its host.
    console.error(error)
    response.json({ url: new URL('/signin?error=Unavailable', process.env.NEXTAUTH_URL).href })
  }
}

/** Requests for codes, and codes that are tried, are counted before NextAuth gets them. */
export default protect(handler, { store, signInPage: '/signin', trustedProxies, limits })
