'use strict'

// Keys that begin with `_` or another non-word character (`$update` among
// them) belong to the platform: it drops them on write and on read.
const INTERNAL_KEY = /^[\W_]/

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

/**
 * A copy of `meta` without the platform's own keys. Top level only.
 *
 * @param {Record<string, unknown>} meta
 * @returns {Record<string, unknown>}
 */
function publicMeta(meta) {
  return Object.fromEntries(Object.entries(meta).filter(([key]) => key && !INTERNAL_KEY.test(key)))
}

/**
 * What is stored after a write: a plain object replaces everything, `{$update}`
 * is merged over what is there (top level only).
 *
 * @param {Record<string, unknown>} given the request's `meta`
 * @param {Record<string, unknown> | null} stored
 * @returns {Record<string, unknown>}
 */
function updatedMeta(given, stored) {
  return Object.hasOwn(given, '$update')
    ? { ...stored, ...publicMeta(given.$update) }
    : publicMeta(given)
}

/**
 * The `meta.KEY=V` and `meta[KEY]=V` filters of a query.
 *
 * @param {URLSearchParams} query
 * @returns {[key: string, value: string | boolean][]}
 */
function metaFilters(query) {
  const filters = []
  for (const [name, value] of query) {
    const key = /^meta(?:\.(.+)|\[(.+)\])$/s.exec(name)
    if (key && value) filters.push([key[1] ?? key[2], asMetaValue(value)])
  }
  return filters
}

// A query has only text: `true` and `false` are read as booleans.
function asMetaValue(text) {
  return text === 'true' || text === 'false' ? text === 'true' : text
}

/**
 * @param {Record<string, unknown> | null} meta
 * @param {[key: string, value: string | boolean][]} filters all must match
 * @returns {boolean}
 */
function matchesMeta(meta, filters) {
  return filters.every(([key, value]) => Object.hasOwn(meta ?? {}, key) && meta[key] === value)
}

module.exports = { isObject, matchesMeta, metaFilters, publicMeta, updatedMeta }
