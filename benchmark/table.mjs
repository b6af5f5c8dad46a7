/** Results as Markdown tables. */
import { ratio } from './compare.mjs'
import { roundTrips } from './recorder.mjs'

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const number = (value) =>
  value === undefined ? '' : Number(value.toPrecision(3)).toLocaleString('en')

export function figuresTable(cases) {
  const hasServers = cases.some(({ sides }) =>
    Object.values(sides).some((it) => it.serverCpu !== undefined),
  )
  const head = [
    'operation',
    'at once',
    'side',
    'per second',
    'p50 µs',
    'p99 µs',
    'CPU µs',
    'main thread µs',
    'event loop µs',
    ...(hasServers ? ["servers' CPU µs"] : []),
    'RSS MB',
  ]
  const rows = cases.flatMap(({ operation, concurrency, sides }) =>
    Object.entries(sides).map(([side, it]) => [
      ...[operation, concurrency, side, number(it.perSecond), number(it.p50), number(it.p99)],
      ...[
        number(it.cpu),
        number(it.mainThread),
        number(it.eventLoop),
        ...(hasServers ? [number(it.serverCpu)] : []),
        number(it.rss && it.rss / 1e6),
      ],
    ]),
  )
  return table(head, rows)
}

/** The adapter's figures as multiples of another side's, with the least and the greatest round. */
export function ratiosTable(cases, other) {
  const figures = ['perSecond', 'p50', 'cpu', ...(other === 'floor' ? [] : ['mainThread'])]
  const titles = {
    perSecond: 'throughput',
    p50: 'latency (p50)',
    cpu: 'CPU',
    mainThread: 'main thread',
  }
  const rows = cases
    .filter(({ sides }) => sides[other])
    .map((it) => [
      it.operation,
      it.concurrency,
      ...figures.map((figure) => {
        const { median, least, most } = ratio(it, figure, 'adapter', other)
        return `${number(median)} (${number(least)}–${number(most)})`
      }),
    ])
  return table(['operation', 'at once', ...figures.map((it) => titles[it])], rows)
}

/** Round trips of each operation, to the API and to Redis. */
export function tripsTable(steps) {
  const sides = Object.keys(steps)
  const rows = Object.keys(steps.adapter).map((operation) => [
    operation,
    ...sides.map((side) => {
      const recorded = steps[side][operation]
      if (!recorded) return ''
      const { api, redis } = roundTrips(recorded)
      return `${api} + ${redis}`
    }),
  ])
  return table(['operation', ...sides], rows)
}

export function targetsTable(targets) {
  const rows = targets.map(({ name, wanted, measured, met }) => [
    ...[
      name,
      wanted,
      measured.map((it) => it.toLocaleString('en')).join(', '),
      met ? 'met' : 'missed',
    ],
  ])
  return table(['target', 'wanted', 'measured', ''], rows)
}

/** The adapter as a multiple of the same in JavaScript: the few figures that the README shows. */
export function summaryTable({ cases, delayed, machine }) {
  const row = (list, operation, concurrency, name) => {
    const it = list.find((it) => it.operation === operation && it.concurrency === concurrency)
    if (!it) return []
    const times = (figure) => `${number(ratio(it, figure, 'adapter', 'javascript').median)} ×`
    return [[name, times('perSecond'), times('cpu'), times('mainThread')]]
  }
  const rows = [
    ...row(cases, 'getUser', 64, '`getUser`, 64 at once'),
    ...row(cases, 'getUserByEmail', 64, '`getUserByEmail`, 64 at once'),
    ...row(cases, 'getSessionAndUser', 64, '`getSessionAndUser`, 64 at once'),
    ...row(cases, 'signIn', 64, 'a sign-in by code, 64 at once'),
    ...row(delayed, 'signIn', 1, 'a sign-in by code, 50 ms to each server'),
  ]
  const head = ['', 'throughput', 'CPU', "Node's thread"]
  return `${table(head, rows)}\n\nOn ${Object.values(machine).join(', ')}.`
}
