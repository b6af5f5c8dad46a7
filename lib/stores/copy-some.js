'use strict'

const binary = require('../native/binary.js')
const { call, errorOf } = require('../native/call.js')
const { nativeOf } = require('./native-backed-store.js')

/**
 * What became of some keys.
 *
 * @typedef {object} Copied
 * @property {number} copied or that would be
 * @property {number} same that are in the other store already
 * @property {number} kept that are something else there, which stays
 * @property {number} ended before they could be copied
 * @property {number} failed
 * @property {string | null} failure why the first of them failed
 * @property {string | null} next where the next keys are
 */

/**
 * Copies some of what is in one store to another.
 *
 * @param {import('./store.js').Store} from
 * @param {import('./store.js').Store} to
 * @param {string | null} position where an earlier call said that the next keys are
 * @param {{ prefix: string, writes: boolean, overwrites: boolean }} options
 * @returns {Promise<Copied>}
 */
async function copySome(from, to, position, options) {
  const natives = [from, to].map(nativeOf)
  const outcome = await call(binary.store.copySome, ...natives, position ?? undefined, options)
  const error = errorOf('copy-store', outcome)
  if (error) throw error
  return outcome.ok
}

module.exports = { copySome }
