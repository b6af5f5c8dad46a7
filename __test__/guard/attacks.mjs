/**
 * What strangers can do to people who sign in by code, with one client, against a real framework. Each
 * attack is tried with protect() in front of NextAuth and without it, and is told in figures.
 */
import { ADA, BOB } from '../../testing/people.mjs'
import { startApplication } from '../signin/application.mjs'

const STRANGER = '203.0.113.66'
const OWNER = '198.51.100.7'

/** How many lists a minute the API's plan allows in these attacks. */
const LISTS = 60

/** @typedef {{ after: (end: () => unknown) => void }} Ending what a test has for it */

/** An application, its mails, and people at clients of their own. */
async function open(t, framework, isGuarded, options = {}) {
  const mails = []
  const codes = new Map()
  const application = await startApplication(t, framework, {
    provider: { onCode: (address, code) => mails.push(address) && codes.set(address, code) },
    // Behind one proxy, which says who asks.
    guard: isGuarded ? { trustedProxies: 1 } : undefined,
    ...options,
  })
  const at = (client) => new Client(application.open(), codes, client)
  return { mails, owner: at(OWNER), stranger: at(STRANGER) }
}

/** Somebody who keeps the sign-in page open. */
class Client {
  #visit
  #codes
  #page

  constructor(visit, codes, address) {
    visit.browser.headers = { 'x-forwarded-for': address }
    this.#visit = visit
    this.#codes = codes
  }

  /** @returns {Promise<string | undefined>} the code, if one was sent */
  async ask(email) {
    const { browser, basePath } = this.#visit
    this.#page ??= await browser.open(`${basePath}/signin`)
    this.#codes.delete(email)
    await browser.submit(this.#page, { email }, { form: '/signin/email' })
    return this.#codes.get(email)
  }

  /** Presents a code. @returns {Promise<boolean>} whether it signs in */
  async isLetIn(email, code = '000000') {
    await this.#visit.redeem(email, code)
    return (await this.#visit.person()) !== undefined
  }

  async guess(email, times) {
    for (let n = 0; n < times; n += 1) await this.isLetIn(email)
  }
}

/**
 * @typedef {object} Attack
 * @property {string} name
 * @property {(t: Ending, framework: object, isGuarded: boolean) => Promise<string>} run
 * @property {[string, string]} outcomes without and with the guard
 */

/** @type {Attack[]} */
export const ATTACKS = [
  {
    name: 'asks for 200 codes in somebody’s name',
    outcomes: ['200 mails', '1 mail'],
    async run(t, framework, isGuarded) {
      const { stranger, mails } = await open(t, framework, isGuarded)
      for (let n = 0; n < 200; n += 1) await stranger.ask(ADA.email)
      return mails.length === 1 ? '1 mail' : `${mails.length} mails`
    },
  },
  {
    name: 'guesses 20 times at a code that its owner asked for',
    outcomes: ['the code is void', 'the code works'],
    async run(t, framework, isGuarded) {
      const { owner, stranger } = await open(t, framework, isGuarded)
      const code = await owner.ask(ADA.email)
      await stranger.guess(ADA.email, 20)
      return (await owner.isLetIn(ADA.email, code)) ? 'the code works' : 'the code is void'
    },
  },
  {
    name: 'asks and guesses by turns until 100 codes were wrong',
    outcomes: ['locked for an hour', '4 wrong codes, the code works'],
    async run(t, framework, isGuarded) {
      const notices = []
      let wrong = 0
      const logger = {
        warn: (notice) => notices.push(notice),
        debug(_, { operation, outcome }) {
          if (operation === 'useVerificationToken' && outcome === 'empty') wrong += 1
        },
      }
      const { owner, stranger } = await open(t, framework, isGuarded, { adapter: { logger } })
      const code = await owner.ask(ADA.email)
      for (let n = 0; n < 21; n += 1) {
        await stranger.guess(ADA.email, 5)
        await stranger.ask(ADA.email)
      }
      if (notices.includes('IDENTIFIER_LOCKED')) return 'locked for an hour'
      const isIn = await owner.isLetIn(ADA.email, code)
      return `${wrong} wrong codes, ${isIn ? 'the code works' : 'the code is void'}`
    },
  },
  {
    name: 'asks for ten more codes after its owner asked for one',
    outcomes: ['the owner’s code is displaced', 'the code works'],
    async run(t, framework, isGuarded) {
      const { owner, stranger } = await open(t, framework, isGuarded)
      const code = await owner.ask(ADA.email)
      for (let n = 0; n < 10; n += 1) await stranger.ask(ADA.email)
      const isIn = await owner.isLetIn(ADA.email, code)
      return isIn ? 'the code works' : 'the owner’s code is displaced'
    },
  },
  {
    name: `asks for codes for 100 addresses, where the API allows ${LISTS} lists a minute`,
    outcomes: ['nobody else gets a code', 'somebody else gets a code'],
    async run(t, framework, isGuarded) {
      const { owner, stranger } = await open(t, framework, isGuarded, {
        sandbox: { listsPerMinute: LISTS },
      })
      for (let n = 0; n < 100; n += 1) await stranger.ask(`nobody${n}@example.com`)
      const code = await owner.ask(BOB.email)
      return code ? 'somebody else gets a code' : 'nobody else gets a code'
    },
  },
]
