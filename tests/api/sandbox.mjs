/**
 * The sandbox for Rust tests. accounts.rs starts it: one call a line comes in, what came of it a line
 * goes out.
 */
import { createInterface } from 'node:readline'
import { Api } from '../../sandbox/api.js'
import { matchRoute } from '../../sandbox/routes.js'

/** By number: each test has an API of its own, with one parent account in it. */
const parents = new Map()

function parentOf(number, secret) {
  if (!parents.has(number)) {
    const api = new Api({ emailComparison: 'insensitive', ignoreEmailFilter: false })
    parents.set(number, { api, users: api.addAccount(secret).users })
  }
  return parents.get(number)
}

const CALLS = {
  add: ({ users }, fields) => users.add(fields).id,
  get: ({ users }, id) => users.get(id),
  count: ({ users }) => users.all().length,

  answer({ api }, { generation, path, query, headers, body, ...request }) {
    const route = matchRoute(path)
    return api.answer({
      ...request,
      match: route?.generation === generation ? route : null,
      query: new URLSearchParams(query),
      headers: Object.fromEntries(headers),
      body: { value: body, isJson: body !== null, isTooLarge: false },
    })
  },
}

function outcomeOf({ parent, secret, call, input }) {
  try {
    return { value: CALLS[call](parentOf(parent, secret), input) }
  } catch (error) {
    return { error: error.stack }
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(outcomeOf(JSON.parse(line)))}\n`)
})
