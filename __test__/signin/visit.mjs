import { Browser } from '../../testing/browser.mjs'

/** A person at a browser of their own. */
export class Visit {
  /**
   * @param {object} framework
   * @param {string} origin of the application
   * @param {object} options
   * @param {Map<string, string>} options.codes the newest code that was sent to each address
   * @param {string[]} [options.elsewhere] origins of the providers that the application sends people to
   */
  constructor({ basePath, sessionCookie }, origin, { codes, elsewhere }) {
    this.browser = new Browser(origin, { elsewhere })
    this.basePath = basePath
    this.sessionCookieName = sessionCookie
    this.codes = codes
  }

  /** Fills in the framework's own sign-in page. @returns the code that was sent, if one was */
  async askForCode(email) {
    const address = email.trim().toLowerCase()
    this.codes.delete(address)
    const page = await this.browser.open(`${this.basePath}/signin`)
    this.answer = await this.browser.submit(page, { email }, { form: '/signin/email' })
    return this.codes.get(address)
  }

  /** @returns {Promise<string | undefined>} the error that the framework reports, if any */
  async redeem(email, token) {
    const query = new URLSearchParams({ email, token })
    return this.finish(`${this.basePath}/callback/email?${query}`)
  }

  signInAs = async (email) => this.redeem(email, await this.askForCode(email))

  /**
   * Goes to a provider from the sign-in page, and comes back.
   *
   * @param {{ id: string }} provider
   * @returns {Promise<string | undefined>} the error that the framework reports, if any
   */
  async signInWith(provider) {
    return this.finish(await this.answerOf(provider))
  }

  /** Goes to a provider. @returns {Promise<URL>} where the provider sends the browser back to */
  async answerOf({ id }) {
    const page = await this.browser.open(`${this.basePath}/signin`)
    const stopAt = `${this.basePath}/callback/${id}`
    const { url } = await this.browser.submit(page, {}, { form: `/signin/${id}`, stopAt })
    return url
  }

  /** Opens the callback that ends a sign-in. @returns the error that the framework reports, if any */
  async finish(callback) {
    // Afterwards the frameworks lead to '/', which neither of these servers has.
    const { url } = await this.browser.open(callback, { stopAt: '/' })
    return url.searchParams.get('error') ?? undefined
  }

  async signOut() {
    const page = await this.browser.open(`${this.basePath}/signout`)
    await this.browser.submit(page, {}, { form: '/signout', stopAt: '/' })
  }

  /** What the framework tells the page. v4 says `{}` when nobody is signed in, v5 `null`. */
  session = () => this.browser.json(`${this.basePath}/session`)

  /** The person who is signed in, or undefined. */
  person = async () => (await this.session())?.user

  /** The cookie that the session is kept in: with database sessions its value is the session's token. */
  get sessionCookie() {
    return this.browser.cookie(this.sessionCookieName)
  }
}
