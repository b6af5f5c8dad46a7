/**
 * `npm run lock`: adds to package-lock.json the binaries of other platforms that npm leaves out
 * when it writes the file (npm/cli #4828). Without them `npm ci` refuses the file elsewhere.
 *
 * Each is named, with its exact version, in the optionalDependencies of a package that is in the
 * file already; the platform is in its name.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32']

/** The lock file's entry of a platform package. */
function entry(name, version, dev) {
  const words = name.split(/[/-]/)
  const system = SYSTEMS.find((it) => words.includes(it))
  const processor = PROCESSORS.find((it) => words.includes(it))
  if (!/^\d/.test(version) || !processor) throw new Error(`${name}@${version}: which platform?`)
  return {
    version,
    cpu: [processor],
    ...(dev && { dev }),
    ...(system === 'linux' && { libc: [words.includes('musl') ? 'musl' : 'glibc'] }),
    optional: true,
    ...(system && { os: [system] }),
  }
}

for (const file of process.argv.slice(2)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const { '': root, ...packages } = lock.packages
  let added = 0
  for (const { optionalDependencies = {}, dev } of Object.values(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const folder = `node_modules/${name}`
      if (packages[folder]) continue
      packages[folder] = entry(name, version, dev)
      added += 1
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  lock.packages = { '': root, ...Object.fromEntries(sorted) }
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${file}: ${added} added`)
}
