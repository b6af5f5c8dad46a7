'use strict'

/** Each route's method. @type {Readonly<Record<RouteName, 'GET' | 'POST'>>} */
const METHOD_BY_ROUTE = Object.freeze({
  list: 'GET',
  fetch: 'GET',
  create: 'POST',
  update: 'POST',
  delete: 'POST',
  'session/create': 'POST',
})

/** Routes that answer with pages of items. @type {readonly RouteName[]} */
const PAGED_ROUTES = Object.freeze(['list'])

const PREFIX_BY_GENERATION = { partner: 'partner/user', user: 'user' }

/** @type {readonly Generation[]} */
const GENERATIONS = Object.freeze(Object.keys(PREFIX_BY_GENERATION))

// The hosted API answers under /v1, a self-hosted platform under /api/v1.
const PATH =
  /^(?:\/api)?\/v1\/(?<prefix>partner\/user|user)\/(?:(?<plain>list|create)|(?<reference>[^/]+)\/(?<ofUser>fetch|update|delete|session\/create))$/

/**
 * @typedef {'list' | 'fetch' | 'create' | 'update' | 'delete' | 'session/create'} RouteName
 * @typedef {'partner' | 'user'} Generation
 *
 * @typedef {object} RouteMatch
 * @property {RouteName} route
 * @property {Generation} generation
 * @property {string | null} reference the `{userId}` of the path, still percent-encoded
 */

/**
 * @param {string} path without query
 * @returns {RouteMatch | null} null when no generation has such a route
 */
function matchRoute(path) {
  const groups = PATH.exec(path)?.groups
  if (!groups) return null
  return {
    route: groups.plain ?? groups.ofUser,
    generation: GENERATIONS.find((name) => PREFIX_BY_GENERATION[name] === groups.prefix),
    reference: groups.reference ?? null,
  }
}

module.exports = { GENERATIONS, METHOD_BY_ROUTE, PAGED_ROUTES, matchRoute }
