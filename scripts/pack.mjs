/**
 * Packs what is published: this package and the package of each platform.
 *
 *     node scripts/pack.mjs <folder with the *.node files> <folder for the *.tgz files> [--complete]
 *
 * With --complete nothing is packed unless there is a binary for every platform. The packed
 * package.json names the platform packages as optional dependencies, at its own version. The
 * repository's does not: `npm ci` in a clone would ask for packages that a release has yet to make.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { notices } from './notices.mjs'
import { output as outputOf, ROOT } from './programs.mjs'
import { TARGETS } from './targets.mjs'

const STAGE = join(ROOT, 'target', 'stage')

const PLATFORMS = Object.keys(TARGETS)

/**
 * @returns {{ main: string, platforms: Record<string, string>, missing: string[] }} the packed
 *   files, and the platforms that have no binary
 */
export function pack(binaries, output, { complete = false } = {}) {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const file = (platform) => join(binaries, `${manifest.napi.binaryName}.${platform}.node`)
  const missing = PLATFORMS.filter((platform) => !existsSync(file(platform)))
  if (complete && missing.length > 0) throw new Error(`No binary for ${missing.join(', ')}`)

  const built = PLATFORMS.filter((platform) => !missing.includes(platform))
  mkdirSync(output, { recursive: true })
  copySources(manifest)
  // napi takes all the targets or none.
  const targets = built.map((platform) => TARGETS[platform].triple)
  writeManifest({ ...manifest, napi: { ...manifest.napi, targets } })
  // What npm would start, whatever is on the PATH.
  const napi = join(ROOT, 'node_modules', '.bin', 'napi')
  const args = ['artifacts', '--output-dir', resolve(binaries), '--npm-dir', 'npm']
  outputOf(napi, args, { cwd: STAGE })
  writeManifest(published(manifest))
  for (const platform of built) writeLicence(platform)

  const platforms = built.map((it) => [it, npmPack(join(STAGE, 'npm', it), output)])
  return { main: npmPack(STAGE, output), platforms: Object.fromEntries(platforms), missing }
}

/** The package of a platform without its binary, of what was staged last: for tests of installers. */
export function packPlaceholder(platform, output) {
  return npmPack(join(STAGE, 'npm', platform), output)
}

function copySources(manifest) {
  rmSync(STAGE, { recursive: true, force: true })
  mkdirSync(STAGE, { recursive: true })
  for (const name of [...manifest.files, 'README.md', 'LICENSE', 'npm']) {
    cpSync(join(ROOT, name), join(STAGE, name), { recursive: true })
  }
}

/** The package.json to publish: without what only a clone needs, with the platform packages. */
function published({ devDependencies: _, scripts: __, napi: ___, ...manifest }) {
  const names = PLATFORMS.map((platform) => `${manifest.name}-${platform}`)
  const optionalDependencies = Object.fromEntries(names.map((it) => [it, manifest.version]))
  return { ...manifest, optionalDependencies }
}

/** npm packs a file of this name whatever "files" says. */
function writeLicence(platform) {
  const own = readFileSync(join(ROOT, 'LICENSE'), 'utf8')
  const text = `${own}\n${notices(TARGETS[platform].triple)}\n`
  writeFileSync(join(STAGE, 'npm', platform, 'LICENSE'), text)
}

function writeManifest(manifest) {
  writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function npmPack(folder, output) {
  const before = new Set(readdirSync(output))
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', resolve(output)]
  outputOf('npm', args, { cwd: folder })
  const [made] = readdirSync(output).filter((name) => !before.has(name))
  if (!made) throw new Error(`npm pack made nothing new of ${folder} in ${output}`)
  return join(resolve(output), made)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flags = ['--complete']
  const [binaries, output, ...rest] = process.argv.slice(2)
  if (!output || rest.some((it) => !flags.includes(it))) {
    console.error('Usage: node scripts/pack.mjs <binaries> <output> [--complete]')
    process.exitCode = 2
  } else {
    const complete = rest.includes('--complete')
    const { main, platforms, missing } = pack(binaries, output, { complete })
    for (const each of [main, ...Object.values(platforms)]) console.log(each)
    if (missing.length > 0) console.log(`without a binary: ${missing.join(', ')}`)
  }
}
