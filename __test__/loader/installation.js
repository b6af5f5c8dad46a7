'use strict'

const { execFile } = require('node:child_process')
const {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} = require('node:fs')
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

/** What makes an installation look as pnpm's: a link in `folder` to the package where it is. */
function link(folder, installed) {
  const scope = path.join(folder, 'node_modules/@chatbotkit')
  mkdirSync(scope, { recursive: true })
  symlinkSync(installed, path.join(scope, 'nextauth'))
}

/**
 * The loader as a bundler leaves it: under another name, in a folder of the application, where no
 * package.json of this package is near.
 *
 * @param {string} folder
 * @returns {string} its file
 */
function bundle(folder) {
  const output = path.join(folder, 'output')
  const inside = path.join(ROOT, 'lib/native')
  const manifest = readFileSync(path.join(ROOT, 'package.json'), 'utf8')
  mkdirSync(output, { recursive: true })
  for (const name of readdirSync(inside)) {
    const source = readFileSync(path.join(inside, name), 'utf8')
    const file = path.join(output, name === 'binary.js' ? 'bundle.js' : name)
    writeFileSync(file, source.replace("require('../../package.json')", manifest))
  }
  return path.join(output, 'bundle.js')
}

/**
 * What comes of loading the package's binary on a machine.
 *
 * @param {string} file of the loader
 * @param {object} machine what machine.js takes
 * @param {string[]} [flags] of Node
 * @param {string} [cwd] the folder that the application runs in
 * @returns {Promise<{ loaded?: object, code?: string, message?: string, cause?: string }>}
 */
function load(file, machine, flags = [], cwd = undefined) {
  const script = `
    try { console.log(JSON.stringify({ loaded: require(${JSON.stringify(file)}) })) }
    catch ({ code, message, cause }) { console.log(JSON.stringify({ code, message, cause: cause?.code })) }`
  const { NODE_OPTIONS: _, ...env } = { ...process.env, FAKE_MACHINE: JSON.stringify(machine) }
  return new Promise((resolve, reject) => {
    const args = ['--require', MACHINE, ...flags, '-e', script]
    execFile(process.execPath, args, { cwd, env, timeout: 15_000 }, (error, stdout) => {
      if (error) reject(error)
      else resolve(JSON.parse(stdout))
    })
  })
}

module.exports = { bundle, install, link, load, STAND_IN }
