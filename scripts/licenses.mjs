/**
 * `node scripts/licenses.mjs`: checks what the package is made of. cargo-deny checks the crates, of
 * all platforms: their licences and where they come from (deny.toml). Here is what concerns npm: no
 * dependency runs a script when it is installed, and the lock files name no host, so that each
 * machine installs from the registry that it is set to.
 *
 * Exit code 1 when something is not as it should be.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pythonTools } from './cache.mjs'
import { ROOT, run } from './programs.mjs'
import { main } from './setup.mjs'

/** What npm installs for the project, its tests, its examples and its benchmark. */
const LOCKS = readdirSync(ROOT, { recursive: true })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /(^|\/)package-lock\.json$/.test(file))
  .filter((file) => !/(^|\/)(node_modules|target)\//.test(file))

/** Installed without running scripts (cache.mjs): yarn 1 has one, and what Vitest watches files with. */
const WITHOUT_SCRIPTS = [
  '__test__/package/tools/package-lock.json',
  '__test__/docs/runners/package-lock.json',
]

function* faults(lock, packages) {
  for (const [folder, { hasInstallScript, funding: _, ...entry }] of packages) {
    if (hasInstallScript && !WITHOUT_SCRIPTS.includes(lock)) {
      yield `${lock}: ${folder} runs a script when it is installed`
    }
    const [, host] = /:\/\/(?:[^/"@]*@)?([^/"]+)/.exec(JSON.stringify(entry)) ?? []
    if (host) yield `${lock}: ${folder} names the host ${host}`
    if (entry.link || entry.version === undefined) continue
    // What npm cannot have looked at: binaries of other platforms, see complete-lock.mjs.
    if (folder !== '' && !entry.integrity && !entry.optional)
      yield `${lock}: ${folder} has no integrity`
  }
}

await main(() => {
  let [count, found] = [0, []]
  for (const lock of LOCKS) {
    const packages = Object.entries(JSON.parse(readFileSync(join(ROOT, lock), 'utf8')).packages)
    count += packages.length - 1
    found.push(...faults(lock, packages))
  }
  for (const fault of found) console.error(fault)
  console.log(`${count} npm packages in ${LOCKS.length} lock files, ${found.length} faults`)
  if (found.length > 0) process.exitCode = 1

  const checks = ['bans', 'licenses', 'sources']
  const scope = ['--workspace', '--locked', '--log-level', 'error']
  run('cargo', ['deny', ...scope, 'check', ...checks], { env: pythonTools() })
})
