// What a process holds. Scripts that run in a process of their own load this file.

import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long things that nobody holds any more may take to be gone, in milliseconds. */
const SETTLING = 20
const ROUNDS = 10

/** How many file descriptors are open, and how many of them are sockets; Linux only. */
export function descriptors() {
  try {
    const open = readdirSync('/proc/self/fd')
    const isSocket = (fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
      } catch {
        return false // The one that the folder was read with.
      }
    }
    return { files: open.length, sockets: open.filter(isSocket).length }
  } catch {
    return { files: 0, sockets: 0 }
  }
}

/** Collects garbage until no more comes, then measures. Needs --expose-gc. */
export async function measure() {
  for (let round = 0; round < ROUNDS; round += 1) {
    globalThis.gc()
    await sleep(SETTLING)
  }
  const { rss, heapUsed } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo().length
  return { megabytes: rss / 2 ** 20, heap: heapUsed / 2 ** 20, resources, ...descriptors() }
}
