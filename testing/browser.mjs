/**
 * What a browser does in a sign-in, and no more: keeps cookies, fills in forms, follows redirects.
 */

/** ms. A step that takes longer is a failure, unless the browser is told of another limit. */
const STEP_TIMEOUT = 15_000

/** As many redirects in a row as a browser follows. */
const REDIRECT_LIMIT = 20

const UNESCAPED = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

/**
 * @typedef {object} Page
 * @property {URL} url where the browser ended up
 * @property {number} status
 * @property {Headers} headers
 * @property {string} text
 *
 * @typedef {object} Cookie
 * @property {string} value
 * @property {Date | undefined} expires
 */

export class Browser {
  /** Each host's cookies. The port makes no difference, as in browsers. */
  #jars = new Map()
  #elsewhere
  #timeout
  /** Sent with each request. @type {Record<string, string>} */
  headers = {}

  /**
   * @param {string} origin of the application
   * @param {object} [options]
   * @param {string[]} [options.elsewhere] other origins that redirects may lead to
   * @param {number} [options.timeout] of a step, in milliseconds
   */
  constructor(origin, { elsewhere = [], timeout = STEP_TIMEOUT } = {}) {
    this.origin = origin
    this.#elsewhere = elsewhere
    this.#timeout = timeout
  }

  /**
   * Opens `address` and follows redirects.
   *
   * @param {string | URL} address
   * @param {object} [request]
   * @param {string} [request.method]
   * @param {URLSearchParams} [request.body]
   * @param {string} [request.stopAt] a path that is not opened when a redirect leads to it
   * @returns {Promise<Page>}
   */
  async open(address, { stopAt, ...first } = {}) {
    let url = new URL(address, this.origin)
    let request = first
    for (let hop = 0; hop < REDIRECT_LIMIT; hop += 1) {
      const page = await this.#ask(url, request)
      const location = page.headers.get('location')
      if (page.status < 300 || page.status >= 400 || !location) return page
      url = new URL(location, url)
      if (url.origin !== this.origin && !this.#elsewhere.includes(url.origin)) {
        throw new Error(`Sent away to ${url.origin}`)
      }
      if (url.origin === this.origin && url.pathname === stopAt) return { ...page, url }
      // 307 and 308 repeat the request; after any other redirect browsers go on with GET.
      if (page.status !== 307 && page.status !== 308) request = {}
    }
    throw new Error(`More than ${REDIRECT_LIMIT} redirects, the last one to ${url}`)
  }

  /**
   * Fills `fields` into a form of `page` and sends it, hidden fields included.
   *
   * @param {Page} page
   * @param {Record<string, string>} [fields]
   * @param {object} [options]
   * @param {string} [options.form] how the form's action ends; the first form of the page when left out
   * @param {string} [options.stopAt]
   */
  submit(page, fields = {}, { form, stopAt } = {}) {
    const { action, method, hidden } = formIn(page, form)
    const values = new URLSearchParams({ ...hidden, ...fields })
    const url = new URL(action, page.url)
    if (method === 'post') return this.open(url, { method: 'POST', body: values, stopAt })
    url.search = values
    return this.open(url, { stopAt })
  }

  async json(address) {
    return JSON.parse((await this.open(address)).text)
  }

  /**
   * A cookie that the application set. Expired ones stay until the application removes them: a
   * server must not rely on a browser to forget.
   *
   * @returns {Cookie | undefined}
   */
  cookie(name) {
    return this.#jar(new URL(this.origin)).get(name)
  }

  setCookie(name, value) {
    this.#jar(new URL(this.origin)).set(name, { value, expires: undefined })
  }

  async #ask(url, { method = 'GET', body } = {}) {
    const jar = this.#jar(url)
    const cookies = [...jar].map(([name, { value }]) => `${name}=${value}`)
    const response = await fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: { ...this.headers, cookie: cookies.join('; ') },
      signal: AbortSignal.timeout(this.#timeout),
    })
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie)
    return { url, status: response.status, headers: response.headers, text: await response.text() }
  }

  #jar({ hostname }) {
    if (!this.#jars.has(hostname)) this.#jars.set(hostname, new Map())
    return this.#jars.get(hostname)
  }
}

function keep(jar, header) {
  const [pair, ...attributes] = header.split(/;\s*/)
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  const expires = expiryIn(attributes)
  if (expires && expires.getTime() <= Date.now()) jar.delete(name)
  else jar.set(name, { value: pair.slice(at + 1), expires })
}

/** @returns {Date | undefined} Max-Age goes before Expires (RFC 6265, 5.3) */
function expiryIn(attributes) {
  const named = attributes.map((text) => text.split('='))
  const attribute = (wanted) => named.find(([name]) => name.toLowerCase() === wanted)?.[1]
  const maxAge = attribute('max-age')
  if (maxAge !== undefined) return new Date(Date.now() + Number(maxAge) * 1000)
  const expires = attribute('expires')
  return expires === undefined ? undefined : new Date(expires)
}

function formIn(page, wanted = '') {
  const forms = [...page.text.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)]
  const form = forms.find(([, attributes]) =>
    (attributesOf(attributes).action ?? '').endsWith(wanted),
  )
  if (!form) {
    const what = wanted && ` to ${wanted}`
    throw new Error(`No form${what} on ${page.url} (${page.status}): ${page.text.slice(0, 200)}`)
  }
  const { action = '', method = 'get' } = attributesOf(form[1])
  const inputs = [...form[2].matchAll(/<input\b([^>]*)>/gi)].map((input) => attributesOf(input[1]))
  const hidden = inputs
    .filter(({ type }) => type === 'hidden')
    .map(({ name, value }) => [name, value])
  return { action, method: method.toLowerCase(), hidden: Object.fromEntries(hidden) }
}

function attributesOf(text) {
  const pairs = [...text.matchAll(/([\w-]+)="([^"]*)"/g)]
  return Object.fromEntries(pairs.map(([, name, value]) => [name.toLowerCase(), decoded(value)]))
}

function decoded(text) {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => UNESCAPED[entity])
}
