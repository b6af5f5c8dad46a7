import type { NextApiRequest, NextApiResponse } from 'next'
import { adapter } from '@/auth'
import { sessionOf } from '@/session'

/** Deletes the account of whoever is signed in. The session's cookie is SameSite=Lax: no other site can send it. */
export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.method !== 'POST') return res.status(405).end()
  const session = await sessionOf({ req, res })
  if (!session) return res.status(401).end()
  if (req.body.confirmed !== 'yes') return res.status(400).end()
  await adapter.deleteUser(session.user.id)
  return res.status(204).end()
}
