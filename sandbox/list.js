'use strict'

const { jsonLines, ok, wantsJsonLines } = require('./answers')

/** How many items a page has, when the query names no number, and at most. */
const LIST_TAKE = 100

/**
 * The answer to a list: the page that the query asks for, in the form that Accept asks for.
 *
 * @template Row
 * @param {{query: URLSearchParams, accept: string}} call
 * @param {Row[]} rows of the account, newest first
 * @param {(row: Row) => boolean} isWanted
 * @param {(row: Row) => {id: string}} shown what a list tells about a row
 * @returns {import('./errors').Answer}
 */
function listAnswer({ query, accept }, rows, isWanted, shown) {
  const items = page(rows, query, isWanted).map(shown)
  if (wantsJsonLines(accept)) return jsonLines(items.map((data) => ({ type: 'item', data })))
  // A page without items has no last item: its cursor is left out.
  return ok({ items, cursor: items.at(-1)?.id })
}

/**
 * A cursor that names no row of the account ends the list, as it does in a database that pages
 * by key.
 */
function page(rows, query, isWanted) {
  const ordered = query.get('order') === 'asc' ? rows.toReversed() : rows
  const cursor = query.get('cursor')?.trim()
  const last = cursor ? ordered.findIndex((row) => row.id === cursor) : -1
  if (cursor && last === -1) return []
  return ordered
    .slice(last + 1)
    .filter(isWanted)
    .slice(0, takeOf(query))
}

/** 0 and garbage mean the default. */
function takeOf(query) {
  const take = Number.parseInt(query.get('take') ?? '', 10) || LIST_TAKE
  return Math.min(Math.max(1, take), LIST_TAKE)
}

/**
 * @template {{id: string, createdAt: number}} Row
 * @param {Row[]} rows
 * @returns {Row[]} by createdAt, then id
 */
function newestFirst(rows) {
  return rows.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
}

module.exports = { listAnswer, newestFirst }
