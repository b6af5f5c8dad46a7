import type { GetServerSidePropsContext, NextApiRequest, NextApiResponse } from 'next'
import { getServerSession } from 'next-auth'
import { options } from './auth'

interface Session {
  user: { id: string; name?: string | null; email: string }
}

/** Who is signed in, or null. */
export function sessionOf({ req, res }: Pick<GetServerSidePropsContext, 'req' | 'res'>) {
  return getServerSession(
    req as NextApiRequest,
    res as NextApiResponse,
    options,
  ) as Promise<Session | null>
}
