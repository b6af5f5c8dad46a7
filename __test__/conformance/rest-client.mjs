/**
 * A client as `@upstash/redis` and `@vercel/kv` are: an object with commands for methods, which
 * answers with what it parsed, or with texts when `automaticDeserialization` is off.
 */
export class RestClient {
  #url
  #token
  #parses

  constructor({ url, token, automaticDeserialization = true }) {
    this.#url = url
    this.#token = token
    this.#parses = automaticDeserialization
  }

  async get(key) {
    const text = await this.#command(['GET', key])
    if (text === null || !this.#parses) return text
    return JSON.parse(text)
  }

  set(key, value, options) {
    if (options && !Number.isInteger(options.px)) throw new TypeError('px is not an integer')
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return this.#command(['SET', key, text, ...(options ? ['PX', options.px] : [])])
  }

  del(...keys) {
    return this.#command(['DEL', ...keys])
  }

  async #command(command) {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(command),
    })
    const { result, error } = await response.json()
    if (error) throw new Error(error)
    return result
  }
}
