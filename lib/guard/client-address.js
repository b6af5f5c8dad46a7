'use strict'

const { isIP, isIPv6 } = require('node:net')

/** Behind this many proxies nobody is: more is a mistake. */
const PROXIES_LIMIT = 10

/**
 * The address from which a request came, as it is counted, or undefined where it cannot be known.
 *
 * A header that a client can write itself is worth nothing, so `x-forwarded-for` is read only where it
 * is known how many proxies have written to it.
 *
 * @param {object[]} context what the handler was called with, first of all the request
 * @param {object} [options]
 * @param {(...context: object[]) => unknown} [options.clientAddress] the application's own rule
 * @param {number} [options.trustedProxies]
 * @returns {Promise<{ client: string | undefined, isBehindProxy: boolean }>}
 */
async function clientOf(context, { clientAddress, trustedProxies } = {}) {
  if (clientAddress) return known(await clientAddress(...context))
  const [request] = context
  const header = (name) => headerOf(request.headers, name)
  const socket = request.socket?.remoteAddress
  if (trustedProxies > 0) return known(list(header('x-forwarded-for')).at(-trustedProxies))
  if (trustedProxies === 0) return known(socket)
  if (process.env.VERCEL) {
    // Vercel overwrites what a client sent.
    return known(list(header('x-vercel-forwarded-for')).at(0) ?? header('x-real-ip'))
  }
  const forwarded = header('x-forwarded-for')
  const isForwarded = forwarded !== undefined && normalised(forwarded) !== normalised(socket)
  // The proxy's own address would be everybody's.
  if (isForwarded && (socket === undefined || isPrivate(socket))) {
    return { client: undefined, isBehindProxy: true }
  }
  return { ...known(socket), isBehindProxy: isForwarded }
}

function known(address) {
  return { client: normalised(address), isBehindProxy: false }
}

function headerOf(headers, name) {
  const value = typeof headers?.get === 'function' ? headers.get(name) : headers?.[name]
  return value === null || value === undefined ? undefined : String(value)
}

function list(header) {
  return header === undefined ? [] : header.split(',').map((entry) => entry.trim())
}

/**
 * An address as it is counted: IPv4 whole, however it is written; of IPv6 the first 64 bits, which is the
 * least that one subscriber has. Undefined for what is no address.
 *
 * @param {unknown} value may have a port, as some proxies write it
 */
function normalised(value) {
  if (typeof value !== 'string') return undefined
  const address = withoutPort(value.trim()).split('%')[0]
  if (isIP(address) === 4) return address
  if (!isIPv6(address)) return undefined
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((it) => it === 0) && groups[5] === 0xff_ff
  if (isMapped) {
    return [groups[6] >> 8, groups[6] & 0xff, groups[7] >> 8, groups[7] & 0xff].join('.')
  }
  return `${groups
    .slice(0, 4)
    .map((it) => it.toString(16))
    .join(':')}::/64`
}

function withoutPort(value) {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(value) ?? []
  return bracketed ?? value.replace(/^([\d.]+):\d+$/, '$1')
}

/** The eight groups of an IPv6 address. */
function groupsOf(address) {
  // The URL parser writes the last 32 bits as two groups where they are dotted.
  const { hostname } = new URL(`http://[${address}]`)
  const [head, tail] = hostname.slice(1, -1).split('::')
  const numbers = (text) => (text ? text.split(':').map((it) => Number.parseInt(it, 16)) : [])
  if (tail === undefined) return numbers(head)
  const gap = 8 - numbers(head).length - numbers(tail).length
  return [...numbers(head), ...new Array(gap).fill(0), ...numbers(tail)]
}

/** Loopback, private networks (RFC 1918, RFC 4193) and link-local addresses. */
function isPrivate(address) {
  return /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0:0:0:0::|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)/.test(
    normalised(address) ?? '',
  )
}

module.exports = { PROXIES_LIMIT, clientOf, normalised }
