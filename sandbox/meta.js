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
 * The `meta.KEY=V` and `meta[KEY]=V` filters of a query. An empty value is no filter, and of a key
 * given twice the first counts.
 *
 * @param {URLSearchParams} query
 * @returns {MetaFilter[]}
 */
function metaFilters(query) {
  const values = new Map()
  for (const [name, value] of query) {
    const groups = /^meta(?:\.(.+)|\[(.+)\])$/s.exec(name)
    const key = groups?.[1] ?? groups?.[2]
    if (key && !values.has(key)) values.set(key, value)
  }
  return [...values]
    .filter(([, value]) => value !== '')
    .map(([key, value]) => [key.split('.'), asMetaValue(value)])
}

// A query has only text: `true` and `false` are read as booleans.
function asMetaValue(text) {
  return text === 'true' || text === 'false' ? text === 'true' : text
}

/**
 * @param {Record<string, unknown> | null} meta
 * @param {MetaFilter[]} filters all must match
 * @returns {boolean}
 */
function matchesMeta(meta, filters) {
  return filters.every(([path, value]) => valueAt(meta, path) === value)
}

/** The value at a path: `meta.a.b` asks for the member `b` of the member `a`. */
function valueAt(meta, path) {
  let value = meta
  for (const key of path) {
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }
  return value
}

/** @typedef {[path: string[], value: string | boolean]} MetaFilter */

module.exports = { isObject, matchesMeta, metaFilters, publicMeta, updatedMeta }
