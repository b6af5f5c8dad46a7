'use strict'

const { existsSync } = require('node:fs')

/** What follows the system and the processor in a platform's name, where something does. */
const KINDS = { linux: () => (isMusl() ? 'musl' : 'gnu'), win32: () => 'msvc' }

/** This platform's name, as napi-rs calls it; not necessarily one that there is a binary for. */
function platformName() {
  const { platform, arch } = process
  return [platform, arch, KINDS[platform]?.()].filter(Boolean).join('-')
}

/** The version of glibc that runs this process, or nothing. */
function glibcVersion() {
  return report()?.header?.glibcVersionRuntime
}

function isMusl() {
  const { header, sharedObjects } = report() ?? {}
  if (header?.glibcVersionRuntime) return false
  if (sharedObjects?.some((file) => /ld-musl-|libc\.musl-/.test(file))) return true
  // Runtimes without a report of their own: a musl system has no loader of glibc.
  const processor = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const loaders = { x86_64: '/lib64/ld-linux-x86-64.so.2', aarch64: '/lib/ld-linux-aarch64.so.1' }
  return existsSync(`/lib/ld-musl-${processor}.so.1`) && !existsSync(loaders[processor])
}

/** Node's report of this process, where the runtime has one. */
function report() {
  const { report } = process
  if (typeof report?.getReport !== 'function') return
  // Otherwise it asks the network for the name of every address that is connected.
  const { excludeNetwork } = report
  try {
    report.excludeNetwork = true
    return report.getReport()
  } catch {
    // Deno, for one, has the function and throws.
  } finally {
    report.excludeNetwork = excludeNetwork
  }
}

module.exports = { platformName, glibcVersion }
