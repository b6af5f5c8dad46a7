'use strict'

/** Each route's method. @type {Readonly<Record<RouteName, 'GET' | 'POST'>>} */
const METHOD_BY_ROUTE = Object.freeze({
  list: 'GET',
  fetch: 'GET',
  create: 'POST',
  update: 'POST',
  delete: 'POST',
  'session/create': 'POST',
  'contact/list': 'GET',
  'contact/export': 'GET',
  'contact/fetch': 'GET',
  'contact/create': 'POST',
  'contact/ensure': 'POST',
  'contact/update': 'POST',
  'contact/delete': 'POST',
  'conversation/complete': 'POST',
  'conversation/contact/upsert': 'POST',
})

/** Routes that answer with pages of items. @type {readonly RouteName[]} */
const PAGED_ROUTES = Object.freeze(['list', 'contact/list', 'contact/export'])

const PREFIX_BY_GENERATION = { partner: 'partner/user', user: 'user' }

/** @type {readonly Generation[]} */
const GENERATIONS = Object.freeze(Object.keys(PREFIX_BY_GENERATION))

// The hosted API answers under /v1, a self-hosted platform under /api/v1.
const ROOT = /^(?:\/api)?\/v1\//

/** Below the root: `family` is what the names of its routes begin with. */
const PATHS = [
  {
    family: '',
    pattern:
      /^(?<users>partner\/user|user)\/(?:(?<plain>list|create)|(?<reference>[^/]+)\/(?<ofOne>fetch|update|delete|session\/create))$/,
  },
  {
    family: 'contact/',
    pattern:
      /^contact\/(?:(?<plain>list|export|create|ensure)|(?<reference>[^/]+)\/(?<ofOne>fetch|update|delete))$/,
  },
  {
    family: 'conversation/',
    pattern:
      /^conversation\/(?:(?<plain>complete)|(?<reference>[^/]+)\/(?<ofOne>contact\/upsert))$/,
  },
]

/**
 * @typedef {'list' | 'fetch' | 'create' | 'update' | 'delete' | 'session/create'} UserRoute
 * @typedef {'contact/list' | 'contact/export' | 'contact/fetch' | 'contact/create' | 'contact/ensure'
 *   | 'contact/update' | 'contact/delete'} ContactRoute
 * @typedef {'conversation/complete' | 'conversation/contact/upsert'} ConversationRoute
 * @typedef {UserRoute | ContactRoute | ConversationRoute} RouteName
 * @typedef {'partner' | 'user'} Generation
 *
 * @typedef {object} RouteMatch
 * @property {RouteName} route
 * @property {Generation | null} generation of the routes of users; null for the others, of which
 *   there is one
 * @property {string | null} reference the `{…Id}` of the path, still percent-encoded
 */

/**
 * @param {string} path without query
 * @returns {RouteMatch | null} null when there is no such route
 */
function matchRoute(path) {
  if (!ROOT.test(path)) return null
  const rest = path.replace(ROOT, '')
  for (const { family, pattern } of PATHS) {
    const groups = pattern.exec(rest)?.groups
    if (!groups) continue
    const { users, plain, reference = null, ofOne } = groups
    const generation = GENERATIONS.find((name) => PREFIX_BY_GENERATION[name] === users) ?? null
    return { route: `${family}${plain ?? ofOne}`, generation, reference }
  }
  return null
}

module.exports = { GENERATIONS, METHOD_BY_ROUTE, PAGED_ROUTES, matchRoute }
