/**
 * Publishes what `node scripts/pack.mjs … --complete` packed: the platform packages first, so that
 * nobody installs a package whose binary is not there yet, and the package itself last.
 *
 *     node scripts/publish.mjs <folder with the *.tgz files> [--check]
 *
 * Before anything is published, every package has to be there, at the version of package.json, with
 * its binary. --check does no more than that. What a broken-off run has published is left out.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { output } from './programs.mjs'
import { TARGETS } from './targets.mjs'

const { name, version, napi } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)

/** Each package, in the order of publishing, and the file that it is nothing without. */
const EXPECTED = [
  ...Object.keys(TARGETS).map((platform) => ({
    name: `${name}-${platform}`,
    file: `package/${napi.binaryName}.${platform}.node`,
  })),
  { name, file: 'package/index.js' },
]

/** Only a workflow can prove where a package comes from; the first version is published by hand. */
const PROVENANCE = process.env.GITHUB_ACTIONS ? ['--provenance'] : []

function readPackages(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.tgz'))
  return files.map((file) => {
    const path = join(folder, file)
    const manifest = JSON.parse(output('tar', ['-xzOf', path, 'package/package.json']))
    return { path, manifest, contents: output('tar', ['-tzf', path]).split(/\r?\n/) }
  })
}

/** Why these packages cannot be published, as sentences. */
function* faults(packages) {
  for (const expected of EXPECTED) {
    const found = packages.filter(({ manifest }) => manifest.name === expected.name)
    if (found.length !== 1) {
      yield `${expected.name}: ${found.length} packages, 1 is needed`
      continue
    }
    const [{ manifest, contents }] = found
    if (manifest.version !== version)
      yield `${expected.name} is ${manifest.version}, not ${version}`
    if (!contents.includes(expected.file)) yield `${expected.name} is without ${expected.file}`
  }
  const main = packages.find(({ manifest }) => manifest.name === name)
  const optional = main?.manifest.optionalDependencies ?? {}
  for (const expected of EXPECTED.slice(0, -1)) {
    if (main && optional[expected.name] !== version)
      yield `${name} does not ask for ${expected.name}`
  }
  if (packages.length > EXPECTED.length)
    yield `${packages.length - EXPECTED.length} packages too many`
}

function isPublished(spec) {
  try {
    return output('npm', ['view', spec, 'version']).trim() === version
  } catch {
    return false
  }
}

function publish(packages) {
  for (const expected of EXPECTED) {
    const spec = `${expected.name}@${version}`
    if (isPublished(spec)) {
      console.log(`${spec} is published already`)
      continue
    }
    const { path } = packages.find(({ manifest }) => manifest.name === expected.name)
    // A version like 2.1.0-rc.1 must not become what everybody installs.
    const tag = version.includes('-') ? 'next' : 'latest'
    output('npm', ['publish', path, '--access', 'public', '--tag', tag, ...PROVENANCE])
    console.log(`${spec} published`)
  }
}

const [folder, flag, ...rest] = process.argv.slice(2)
if (!folder || (flag && flag !== '--check') || rest.length > 0) {
  console.error('Usage: node scripts/publish.mjs <folder> [--check]')
  process.exitCode = 2
} else {
  const packages = readPackages(resolve(folder))
  const found = [...faults(packages)]
  for (const fault of found) console.error(fault)
  console.log(`${packages.length} packages, ${found.length} faults`)
  if (found.length > 0) process.exitCode = 1
  else if (!flag) publish(packages)
}
