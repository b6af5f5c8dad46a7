/**
 * The processor time of servers, as Linux counts it.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** What `/proc` counts in, in microseconds; Linux tells every program 100 ticks a second. */
const TICK = 10_000

/**
 * @param {number[]} pids of servers
 * @returns {number | undefined} what they and the processes that they started have used until now, in
 *   microseconds; none where the system does not tell
 */
export function serverCpu(pids) {
  if (process.platform !== 'linux') return undefined
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter(Boolean)
  // A server knows what those of its processes have used that have ended.
  const servers = all.filter(({ pid }) => pids.includes(pid))
  const started = all.filter(({ parent }) => pids.includes(parent))
  const sum = (list, name) => list.reduce((total, it) => total + it[name], 0)
  return (sum(servers, 'own') + sum(servers, 'ended') + sum(started, 'own')) * TICK
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; none of a process that has just ended. */
function statOf(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8')
    // The name of the program may have spaces and brackets in it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [, parent, , , , , , , , , , user, system, endedUser, endedSystem] = fields.map(Number)
    return { pid: Number(name), parent, own: user + system, ended: endedUser + endedSystem }
  } catch {
    return undefined
  }
}
