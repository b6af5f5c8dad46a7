'use client'

import { useState } from 'react'
import { Problem } from '../parts/problem'
import { ask, type Message, SignedOut } from './ask'

const NAMES = { user: 'You', bot: 'Bot' }

export function Chat() {
  const [messages, setMessages] = useState<Message[]>([])
  const [unsent, setUnsent] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  async function send(form: FormData) {
    const text = String(form.get('text')).trim()
    // React empties the form whatever happens here.
    if (busy || !text) return setUnsent(text)
    const said: Message[] = [...messages, { type: 'user', text }]
    setMessages(said)
    setUnsent('')
    setProblem(undefined)
    setBusy(true)
    try {
      for await (const answer of ask(said)) setMessages([...said, { type: 'bot', text: answer }])
    } catch (error) {
      if (error instanceof SignedOut) return window.location.assign('/signin')
      setMessages(messages)
      setUnsent(text)
      setProblem('No answer came. Please try again in a moment.')
    } finally {
      setBusy(false)
    }
  }

  return (
    <section aria-label="Chat" className="chat">
      {/* Busy while an answer is being written, so that screen readers say it once, and whole. */}
      <div role="log" aria-label="Conversation" aria-busy={busy}>
        {messages.map(({ type, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages are only added
          <p key={index} className={type}>
            <strong>{NAMES[type]}:</strong> {text}
          </p>
        ))}
      </div>
      {/* Not handed the promise: React would show nothing of it before it is over. */}
      <form action={(form) => void send(form)}>
        <Problem>{problem}</Problem>
        <label htmlFor="text">Your message</label>
        <input id="text" name="text" defaultValue={unsent} autoComplete="off" required />
        <button type="submit" aria-disabled={busy}>
          Send
        </button>
      </form>
    </section>
  )
}
