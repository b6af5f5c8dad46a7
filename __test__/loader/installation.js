'use strict'

const { execFile } = require('node:child_process')
const { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')

const ROOT = path.join(__dirname, '../..')
const MACHINE = path.join(__dirname, 'machine.js')

/** A real module that answers like a binary, for the machines that this one is not. */
const STAND_IN = 'module.exports = { standIn: true }'

/**
 * The package as it is installed, without a build beside it, in a folder that ends with the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ platforms?: Record<string, string | Buffer | null>, under?: string }} [options]
 *   `platforms`: the platform packages beside it, and what is in their file, null for none;
 *   `under`: the folder whose node_modules it is in
 */
function install(t, { platforms = {}, under = '.' } = {}) {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'nextauth-loader-')))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const scope = path.join(folder, under, 'node_modules/@chatbotkit')
  for (const name of ['index.js', 'lib', 'package.json']) {
    cpSync(path.join(ROOT, name), path.join(scope, 'nextauth', name), { recursive: true })
  }
  for (const [platform, content] of Object.entries(platforms)) {
    const place = path.join(scope, `nextauth-${platform}`)
    const main = content === STAND_IN ? 'binary.js' : 'binary.node'
    mkdirSync(place)
    writeFileSync(path.join(place, 'package.json'), JSON.stringify({ main }))
    if (content !== null) writeFileSync(path.join(place, main), content)
  }
  return path.join(scope, 'nextauth')
}

/**
 * What comes of loading the package's binary on a machine.
 *
 * @param {string} file of the loader
 * @param {object} machine what machine.js takes
 * @returns {Promise<{ loaded?: object, code?: string, message?: string, cause?: string }>}
 */
function load(file, machine, flags = []) {
  const script = `
    try { console.log(JSON.stringify({ loaded: require(${JSON.stringify(file)}) })) }
    catch ({ code, message, cause }) { console.log(JSON.stringify({ code, message, cause: cause?.code })) }`
  const { NODE_OPTIONS: _, ...env } = { ...process.env, FAKE_MACHINE: JSON.stringify(machine) }
  return new Promise((resolve, reject) => {
    const args = ['--require', MACHINE, ...flags, '-e', script]
    execFile(process.execPath, args, { env, timeout: 15_000 }, (error, stdout) => {
      if (error) reject(error)
      else resolve(JSON.parse(stdout))
    })
  })
}

module.exports = { install, load, STAND_IN }
