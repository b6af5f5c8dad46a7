/**
 * Operations side by side for a while, each lane starting the next when one has ended, and what
 * they cost the process.
 */
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from './figures.mjs'
import { serverCpu } from './server-cpu.mjs'

/** Says how the main thread's time is measured, best first. */
const MAIN_THREAD = [
  {
    name: 'the processor time of the main thread (Linux schedstat)',
    // Nanoseconds on a processor. Only the main thread has the process's own number.
    read: () =>
      Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e3,
  },
  {
    name: 'the processor time of the main thread (process.threadCpuUsage)',
    read() {
      const { user, system } = process.threadCpuUsage()
      return user + system
    },
  },
  {
    name: 'the time that the event loop was not idle',
    read: () => performance.eventLoopUtilization().active * 1e3,
  },
].find(({ read }) => {
  try {
    return Number.isFinite(read())
  } catch {
    return false
  }
})

/**
 * @param {(number: number) => Promise<unknown>} call
 * @param {{ concurrency: number, warmup: number, duration: number, first: number, servers?: number[] }} run
 *   times in milliseconds; `first` is the first number, `servers` whose processor time is measured, too
 * @returns {Promise<object>} times in microseconds, costs for each operation
 */
export async function runLanes(call, { concurrency, warmup, duration, first, servers }) {
  let number = first
  let isOver = false
  const measuredFrom = performance.now() + warmup
  const times = []
  const lane = async () => {
    while (!isOver) {
      const began = performance.now()
      await call(number++)
      if (began >= measuredFrom) times.push(performance.now() - began)
    }
  }
  const lanes = Promise.all(Array.from({ length: concurrency }, lane))
  await Promise.race([lanes, sleep(warmup)])
  const before = costs(servers)
  await Promise.race([lanes, sleep(duration)])
  isOver = true
  await lanes
  const after = costs(servers)

  times.sort((a, b) => a - b)
  const operations = times.length
  const each = (name) => (after[name] - before[name]) / operations
  return {
    operations,
    next: number,
    perSecond: operations / ((after.at - before.at) / 1e6),
    p50: percentile(times, 0.5) * 1e3,
    p99: percentile(times, 0.99) * 1e3,
    cpu: each('cpu'),
    mainThread: each('mainThread'),
    eventLoop: each('eventLoop'),
    ...(servers && { serverCpu: each('serverCpu') }),
    mainThreadBy: MAIN_THREAD.name,
  }
}

/** What the process, and the servers, have used until now, in microseconds. */
function costs(servers) {
  const { user, system } = process.cpuUsage()
  return {
    at: performance.now() * 1e3,
    cpu: user + system,
    mainThread: MAIN_THREAD.read(),
    eventLoop: performance.eventLoopUtilization().active * 1e3,
    ...(servers && { serverCpu: serverCpu(servers) }),
  }
}
