'use strict'

const { FAULT_KINDS } = require('./fault-kinds')
const { METHOD_BY_ROUTE } = require('./routes')

const WHENS = ['before', 'after']
const COMMON_OPTIONS = ['type', 'route', 'times', 'after', 'when', 'match']

/**
 * A fault to inject; the options of each `type` are in the README's table.
 *
 * @typedef {object} Fault
 * @property {string} type
 * @property {import('./routes').RouteName} [route] default: any, unknown paths too
 * @property {number} [times] how many requests it hits, default Infinity
 * @property {number} [after] how many matching requests it lets pass first, default 0
 * @property {'before' | 'after'} [when] `before` (default): the request is not applied;
 *   `after`: it is applied, and only its answer is lost or changed
 * @property {(entry: import('./request-log').RequestEntry) => boolean} [match] narrows it further
 *
 * @typedef {object} FaultHandle
 * @property {number} hits how many requests it has hit
 * @property {() => void} remove
 */

class InjectedFault {
  #seen = 0

  /** @param {Fault} fault */
  constructor(fault) {
    const { type, route, times = Infinity, after = 0, when = 'before', match, ...options } = fault
    const kind = kindOf(type)
    check(when, WHENS.includes(when), 'when')
    check(times, times === Infinity || (Number.isInteger(times) && times > 0), 'times')
    check(after, Number.isInteger(after) && after >= 0, 'after')
    check(match, match === undefined || typeof match === 'function', 'match')
    this.type = type
    this.hits = 0
    this.when = when
    this.routes = routesOf(route, kind)
    this.times = times
    this.after = after
    this.match = match
    this.options = readOptions(type, kind.options, options)
  }

  /** Whether this request is the fault's; counts it if so. */
  claims(entry, isServed) {
    if (this.routes && !(isServed && this.routes.includes(entry.route))) return false
    if (this.match && !this.match(entry)) return false
    if (this.#seen < this.after) {
      this.#seen += 1
      return false
    }
    if (this.hits >= this.times) return false
    this.hits += 1
    return true
  }

  /** @param {import('./fault-kinds').Exchange} exchange */
  async serve(exchange) {
    if (this.when === 'after') exchange.apply()
    await FAULT_KINDS[this.type].serve(this.options, exchange)
  }
}

function kindOf(type) {
  if (!Object.hasOwn(FAULT_KINDS, type)) {
    throw new TypeError(
      `Unknown fault type: ${type} (known: ${Object.keys(FAULT_KINDS).join(', ')})`,
    )
  }
  return FAULT_KINDS[type]
}

/** The routes that a fault is for; null for any. */
function routesOf(route, { onlyRoutes = null }) {
  if (route === undefined) return onlyRoutes
  const hasMeaning = onlyRoutes === null || onlyRoutes.includes(route)
  check(route, Object.hasOwn(METHOD_BY_ROUTE, route) && hasMeaning, 'route')
  return [route]
}

function readOptions(type, specification, given) {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specification, name)) {
      const known = [...COMMON_OPTIONS, ...Object.keys(specification)].join(', ')
      throw new TypeError(`Unknown option of the fault ${type}: ${name} (known: ${known})`)
    }
  }
  const options = {}
  for (const [name, rule] of Object.entries(specification)) {
    const value = given[name]
    if (value === undefined && rule.required) {
      throw new TypeError(`The fault ${type} needs the option ${name}`)
    }
    check(value, value === undefined || rule.check(value), name)
    options[name] = value === undefined ? rule.fallback : value
  }
  return options
}

function check(value, isGood, name) {
  if (!isGood) throw new TypeError(`Bad fault option ${name}: ${String(value)}`)
}

/** The faults in force. A request goes to the first one, in order of injection, that claims it. */
class Faults {
  /** @type {InjectedFault[]} */
  #injected = []

  /**
   * @param {Fault} fault
   * @returns {FaultHandle}
   * @throws {TypeError} on an unknown type, or an unknown, missing or bad option
   */
  inject(fault) {
    const injected = new InjectedFault(fault)
    this.#injected.push(injected)
    return {
      get hits() {
        return injected.hits
      },
      remove: () => {
        this.#injected = this.#injected.filter((other) => other !== injected)
      },
    }
  }

  clear() {
    this.#injected = []
  }

  /**
   * @param {import('./request-log').RequestEntry} entry
   * @param {boolean} isServed a fault of one route leaves a generation alone that is not served
   * @returns {InjectedFault | undefined}
   */
  claim(entry, isServed) {
    return this.#injected.find((fault) => fault.claims(entry, isServed))
  }
}

module.exports = { Faults }
