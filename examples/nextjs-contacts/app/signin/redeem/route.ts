import { normaliseAddress, normaliseCode } from '@/address'

/** Takes the form with the code, and hands both on to Auth.js as it needs them. */
export async function POST(request: Request) {
  const form = await request.formData()
  const token = normaliseCode(form.get('code'))
  const email = normaliseAddress(form.get('email'))
  const query = new URLSearchParams({ email, token, callbackUrl: '/dashboard' })
  const target = token && email ? `/api/auth/callback/email?${query}` : '/signin/code'
  return new Response(null, { status: 303, headers: { location: target } })
}
