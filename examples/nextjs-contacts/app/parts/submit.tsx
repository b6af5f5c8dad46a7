'use client'

import { useFormStatus } from 'react-dom'

/** The button of a form, which says so while the form is on its way. */
export function Submit({ children, kind = 'primary' }: { children: string; kind?: string }) {
  const { pending } = useFormStatus()
  return (
    <button type="submit" className={kind} aria-disabled={pending}>
      {pending ? 'One moment…' : children}
    </button>
  )
}
