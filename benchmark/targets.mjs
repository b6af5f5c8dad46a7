/**
 * What is aimed at, and how far it got.
 */
import { ratio } from './compare.mjs'
import { median } from './figures.mjs'

const READS = ['getUser', 'getUserByEmail', 'getSessionAndUser']

/** A target: what it says, what was measured, and whether that is enough. */
function target(name, wanted, figures, isMet) {
  const values = [figures].flat()
  return { name, wanted, measured: values, met: values.length > 0 && values.every(isMet) }
}

/**
 * @param {object} results as run.mjs collects them
 * @returns {object[]}
 */
export function targets({ cases, delayed, scale, footprint }) {
  const find = (list, operation, concurrency) =>
    list.find((it) => it.operation === operation && it.concurrency === concurrency)
  const reads = READS.map((operation) => find(cases, operation, 64)).filter(Boolean)
  const against = (list, figure, other) =>
    list.map((it) => round(ratio(it, figure, 'adapter', other).median))
  const far = (operation, concurrency) => [find(delayed, operation, concurrency)].filter(Boolean)
  const session = reads.find(({ operation }) => operation === 'getSessionAndUser')
  const requests = reads.find(({ operation }) => operation === 'getUser')
  const growth = ['getSessionAndUser', 'code'].map((operation) => {
    const of = scale.filter((it) => it.operation === operation)
    const [least, most] = [of[0].rounds, of.at(-1).rounds]
    return round(median(most.map(({ adapter }, at) => adapter.cpu / least[at].adapter.cpu)))
  })
  const names = reads.map(({ operation }) => operation).join(', ')
  return [
    target(
      `${names} at 64: throughput of JavaScript`,
      '≥ 8 ×',
      against(reads, 'perSecond', 'javascript'),
      (it) => it >= 8,
    ),
    target(
      `${names} at 64: CPU of JavaScript`,
      '≤ 0.125 ×',
      against(reads, 'cpu', 'javascript'),
      (it) => it <= 1 / 8,
    ),
    target(
      `${names} at 64: main thread of JavaScript`,
      '≤ 0.067 ×',
      against(reads, 'mainThread', 'javascript'),
      (it) => it <= 1 / 15,
    ),
    target(
      `${names} at 64: CPU of the floor`,
      '≤ 1.6 ×',
      against(reads, 'cpu', 'floor'),
      (it) => it <= 1.6,
    ),
    ...(far('signInAgain', 1).length > 0 ? againstSignIns(far, against) : []),
    ...(session?.sides.before ? againstBefore(cases) : []),
    target(
      'getSessionAndUser, code: CPU with most stored, of that with least',
      '≤ 1.25 ×',
      growth,
      (it) => it <= 1.25,
    ),
    target(
      'the API of the benchmark, on one thread: answers per second',
      '≥ 50,000',
      round(requests?.sides.floor.perSecond),
      (it) => it >= 50_000,
    ),
    target('require, in ms', '< 15', round(footprint.load), (it) => it < 15),
    target('an idle adapter, in kB', '< 20', round(footprint.adapter / 1e3), (it) => it < 20),
    target(
      '100,000 sessions in a memory store, in MB',
      '≤ 64',
      round(footprint.memorySessions / 1e6),
      (it) => it <= 64,
    ),
  ]
}

/** Sign-ins where servers are far away, and only waits count. */
function againstSignIns(far, against) {
  const atMost = (operation, most) =>
    target(
      `${operation} at 1, delayed: latency of JavaScript`,
      `≤ ${most} ×`,
      against(far(operation, 1), 'p50', 'javascript'),
      (it) => it <= most,
    )
  return [
    atMost('signInAgain', 0.5),
    atMost('signUp', 0.7),
    target(
      'signInAgain at 64, delayed: throughput of JavaScript',
      '≥ 2 ×',
      against(far('signInAgain', 64), 'perSecond', 'javascript'),
      (it) => it >= 2,
    ),
  ]
}

/** What another checkout is held against, `--before`, in the same run. */
function againstBefore(cases) {
  const ratios = (concurrency, figure, operations) =>
    cases
      .filter((it) => it.concurrency === concurrency && operations.includes(it.operation))
      .map((it) => round(ratio(it, figure, 'adapter', 'before').median))
  return [
    target(
      'getSessionAndUser at 64: throughput of the checkout before',
      '≥ 0.7 ×',
      ratios(64, 'perSecond', ['getSessionAndUser']),
      (it) => it >= 0.7,
    ),
    target(
      `${READS.join(', ')} at 1: latency of the checkout before`,
      '≤ 1.05 ×',
      ratios(1, 'p50', READS),
      (it) => it <= 1.05,
    ),
  ]
}

function round(value) {
  return value === undefined ? Number.NaN : Number(value.toPrecision(3))
}
