/**
 * Measures the sides turn by turn, so that what else the machine does meanwhile meets all of them.
 */
import { median, spread } from './figures.mjs'
import { takesPart } from './sides.mjs'

const FIGURES = ['perSecond', 'p50', 'p99', 'cpu', 'mainThread', 'eventLoop', 'serverCpu', 'rss']

/**
 * @param {Record<string, object>} sides
 * @param {object} options times in milliseconds
 * @param {string[]} options.operations
 * @param {number[]} options.concurrencies
 * @param {number} options.rounds
 * @param {(line: string) => void} options.say
 * @returns {Promise<object[]>} `{ operation, concurrency, sides, rounds }`: medians by side, and all
 *   rounds
 */
export async function compare(sides, options) {
  const { operations, concurrencies, rounds, warmup, duration, say } = options
  const cases = []
  for (const operation of operations) {
    const names = Object.keys(sides).filter((name) => takesPart(name, operation))
    for (const name of names) await sides[name].prepare(operation)
    for (const concurrency of concurrencies) {
      const all = []
      for (let round = 0; round < rounds; round += 1) {
        // Whoever begins finds the machine cooler.
        const order = round % 2 === 0 ? names : names.toReversed()
        const figures = {}
        for (const name of order) {
          figures[name] = await sides[name].run({ operation, concurrency, warmup, duration })
        }
        all.push(figures)
      }
      const medians = names.map((name) => [name, mediansOf(all.map((round) => round[name]))])
      cases.push({ operation, concurrency, sides: Object.fromEntries(medians), rounds: all })
      say(`${operation} at ${concurrency}`)
    }
  }
  return cases
}

function mediansOf(rounds) {
  const known = FIGURES.filter((name) => rounds.every((figures) => Number.isFinite(figures[name])))
  return Object.fromEntries(known.map((name) => [name, median(rounds.map((it) => it[name]))]))
}

/** How a figure of one side relates to the same figure of another one in each round of a case. */
export function ratio({ rounds }, figure, side, other) {
  return spread(rounds.map((round) => round[side][figure] / round[other][figure]))
}
