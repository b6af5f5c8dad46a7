/** A mail service that keeps what it is given. */
import { createServer } from 'node:http'
import { listen } from '../../testing/listening.mjs'
import { until } from '../../testing/waiting.mjs'

export async function startMailbox() {
  const messages = []
  let outages = 0
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    if (outages > 0) return response.writeHead(503).end()
    messages.push(JSON.parse(Buffer.concat(chunks).toString()))
    response.end()
  })
  const { port, close } = await listen(server)

  return {
    url: `http://127.0.0.1:${port}/`,
    messages,
    /** The code of the latest message to `address`; that one is then taken out. */
    async codeFor(address) {
      const find = () => messages.findLastIndex(({ to }) => to === address)
      await until(`a code for ${address}`, () => find() >= 0)
      const [{ text }] = messages.splice(find(), 1)
      return /code is (\w+)/.exec(text)[1]
    },
    /** From now on nothing is taken. @returns {() => void} ends that */
    breakDown() {
      outages += 1
      return () => {
        outages -= 1
      }
    },
    close,
  }
}
