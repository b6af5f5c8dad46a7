'use client'

import { useActionState } from 'react'
import { ADDRESS_LIMIT } from '@/address'
import { Problem } from '../parts/problem'
import { Submit } from '../parts/submit'
import { type EmailState, requestCode } from './actions'

export function EmailForm({ email, problem }: EmailState) {
  const [state, action] = useActionState(requestCode, { email, problem })
  return (
    <form action={action} noValidate>
      <Problem>{state.problem}</Problem>
      <label htmlFor="email">E-mail address</label>
      <input
        id="email"
        name="email"
        type="email"
        key={state.email}
        defaultValue={state.email}
        autoComplete="email"
        maxLength={ADDRESS_LIMIT}
        required
        // biome-ignore lint/a11y/noAutofocus: the page has this one purpose
        autoFocus
        aria-invalid={state.problem ? true : undefined}
        aria-describedby={state.problem ? 'problem' : undefined}
      />
      <Submit>Send me a code</Submit>
    </form>
  )
}
