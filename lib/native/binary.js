'use strict'

const { platformName } = require('./platform.js')

/** Why each candidate could not be loaded, in the order in which they were tried. */
const failures = []

/** Whether a module is not there, rather than there and broken. */
function isNotFound(error) {
  return error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND'
}

// Each name is written out, inside `try`: what follows `require` statically (Next.js, esbuild,
// webpack, pkg) then finds the file that is there, and lets those that are not there pass.

/** A build of this clone, which is newer than whatever is installed. */
function local(platform) {
  try {
    switch (platform) {
      case 'linux-x64-gnu':
        return require('../../chatbotkit-nextauth.linux-x64-gnu.node')
      case 'linux-x64-musl':
        return require('../../chatbotkit-nextauth.linux-x64-musl.node')
      case 'linux-arm64-gnu':
        return require('../../chatbotkit-nextauth.linux-arm64-gnu.node')
      case 'linux-arm64-musl':
        return require('../../chatbotkit-nextauth.linux-arm64-musl.node')
      case 'darwin-x64':
        return require('../../chatbotkit-nextauth.darwin-x64.node')
      case 'darwin-arm64':
        return require('../../chatbotkit-nextauth.darwin-arm64.node')
      case 'win32-x64-msvc':
        return require('../../chatbotkit-nextauth.win32-x64-msvc.node')
      case 'win32-arm64-msvc':
        return require('../../chatbotkit-nextauth.win32-arm64-msvc.node')
    }
  } catch (error) {
    // Only developers have one; if it is missing, say nothing.
    const name = 'the build beside the package'
    if (!isNotFound(error)) failures.push({ name, error, found: true })
  }
}

/** The package that npm installs for this platform. */
function installed(platform) {
  try {
    switch (platform) {
      case 'linux-x64-gnu':
        return require('@chatbotkit/nextauth-linux-x64-gnu')
      case 'linux-x64-musl':
        return require('@chatbotkit/nextauth-linux-x64-musl')
      case 'linux-arm64-gnu':
        return require('@chatbotkit/nextauth-linux-arm64-gnu')
      case 'linux-arm64-musl':
        return require('@chatbotkit/nextauth-linux-arm64-musl')
      case 'darwin-x64':
        return require('@chatbotkit/nextauth-darwin-x64')
      case 'darwin-arm64':
        return require('@chatbotkit/nextauth-darwin-arm64')
      case 'win32-x64-msvc':
        return require('@chatbotkit/nextauth-win32-x64-msvc')
      case 'win32-arm64-msvc':
        return require('@chatbotkit/nextauth-win32-arm64-msvc')
    }
  } catch (error) {
    const name = `@chatbotkit/nextauth-${platform}`
    failures.push({ name, error, found: !isNotFound(error) })
  }
}

const platform = platformName()

module.exports = local(platform) ?? installed(platform)

if (!module.exports) {
  const { missingBinary } = require('./missing-binary.js')
  throw missingBinary(platform, failures, __filename)
}
