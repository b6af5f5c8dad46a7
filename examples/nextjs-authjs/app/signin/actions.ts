'use server'

import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { AuthError } from 'next-auth'
import { ADDRESS_COOKIE, ADDRESS_LIFETIME, isAddress, normaliseAddress } from '@/address'
import { oauth, signIn } from '@/auth'
import { messageOf } from '@/messages'

export interface EmailState {
  email: string
  problem?: string
}

/** Sends a code, and goes on to the form that takes it. */
export async function requestCode(_: EmailState, form: FormData): Promise<EmailState> {
  const email = normaliseAddress(form.get('email'))
  if (!isAddress(email)) return { email, problem: messageOf('Address') }
  try {
    const landing = await signIn('email', { email, redirect: false, redirectTo: '/dashboard' })
    // Where the sender fails, Auth.js throws nothing: it would send people to its page for errors.
    const failed = new URL(landing, 'http://localhost').searchParams.has('error')
    if (failed) return { email, problem: messageOf('NotSent') }
  } catch (error) {
    const { code, retryAfter } = error as { code?: string; retryAfter?: number }
    if (code === 'ERR_RATE_LIMITED') return { email, problem: messageOf('RateLimited', retryAfter) }
    if (!(error instanceof AuthError)) throw error
    return { email, problem: messageOf(error.type) }
  }
  const jar = await cookies()
  jar.set(ADDRESS_COOKIE, email, { httpOnly: true, sameSite: 'lax', maxAge: ADDRESS_LIFETIME })
  redirect('/signin/code')
}

/** Goes to the OAuth provider; from there, whoever is signed in is linked, anybody else signed in. */
export async function continueWithProvider(form: FormData) {
  if (oauth) await signIn(oauth.id, { redirectTo: String(form.get('next')) })
}
