/**
 * Replies of Redis as the REST API writes them.
 */

/**
 * @param {import('./resp.mjs').Reply | import('./resp.mjs').Reply[]} result of one command, or of each
 * @param {{ endpoint: string, base64: boolean }} request
 * @returns {string} JSON: `{"result": …}`, or an array of `{"result": …}` and `{"error": …}`
 */
export function answerJson(result, { endpoint, base64 }) {
  if (endpoint === 'command') return resultJson(result, base64)
  const answers = result.map((reply) =>
    reply.type === '-' ? errorJson(reply.value) : resultJson(reply, base64),
  )
  return `[${answers.join(',')}]`
}

/** @returns {string} JSON; the text of errors is never in base64 */
export function errorJson(message) {
  return JSON.stringify({ error: message })
}

/** "all strings in the response will be base64 encoded, except for the "OK" response" */
function resultJson(reply, base64) {
  const isOk = reply.type === '+' && reply.value === 'OK'
  return `{"result":${isOk ? '"OK"' : valueJson(reply, base64)}}`
}

function valueJson({ value }, base64) {
  if (Array.isArray(value)) return `[${value.map((item) => valueJson(item, base64)).join(',')}]`
  // Every digit of an integer, which JSON.stringify cannot write beyond 2^53.
  if (typeof value === 'bigint') return String(value)
  if (value === null) return 'null'
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value))
  return JSON.stringify(bytes.toString(base64 ? 'base64' : 'utf8'))
}
