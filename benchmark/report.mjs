/** Prints what was measured, as docs/performance.md quotes it, and draws its plots. */
import { readFileSync, writeFileSync } from 'node:fs'
import { plot } from './plot.mjs'
import { figuresTable, ratiosTable, summaryTable, targetsTable, tripsTable } from './table.mjs'
import { targets } from './targets.mjs'

const ROOT = new URL('../', import.meta.url)

/** The section about another checkout, which is measured only where one is named. */
const BEFORE = 'This adapter, as a multiple of the checkout before'

/** What one column of the stores is. */
const SERVER_CPU = `- "servers' CPU" is what the processes of Redis, PostgreSQL and PgBouncer used for an operation; Linux counts it in ticks of 10 ms`

/**
 * @param {object} results
 * @param {object} options
 * @param {boolean} options.docs whether to put it into the documents
 * @param {boolean} options.isPart whether only the stores were measured
 */
export function report(results, { docs, isPart }) {
  const sections = isPart ? storeSections(results) : wholeSections(results)
  for (const [title, text] of Object.entries(sections)) console.log(`\n## ${title}\n\n${text}`)
  if (docs) quote(sections, isPart)
  if (docs && !isPart) draw(results)
}

function wholeSections(results) {
  const { machine, cases, delayed, signIns, scale, steps, stored, footprint } = results
  return {
    Machine: Object.values(machine).join(', '),
    'This adapter, as a multiple of the same in JavaScript, without delay': ratiosTable(
      cases,
      'javascript',
    ),
    'The same with a cache of users in JavaScript': ratiosTable(cases, 'cached'),
    'This adapter, as a multiple of the floor': ratiosTable(cases, 'floor'),
    'With a delay, as a multiple of the same in JavaScript': ratiosTable(delayed, 'javascript'),
    ...(steps.before && { [BEFORE]: ratiosTable(cases, 'before') }),
    'Round trips, to the API + to Redis': tripsTable(steps),
    'Figures without delay': figuresTable(cases),
    'Figures with a delay': figuresTable(delayed),
    'Against what is stored': figuresTable(
      scale.map((it) => ({
        ...it,
        operation: `${it.operation}, ${it.stored.toLocaleString('en')} stored`,
      })),
    ),
    'Against sign-ins at once': figuresTable(signIns),
    ...storeSections(results),
    Footprint: footprintLines(footprint, stored),
    Targets: targetsTable(targets(results)),
    Summary: summaryTable(results),
  }
}

function storeSections({ stores: { cases, bytes } }) {
  const lines = Object.entries(bytes).map(
    ([store, count]) => `- ${store}: ${count.toFixed(0)} bytes a session with its index`,
  )
  const hasServers = cases.some(({ sides }) => sides.RedisStore?.serverCpu !== undefined)
  if (hasServers) lines.push(SERVER_CPU)
  return { Stores: `${figuresTable(cases)}\n\n${lines.join('\n')}` }
}

/** Puts what was printed into the documents, where they have room for it. */
function quote(sections, isPart) {
  for (const name of ['docs/performance.md', 'README.md']) {
    const file = new URL(name, ROOT)
    const text = readFileSync(file, 'utf8')
    const room = /(<!-- npm run bench: (.+) -->\n)[\s\S]*?(<!-- end -->)/g
    const filled = text.replace(room, (whole, begin, title, end) => {
      if ((title === BEFORE || isPart) && !sections[title]) return whole
      if (!sections[title]) throw new Error(`${name} asks for "${title}", which is not measured`)
      return `${begin}\n${sections[title]}\n\n${end}`
    })
    writeFileSync(file, filled)
  }
}

function draw(results) {
  for (const [name, svg] of Object.entries(plots(results))) {
    writeFileSync(new URL(`docs/${name}`, ROOT), svg)
  }
}

function footprintLines(
  { load, firstCall, adapter, memorySessions, memorySessionsProcess },
  stored,
) {
  const kilobytes = (bytes) => `${(bytes / 1e3).toFixed(1)} kB`
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`
  return [
    `require: ${load.toFixed(1)} ms; the first call after it: ${firstCall.toFixed(1)} ms`,
    `an adapter that is not used: ${kilobytes(adapter)}`,
    `100,000 sessions in a memory store: ${megabytes(memorySessions)}, the process with them: ${megabytes(memorySessionsProcess)}`,
    ...Object.entries(stored).map(
      ([side, { session, code }]) =>
        `${side} in Redis: ${session.toFixed(0)} bytes a session with its index, ${code.toFixed(0)} bytes a code`,
    ),
  ]
    .map((line) => `- ${line}`)
    .join('\n')
}

function plots({ scale, signIns }) {
  const line = (cases, x, y) => cases.map((it) => [x(it), y(it)])
  const cpuOf = (side) => (it) => it.sides[side].cpu
  const stored = [...new Set(scale.map(({ operation }) => operation))].map((name) => [
    name,
    line(
      scale.filter(({ operation }) => operation === name),
      (it) => it.stored,
      cpuOf('adapter'),
    ),
  ])
  return {
    'performance-stored.svg': plot({
      title: 'Against what is stored, 64 at once',
      y: 'CPU µs of an operation',
      x: 'sessions and codes in Redis, each',
      lines: Object.fromEntries(stored),
    }),
    'performance-sign-ins.svg': plot({
      title: 'Against sign-ins at once',
      y: 'CPU µs of a sign-in',
      x: 'sign-ins at once',
      lines: {
        adapter: line(signIns, (it) => it.concurrency, cpuOf('adapter')),
        JavaScript: line(signIns, (it) => it.concurrency, cpuOf('javascript')),
      },
    }),
  }
}
