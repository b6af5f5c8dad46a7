/** The lines of docs/nextjs.md that tell what `session.user` has. */
import type { Session } from 'next-auth'

declare module 'next-auth' {
  interface Session {
    user: { id: string; email: string; name?: string | null }
  }
}

export function greeting(session: Session): string {
  const { id, email, name }: { id: string; email: string; name?: string | null } = session.user
  // @ts-expect-error what the callback does not give is not there
  session.user.role
  // @ts-expect-error an id is text
  const number: number = session.user.id
  return `${id} ${name ?? email} ${number} ${session.expires.toUpperCase()}`
}
