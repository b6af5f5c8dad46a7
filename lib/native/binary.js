'use strict'

const { existsSync } = require('node:fs')
const path = require('node:path')

const { platformName } = require('./platform.js')

// A bundler follows each `require` that it sees, and cannot take a binary in. So the binary is required
// by a function that bundlers do not know. Node before 20.16 has no getBuiltinModule.
const { createRequire } = process.getBuiltinModule?.('node:module') ?? require('node:module')

const PACKAGE = '@chatbotkit/nextauth'

/** This file; nothing, or somewhere else, where a bundler has put it into another one. */
const FILE = typeof __filename === 'string' ? __filename : undefined

const isBundled = !FILE || path.basename(FILE) !== 'binary.js' || !existsSync(FILE)

/** Why each candidate could not be loaded, in the order in which they were tried. */
const failures = []

/** Whether a module is not there, rather than there and broken. */
function isNotFound(error) {
  return error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND'
}

/** The binary for the package whose package.json is `manifest`. */
function binaryOf(manifest, platform) {
  const requireFrom = createRequire(manifest)
  return local(requireFrom, platform) ?? installed(requireFrom, platform)
}

/** A build of this clone, which is newer than whatever is installed. */
function local(requireFrom, platform) {
  try {
    return requireFrom(`./chatbotkit-nextauth.${platform}.node`)
  } catch (error) {
    // Only developers have one; if it is missing, say nothing.
    const name = 'the build beside the package'
    if (!isNotFound(error)) failures.push({ name, error, found: true })
  }
}

/** The package that npm installs for this platform. */
function installed(requireFrom, platform) {
  const name = `${PACKAGE}-${platform}`
  try {
    return requireFrom(name)
  } catch (error) {
    failures.push({ name, error, found: !isNotFound(error) })
  }
}

/**
 * Where a bundle looks for this package as it is installed: from its own place, from the folder that the
 * application runs in, and from its main file. The platform's package is looked for from there: pnpm and
 * Plug'n'Play hide it from the application itself.
 */
function starts() {
  const files = [FILE, path.join(process.cwd(), 'package.json'), process.argv[1]]
  return files.filter((it) => it && path.isAbsolute(it))
}

/** The package.json of this package, of the version that this code is of. */
function find(requireFrom) {
  const manifest = `${PACKAGE}/package.json`
  try {
    const { version } = requireFrom(manifest)
    // Its binary may have other functions than this code calls.
    if (version !== ownVersion()) throw new Error(`it is version ${version}`)
    return requireFrom.resolve(manifest)
  } catch (error) {
    failures.push({ name: PACKAGE, error, found: false })
  }
}

function ownVersion() {
  return require('../../package.json').version
}

function load(platform) {
  if (!isBundled) return binaryOf(path.join(__dirname, '../../package.json'), platform)
  for (const start of starts()) {
    const manifest = find(createRequire(start))
    const binary = manifest && binaryOf(manifest, platform)
    if (binary) return binary
  }
}

const platform = platformName()

module.exports = load(platform)

if (!module.exports) {
  const { missingBinary } = require('./missing-binary.js')
  throw missingBinary(platform, failures, isBundled)
}
