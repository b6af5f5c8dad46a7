/** The runtimes, by their packages in tools/, and what a person types to run a file with each. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NotRun } from './table.mjs'

/** Deno: everything allowed, --allow-ffi among it, and the node_modules that npm made. */
const DENO = ['run', '--allow-all', '--node-modules-dir=manual', '--no-lock']

const RUNTIMES = [
  { name: 'Node 20', package: 'node-20', file: 'bin/node' },
  { name: 'Node 22', package: 'node-22', file: 'bin/node' },
  { name: 'Node 24', package: 'node-24', file: 'bin/node' },
  { name: 'Node 26 (current)', package: 'node-26', file: 'bin/node' },
  { name: 'Bun', package: 'bun', file: 'bin/bun' },
  { name: 'Deno', package: 'deno', file: 'deno', args: DENO },
]

/**
 * @param {string} tools the node_modules of tools/
 * @returns {{ name: string, command: () => string[] }[]} `command` throws NotRun where the runtime
 *   is not pinned for this system
 */
export function runtimes(tools) {
  const system = `${process.platform}-${process.arch}`
  return RUNTIMES.map(({ name, package: runtime, file, args = [] }) => ({
    name,
    command() {
      const program = join(tools, `${runtime}-${system}`, file)
      if (!existsSync(program)) throw new NotRun(`no ${name} is pinned for ${system} in tools/`)
      return [program, ...args]
    },
  }))
}
