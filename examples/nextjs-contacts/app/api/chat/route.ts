import { auth } from '@/auth'

/** The hosted API has its routes under /v1, a platform of one's own under /api/v1. */
const API = process.env.CHATBOTKIT_BASE_URL
  ? new URL('/api/v1/', process.env.CHATBOTKIT_BASE_URL)
  : 'https://api.chatbotkit.com/v1/'

/** What a page may send. Of another type, a message could tell the bot how to behave. */
const TYPES = ['user', 'bot']

/** Lets the contact who is signed in talk to the bot. Answers the API's events, as JSON Lines. */
export async function POST(request: Request) {
  const session = await auth()
  if (!session?.user?.id) return new Response(null, { status: 401 })
  const messages = readMessages(await request.json())
  if (messages.length === 0) return new Response(null, { status: 400 })
  try {
    // Who it is comes from the session, and never from the page.
    return await complete({ contactId: session.user.id, messages }, request.signal)
  } catch (error) {
    if (!request.signal.aborted) console.error(error)
    return new Response(null, { status: 502 })
  }
}

function readMessages({ messages }: { messages?: { type: string; text: string }[] }) {
  if (!Array.isArray(messages)) return []
  const allowed = messages.filter(({ type }) => TYPES.includes(type))
  return allowed.map(({ type, text }) => ({ type, text: String(text) }))
}

async function complete(body: object, signal: AbortSignal) {
  const response = await fetch(new URL('conversation/complete', API), {
    method: 'POST',
    headers: {
      accept: 'application/jsonl',
      authorization: `Bearer ${process.env.CHATBOTKIT_API_SECRET}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ ...body, botId: process.env.CHATBOTKIT_BOT_ID || undefined }),
    // Ends with the page: nobody reads on.
    signal,
  })
  if (!response.ok) throw new Error(`ChatBotKit answered ${response.status}`)
  return new Response(response.body, { headers: { 'content-type': 'application/jsonl' } })
}
