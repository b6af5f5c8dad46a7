/**
 * `node scripts/licenses.mjs`: checks what the package is made of, with what is in the repository
 * and Cargo alone. Every crate has a licence that deny.toml allows and comes from the crates
 * registry; no npm dependency runs a script when it is installed, and the lock files name no host,
 * so that each machine installs from the registry that it is set to.
 *
 * Other platforms' crates count too. Exit code 1 when something is not as it should be.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What Cargo.lock calls the crates registry. */
const REGISTRY = 'registry+https://github.com/rust-lang/crates.io-index'

/** What npm installs for the project, its tests, its examples and its benchmark. */
const LOCKS = readdirSync(ROOT, { recursive: true })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /(^|\/)package-lock\.json$/.test(file))
  .filter((file) => !/(^|\/)(node_modules|target)\//.test(file))

/** Installed without running scripts (`__test__/package/tools.mjs`): yarn 1 has one. */
const WITHOUT_SCRIPTS = '__test__/package/tools/package-lock.json'

/** Enough for the metadata of many crates, in bytes. */
const OUTPUT_LIMIT = 256 * 1024 * 1024

/** The SPDX identifiers in deny.toml's `allow`. */
function allowedLicences(toml) {
  const [, section] = /^\[licenses\]$(.*?)(?=^\[)/ms.exec(toml) ?? []
  const [, list] = /^allow = \[$(.*?)^\]$/ms.exec(section ?? '') ?? []
  const lines = (list ?? '').split('\n').filter((line) => !line.trim().startsWith('#'))
  return new Set([...lines.join('\n').matchAll(/"([^"]+)"/g)].map(([, name]) => name))
}

/**
 * Whether an SPDX expression can be met with what is allowed. The slash is what crates used
 * before Cargo took SPDX expressions, and means OR.
 */
function isAllowed(expression, allowed) {
  const words = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? []
  const next = (word) => words[0] === word && words.shift()

  function either() {
    let met = both()
    while (next('OR')) met = both() || met
    return met
  }

  function both() {
    let met = one()
    while (next('AND')) met = one() && met
    return met
  }

  function one() {
    if (next('(')) {
      const met = either()
      if (!next(')')) throw new SyntaxError('a parenthesis is not closed')
      return met
    }
    const name = words.shift()
    return allowed.has(next('WITH') ? `${name} WITH ${words.shift()}` : name)
  }

  const met = either()
  if (words.length > 0) throw new SyntaxError(`"${words[0]}" was not expected`)
  return met
}

function* crateFaults(crates, allowed) {
  for (const { name, version, license, source } of crates) {
    const crate = `${name} ${version}`
    if (source !== REGISTRY) yield `${crate} comes from ${source}`
    try {
      if (!license) yield `${crate} states no licence`
      else if (!isAllowed(license, allowed)) yield `${crate} is under ${license}`
    } catch (error) {
      yield `${crate} has a licence that cannot be read, ${license}: ${error.message}`
    }
  }
}

function* packageFaults(lock) {
  const { packages } = JSON.parse(read(lock))
  for (const [folder, { hasInstallScript, funding: _, ...entry }] of Object.entries(packages)) {
    if (hasInstallScript && lock !== WITHOUT_SCRIPTS) {
      yield `${lock}: ${folder} runs a script when it is installed`
    }
    const [, host] = /:\/\/(?:[^/"@]*@)?([^/"]+)/.exec(JSON.stringify(entry)) ?? []
    if (host) yield `${lock}: ${folder} names the host ${host}`
    if (entry.link || entry.version === undefined) continue
    // What npm cannot have looked at: binaries of other platforms, see scripts/complete-lock.mjs.
    if (folder !== '' && !entry.integrity && !entry.optional)
      yield `${lock}: ${folder} has no integrity`
  }
}

function metadata() {
  const args = ['metadata', '--locked', '--format-version', '1']
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: OUTPUT_LIMIT }
  const { status, stdout, stderr, error } = spawnSync('cargo', args, options)
  if (status !== 0) throw new Error(`cargo ${args.join(' ')}: ${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}

const read = (name) => readFileSync(new URL(name, `file://${ROOT}`), 'utf8')

const allowed = allowedLicences(read('deny.toml'))
if (allowed.size === 0) throw new Error('deny.toml allows no licence: was it rewritten?')

const { packages: crates, workspace_members: own } = metadata()
const foreign = crates.filter(({ id }) => !own.includes(id))
const packages = LOCKS.flatMap((lock) => Object.keys(JSON.parse(read(lock)).packages)).length

const faults = [
  ...crateFaults(foreign, allowed),
  ...LOCKS.flatMap((lock) => [...packageFaults(lock)]),
]
for (const fault of faults) console.error(fault)

const licences = new Set(foreign.map(({ license }) => license))
console.log(
  `${foreign.length} crates under ${licences.size} licence expressions, ${packages - LOCKS.length} npm packages in ${LOCKS.length} lock files, ${faults.length} faults`,
)
process.exitCode = faults.length > 0 ? 1 : 0
