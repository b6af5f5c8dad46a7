'use strict'

const { createRequire } = require('node:module')
const { join } = require('node:path')

const PACKAGE = '@chatbotkit/nextauth'

/** The first Next.js in which the option has its present name. */
const RENAMED_IN = 15

/**
 * Tells Next.js not to bundle this package, so that Node loads it from where it is installed and what
 * `output: 'standalone'` copies has all of it. Whatever the package manager: where it is bundled, pnpm's
 * links to it are not copied.
 *
 * @param {object | Function} [config] what next.config exported so far, an object or a function
 * @returns the same kind of configuration
 */
function withChatBotKit(config = {}) {
  if (typeof config !== 'function') return withExternal(config)
  return (...args) => {
    const made = config(...args)
    return typeof made?.then === 'function' ? made.then(withExternal) : withExternal(made)
  }
}

function withExternal(given) {
  const config = withoutTranspiling(given)
  if (nextMajor() >= RENAMED_IN) {
    return { ...config, serverExternalPackages: withPackage(config.serverExternalPackages) }
  }
  const { experimental = {} } = config
  const listed = withPackage(experimental.serverComponentsExternalPackages)
  return { ...config, experimental: { ...experimental, serverComponentsExternalPackages: listed } }
}

/** Where the JavaScript package had to be. Next.js refuses a package that is in both lists. */
function withoutTranspiling({ transpilePackages, ...config }) {
  if (!transpilePackages) return config
  return { ...config, transpilePackages: transpilePackages.filter((name) => name !== PACKAGE) }
}

function withPackage(list = []) {
  return list.includes(PACKAGE) ? list : [...list, PACKAGE]
}

/** Next.js starts in the application's folder. One that cannot be found counts as a new one. */
function nextMajor() {
  try {
    const { version } = createRequire(join(process.cwd(), 'package.json'))('next/package.json')
    return Number.parseInt(version, 10)
  } catch {
    return RENAMED_IN
  }
}

module.exports = { withChatBotKit }
