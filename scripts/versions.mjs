/**
 * Checks that all places that name the version and the platforms agree.
 *
 *     node scripts/versions.mjs [--tag v2.0.0]
 *
 * Platform packages are made by "npx napi create-npm-dirs" from package.json, and committed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { cargoMetadata } from './programs.mjs'
import { main } from './setup.mjs'
import { TARGETS } from './targets.mjs'

const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const same = (left, right) => JSON.stringify(left) === JSON.stringify(right)

const manifest = JSON.parse(read('package.json'))
const { name, version } = manifest
const platforms = Object.keys(TARGETS)

/** What does not agree with package.json, as sentences. */
function* faults(tag) {
  yield* versionFaults(tag)
  yield* platformFaults()
  for (const platform of platforms) yield* packageFaults(platform)
}

function* versionFaults(tag) {
  const lock = JSON.parse(read('package-lock.json'))
  const { packages, resolve } = cargoMetadata()
  const versions = {
    // And Cargo.lock: cargo refuses one that says otherwise.
    'Cargo.toml': packages.find(({ id }) => id === resolve.root).version,
    'package-lock.json': lock.packages[''].version,
    // The newest entry: an unreleased one above it has no number.
    'CHANGELOG.md': /^## \[(\d.*?)\]/m.exec(read('CHANGELOG.md'))?.[1],
    ...(tag !== undefined && { 'the tag': tag.replace(/^v/, '') }),
  }
  for (const [place, found] of Object.entries(versions)) {
    if (found !== version) yield `${place} says ${found}, package.json says ${version}`
  }
}

function* platformFaults() {
  const { PLATFORMS } = createRequire(import.meta.url)('../lib/native/platform-packages.js')
  const triples = platforms.map((platform) => TARGETS[platform].triple)
  const lists = {
    'lib/native/platform-packages.js': [PLATFORMS, platforms],
    'napi.targets in package.json': [manifest.napi.targets, triples],
    'npm/': [readdirSync(new URL('../npm', import.meta.url)), platforms],
  }
  for (const [place, [found, wanted]] of Object.entries(lists)) {
    if (!same([...found].sort(), [...wanted].sort())) yield `${place} has ${found.join(', ')}`
  }
  const packages = read('lib/native/platform-packages.js')
  for (const platform of platforms) {
    for (const file of ['package.json', `${manifest.napi.binaryName}.${platform}.node`]) {
      const path = `../../../${name.split('/')[1]}-${platform}/${file}`
      if (!packages.includes(`'${path}'`))
        yield `lib/native/platform-packages.js is without ${path}`
    }
  }
}

/** What is wrong with the package of a platform. */
function* packageFaults(platform) {
  const { os, cpu, libc } = TARGETS[platform]
  const file = `${manifest.napi.binaryName}.${platform}.node`
  const wanted = {
    name: `${name}-${platform}`,
    version,
    main: file,
    files: [file],
    os: [os],
    cpu: [cpu],
    libc: libc && [libc],
    license: manifest.license,
    engines: manifest.engines,
    repository: manifest.repository,
  }
  const found = JSON.parse(read(`npm/${platform}/package.json`))
  for (const [field, value] of Object.entries(wanted)) {
    if (same(found[field], value)) continue
    yield `npm/${platform}/package.json: ${field} is ${JSON.stringify(found[field])}, not ${JSON.stringify(value)}`
  }
}

await main(() => {
  const { tag } = parseArgs({ options: { tag: { type: 'string' } } }).values
  const found = [...faults(tag)]
  for (const fault of found) console.error(fault)
  console.log(`${name} ${version}: ${platforms.length} platforms, ${found.length} faults`)
  process.exitCode = found.length > 0 ? 1 : 0
})
