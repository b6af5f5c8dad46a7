export interface Message {
  type: 'user' | 'bot'
  text: string
}

/** Thrown where nobody is signed in any more. */
export class SignedOut extends Error {}

/** Asks the bot; gives its answer as far as it is written, again and again. */
export async function* ask(messages: Message[]): AsyncGenerator<string> {
  const response = await fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages }),
  })
  if (response.status === 401) throw new SignedOut()
  if (!response.ok || !response.body) throw new Error(`The server answered ${response.status}`)
  let answer = ''
  for await (const { type, data } of readEvents(response.body)) {
    // The API fails late as well, when it has long answered 200.
    if (type === 'error') throw new Error(data.message)
    if (type !== 'token') continue
    answer += data.token
    yield answer
  }
}

/** JSON Lines: a network cuts them anywhere. */
async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value = '\n' } = await reader.read()
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line) yield JSON.parse(line)
    if (done) return
  }
}
