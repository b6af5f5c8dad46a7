'use strict'

const { existsSync } = require('node:fs')
const { join } = require('node:path')

/** The platforms that there is a binary for, as napi-rs calls them. */
const PLATFORMS = [
  'linux-x64-gnu',
  'linux-x64-musl',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64-msvc',
  'win32-arm64-msvc',
]

/**
 * The files of the platforms' packages, which npm, pnpm and Yarn put beside this one. The paths are
 * written out, because what traces files (Next.js' standalone output, Vercel) reads them off this text
 * without running it. A file that is not there is let pass.
 */
function files() {
  return {
    'linux-x64-gnu': [
      join(__dirname, '../../../nextauth-linux-x64-gnu/package.json'),
      join(__dirname, '../../../nextauth-linux-x64-gnu/chatbotkit-nextauth.linux-x64-gnu.node'),
    ],
    'linux-x64-musl': [
      join(__dirname, '../../../nextauth-linux-x64-musl/package.json'),
      join(__dirname, '../../../nextauth-linux-x64-musl/chatbotkit-nextauth.linux-x64-musl.node'),
    ],
    'linux-arm64-gnu': [
      join(__dirname, '../../../nextauth-linux-arm64-gnu/package.json'),
      join(__dirname, '../../../nextauth-linux-arm64-gnu/chatbotkit-nextauth.linux-arm64-gnu.node'),
    ],
    'linux-arm64-musl': [
      join(__dirname, '../../../nextauth-linux-arm64-musl/package.json'),
      join(
        __dirname,
        '../../../nextauth-linux-arm64-musl/chatbotkit-nextauth.linux-arm64-musl.node',
      ),
    ],
    'darwin-x64': [
      join(__dirname, '../../../nextauth-darwin-x64/package.json'),
      join(__dirname, '../../../nextauth-darwin-x64/chatbotkit-nextauth.darwin-x64.node'),
    ],
    'darwin-arm64': [
      join(__dirname, '../../../nextauth-darwin-arm64/package.json'),
      join(__dirname, '../../../nextauth-darwin-arm64/chatbotkit-nextauth.darwin-arm64.node'),
    ],
    'win32-x64-msvc': [
      join(__dirname, '../../../nextauth-win32-x64-msvc/package.json'),
      join(__dirname, '../../../nextauth-win32-x64-msvc/chatbotkit-nextauth.win32-x64-msvc.node'),
    ],
    'win32-arm64-msvc': [
      join(__dirname, '../../../nextauth-win32-arm64-msvc/package.json'),
      join(
        __dirname,
        '../../../nextauth-win32-arm64-msvc/chatbotkit-nextauth.win32-arm64-msvc.node',
      ),
    ],
  }
}

/** The platforms whose packages are there, with or without their binary. */
function installedPlatforms() {
  const found = Object.entries(files()).filter(([, [manifest]]) => existsSync(manifest))
  return found.map(([platform]) => platform)
}

module.exports = { PLATFORMS, installedPlatforms }
