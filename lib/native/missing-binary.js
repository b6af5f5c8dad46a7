'use strict'

const path = require('node:path')

const { name: PACKAGE, version } = require('../../package.json')
const { PLATFORMS, installedPlatforms } = require('./platform-packages.js')
const { glibcVersion } = require('./platform.js')

const DOCUMENTATION = 'https://github.com/chatbotkit/nextauth/blob/main/docs/platforms.md'

/** How a package manager gets what is missing, and what it starts over without. */
const MANAGERS = {
  npm: {
    install: `npm install --include=optional ${PACKAGE}`,
    again: 'npm install --include=optional',
    leftovers: ['node_modules', 'package-lock.json'],
  },
  pnpm: {
    install: 'pnpm install --force --config.optional=true',
    again: 'pnpm install --force --config.optional=true',
    leftovers: ['node_modules'],
  },
  bun: {
    install: 'bun install --force',
    again: 'bun install --force',
    leftovers: ['node_modules', 'bun.lock'],
  },
  deno: { install: 'deno install', again: 'deno install', leftovers: ['node_modules'] },
}

/**
 * The error for a package that has no binary to load: the platform, what was tried, why it failed
 * and the command that mends it.
 *
 * @param {string} platform
 * @param {{ name: string, error: Error & { code?: string }, found: boolean }[]} failures `found`:
 *   the binary is there, and broken
 * @param {boolean} isBundled whether a bundler has put the package into another file
 */
function missingBinary(platform, failures, isBundled) {
  const broken = failures.find(({ found }) => found)
  const { cause, fix } = diagnose(platform, broken, isBundled)
  const tried = [...new Set(failures.map(({ name, error }) => `  - ${name}: ${firstLine(error)}`))]
  const lines = [
    `${PACKAGE} ${version} has no binary to load on ${platform} (${runtime()}).`,
    ...(tried.length > 0 ? ['Tried:', ...tried] : []),
    `Cause: ${cause}`,
    `To fix it: ${fix}`,
    `See ${DOCUMENTATION}`,
  ]
  const error = new Error(lines.join('\n'), { cause: (broken ?? failures.at(-1))?.error })
  error.code = 'ERR_BINARY_MISSING'
  return error
}

/** What went wrong, and what mends it. The first that fits. */
function diagnose(platform, broken, isBundled) {
  if (!PLATFORMS.includes(platform)) return unsupported(platform)
  if (broken) return unloadable(platform, broken)
  return isBundled ? bundled(platform) : notInstalled(platform, installedPlatforms())
}

function unsupported(platform) {
  return {
    cause: `there is no binary for ${platform}. There are binaries for ${PLATFORMS.join(', ')}.`,
    fix: 'run the application on one of those, with a Node.js of that architecture.',
  }
}

function bundled(platform) {
  const packages = `${PACKAGE} and ${PACKAGE}-${platform}`
  return {
    cause: `the package was bundled, a bundle cannot hold a native module, and it is not installed where the application runs (${process.cwd()}).`,
    fix: `in Next.js with output: 'standalone', write withChatBotKit of ${PACKAGE}/next around the configuration. Elsewhere, install ${packages} there, in the version of the bundle, or leave ${PACKAGE} out of the bundle: "externals" in webpack, "--external:${PACKAGE}" in esbuild.`,
  }
}

function notInstalled(platform, others) {
  const wanted = `${PACKAGE}-${platform}`
  const { install } = manager()
  if (process.versions.electron) {
    return {
      cause: `${wanted} is not in the application.`,
      fix: `run "${install}" for the platform that you package for, and keep *.node files out of the archive ("asarUnpack").`,
    }
  }
  if (others.includes(platform)) {
    return { cause: `${wanted} is installed without its file.`, fix: `${startOver()}.` }
  }
  if (others.length > 0) {
    return {
      cause: `${wanted} is not installed, but ${others.join(' and ')} is${libcNote(platform, others)}: the dependencies were installed on another platform, or from a lockfile that knows only that one.`,
      fix: `install them where they run; do not copy node_modules from elsewhere. To start over, ${startOver()}.`,
    }
  }
  return {
    cause: `${wanted} is not installed. Optional dependencies were left out (--omit=optional, --no-optional), or the lockfile was written on another platform.`,
    fix: `run "${install}". If that changes nothing, the lockfile does not know this platform: ${startOver()}.`,
  }
}

/** A binary of the other C library is the commonest case, in containers. */
function libcNote(platform, others) {
  const [system, processor, libc] = platform.split('-')
  const twin = { gnu: 'musl', musl: 'gnu' }[libc]
  if (!others.includes(`${system}-${processor}-${twin}`)) return ''
  return libc === 'musl' ? ' (this system has musl, as Alpine)' : ' (this system has glibc)'
}

/** A binary that is there and does not load. */
function unloadable(platform, { error }) {
  const text = String(error?.message)
  const [, needed] = /version `GLIBC_([\d.]+)' not found/.exec(text) ?? []
  if (needed) {
    const found = glibcVersion()
    return {
      cause: `the C library of this system is too old: glibc ${needed} is needed${found ? `, ${found} is there` : ''}.`,
      fix: 'update the system or its container image, or use one with musl, as Alpine.',
    }
  }
  if (error?.code === 'ERR_DLOPEN_DISABLED') {
    return { cause: 'Node.js runs with --no-addons.', fix: 'start it without that option.' }
  }
  if (error?.name === 'NotCapable' || /requires? ffi access/i.test(text)) {
    return { cause: 'Deno was not allowed to load it.', fix: 'start it with --allow-ffi.' }
  }
  if (/libc\.musl-|ld-musl-|ld-linux-|Error relocating|symbol not found/.test(text)) {
    return {
      cause: `the binary is for another C library than this system's (${platform}).`,
      fix: `install the dependencies on this system: ${startOver()}.`,
    }
  }
  if (/cannot open shared object file|Error loading shared library/.test(text)) {
    return {
      cause: 'a library of the system is missing; its name is above.',
      fix: 'install it with the package manager of the system ("apk add libgcc" on Alpine).',
    }
  }
  return {
    cause: 'the file is damaged, or is for another processor than this Node.js.',
    fix: `${startOver()}.`,
  }
}

function manager() {
  const { bun, deno } = process.versions
  if (bun) return MANAGERS.bun
  if (deno) return MANAGERS.deno
  const pnpm = __dirname.includes(`${path.sep}.pnpm${path.sep}`)
  return pnpm ? MANAGERS.pnpm : MANAGERS.npm
}

/** How to install from nothing, in a shell of this system. */
function startOver() {
  const { again, leftovers } = manager()
  if (process.platform === 'win32') return `delete ${leftovers.join(' and ')} and run "${again}"`
  return `run "rm -rf ${leftovers.join(' ')} && ${again}"`
}

function runtime() {
  const { bun, deno, electron, node } = process.versions
  if (bun) return `Bun ${bun}`
  if (deno) return `Deno ${deno}`
  return electron ? `Electron ${electron}` : `Node.js ${node}`
}

/** The rest of Node's texts is the stack of `require`s. */
function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0]
}

module.exports = { missingBinary }
