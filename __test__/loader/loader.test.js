'use strict'

const assert = require('node:assert/strict')
const { rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')
const { describe, test } = require('node:test')

const { name, version } = require('../../package.json')
const { PLATFORMS } = require('../../lib/native/platform-packages.js')
const { bundle, install, link, load, STAND_IN } = require('./installation.js')

const GLIBC = { platform: 'linux', arch: 'x64', glibc: '2.36' }
const MUSL = { platform: 'linux', arch: 'x64' }

/** A machine of each platform. */
const MACHINES = {
  'linux-x64-gnu': GLIBC,
  'linux-x64-musl': MUSL,
  'linux-arm64-gnu': { ...GLIBC, arch: 'arm64' },
  'linux-arm64-musl': { ...MUSL, arch: 'arm64' },
  'darwin-x64': { platform: 'darwin', arch: 'x64' },
  'darwin-arm64': { platform: 'darwin', arch: 'arm64' },
  'win32-x64-msvc': { platform: 'win32', arch: 'x64' },
  'win32-arm64-msvc': { platform: 'win32', arch: 'arm64' },
}

/** The lines of the message by what they begin with, after checking that it has all of them. */
function parts({ code, message }) {
  assert.equal(code, 'ERR_BINARY_MISSING', message)
  const lines = message.split('\n')
  const after = (start) => {
    const found = lines.filter((line) => line.startsWith(start))
    assert.equal(found.length, 1, message)
    return found[0].slice(start.length)
  }
  return {
    platform: after(`${name} ${version} has no binary to load on `),
    tried: lines.filter((line) => line.startsWith('  - ')),
    cause: after('Cause: '),
    fix: after('To fix it: '),
    more: after('See https://'),
  }
}

async function failure(t, { machine = GLIBC, flags, ...installation }) {
  const folder = install(t, installation)
  return parts(await load(path.join(folder, 'lib/native/binary.js'), machine, flags))
}

describe('the binary', { concurrency: 2 }, () => {
  test('is that of the platform, wherever all of them are installed', async (t) => {
    assert.deepEqual(Object.keys(MACHINES).sort(), [...PLATFORMS].sort())
    for (const [platform, machine] of Object.entries(MACHINES)) {
      const others = PLATFORMS.filter((it) => it !== platform)
      const wrong = Object.fromEntries(others.map((it) => [it, 'not a binary']))
      const folder = install(t, { platforms: { ...wrong, [platform]: STAND_IN } })
      const { loaded, message } = await load(path.join(folder, 'lib/native/binary.js'), machine)
      assert.deepEqual(loaded, { standIn: true }, `${platform}: ${message}`)
    }
  })

  test('is found by a Node before 20.16', async (t) => {
    const folder = install(t, { platforms: { 'linux-x64-gnu': STAND_IN } })
    const machine = { ...GLIBC, getBuiltinModule: false }
    const { loaded, message } = await load(path.join(folder, 'lib/native/binary.js'), machine)
    assert.deepEqual(loaded, { standIn: true }, message)
  })

  test('is found by a runtime that makes no report', async (t) => {
    // Without one, the loaders in this machine's file system decide.
    const musl = require('../../lib/native/platform.js').platformName().endsWith('-musl')
    const platform = `linux-${process.arch}-${musl ? 'musl' : 'gnu'}`
    const folder = install(t, { platforms: { [platform]: STAND_IN } })
    const machine = { platform: 'linux', arch: process.arch, report: false }
    const { loaded, message } = await load(path.join(folder, 'lib/native/binary.js'), machine)
    assert.deepEqual(loaded, { standIn: true }, message)
  })
})

// `folder` is where the application runs, and the bundle is in a folder of its own.
describe('a bundle', { concurrency: 2 }, () => {
  test('finds the binary of the package that the application has installed', async (t) => {
    const installed = install(t, { platforms: { 'linux-x64-gnu': STAND_IN } })
    const folder = path.join(installed, '../../..')
    const { loaded, message } = await load(
      bundle(path.join(install(t), '../../../elsewhere')),
      GLIBC,
      [],
      folder,
    )
    assert.deepEqual(loaded, { standIn: true }, message)
  })

  test('finds it from its own place, wherever the application runs', async (t) => {
    const installed = install(t, { platforms: { 'linux-x64-gnu': STAND_IN } })
    const file = bundle(path.join(installed, '../../..'))
    const { loaded, message } = await load(file, GLIBC, [], tmpdir())
    assert.deepEqual(loaded, { standIn: true }, message)
  })

  test('finds it where the application itself cannot, as pnpm installs', async (t) => {
    const under = 'node_modules/.pnpm/@chatbotkit+nextauth@2.0.0'
    const installed = install(t, { platforms: { 'linux-x64-gnu': STAND_IN }, under })
    const folder = path.join(installed, '../../../../../..')
    link(folder, installed)
    const { loaded, message } = await load(bundle(folder), GLIBC, [], folder)
    assert.deepEqual(loaded, { standIn: true }, message)
  })

  test('says what to do where the package is not installed', async (t) => {
    const folder = path.join(install(t), '../../..')
    rmSync(path.join(folder, 'node_modules'), { recursive: true })
    const failed = await load(bundle(folder), GLIBC, [], folder)
    const { tried, cause, fix } = parts(failed)
    assert.equal(tried.length, 1, failed.message)
    assert.match(cause, /was bundled/)
    assert.match(fix, /withChatBotKit.*standalone|standalone.*withChatBotKit/)
    assert.match(fix, /--external:@chatbotkit\/nextauth/)
  })

  test('does not call the binary of another version', async (t) => {
    const installed = install(t, { platforms: { 'linux-x64-gnu': STAND_IN } })
    writeFileSync(
      path.join(installed, 'package.json'),
      JSON.stringify({ name, version: '1.38.0', exports: { './package.json': './package.json' } }),
    )
    const folder = path.join(installed, '../../..')
    const { tried } = parts(await load(bundle(folder), GLIBC, [], folder))
    assert.deepEqual(tried, [`  - ${name}: it is version 1.38.0`])
  })
})

describe('without a binary the message', { concurrency: 2 }, () => {
  test('names the platform, what was tried, and an installation without optional dependencies', async (t) => {
    const { platform, tried, cause, fix } = await failure(t, {})
    assert.equal(platform, `linux-x64-gnu (Node.js ${process.versions.node}).`)
    assert.equal(tried.length, 1)
    assert.match(tried[0], /@chatbotkit\/nextauth-linux-x64-gnu: Cannot find module/)
    assert.match(cause, /nextauth-linux-x64-gnu is not installed\..*--omit=optional/)
    assert.match(fix, /npm install --include=optional @chatbotkit\/nextauth/)
    assert.match(fix, /lockfile.*rm -rf node_modules package-lock\.json && npm install/)
  })

  test('says so when the dependencies are those of another platform', async (t) => {
    const { cause, fix } = await failure(t, { platforms: { 'darwin-arm64': STAND_IN } })
    assert.match(cause, /linux-x64-gnu is not installed, but darwin-arm64 is: .*another platform/)
    assert.match(fix, /do not copy node_modules/)
  })

  test('tells musl from glibc', async (t) => {
    const musl = await failure(t, { machine: MUSL, platforms: { 'linux-x64-gnu': STAND_IN } })
    assert.match(musl.cause, /linux-x64-musl is not installed, but linux-x64-gnu is \(.*musl/)
    const glibc = await failure(t, { platforms: { 'linux-x64-musl': STAND_IN } })
    assert.match(glibc.cause, /linux-x64-gnu is not installed, but linux-x64-musl is \(.*glibc/)
    const dlopen = 'Error loading shared library ld-linux-x86-64.so.2: No such file or directory'
    const forced = await failure(t, {
      machine: { ...MUSL, dlopen },
      platforms: { 'linux-x64-musl': 'a binary of the other library' },
    })
    assert.match(forced.cause, /another C library/)
  })

  test('names the version of glibc that is needed, and the one that is there', async (t) => {
    const dlopen = "/lib64/libc.so.6: version `GLIBC_2.17' not found (required by binary.node)"
    const { cause, fix, tried } = await failure(t, {
      machine: { ...GLIBC, glibc: '2.12', dlopen },
      platforms: { 'linux-x64-gnu': 'a binary' },
    })
    assert.match(cause, /too old: glibc 2\.17 is needed, 2\.12 is there/)
    assert.match(fix, /update the system/)
    assert.match(tried[0], /GLIBC_2\.17/)
  })

  // Node's own dlopen refuses these files.
  test('says so when the file is damaged', async (t) => {
    const platform = require('../../lib/native/platform.js').platformName()
    const [os, arch] = platform.split('-')
    const machine = { platform: os, arch, glibc: platform.endsWith('-gnu') ? '2.36' : undefined }
    for (const content of ['', 'not a binary at all', Buffer.alloc(100_000)]) {
      const { cause, fix } = await failure(t, { machine, platforms: { [platform]: content } })
      assert.match(cause, /damaged, or is for another processor/)
      assert.match(fix, /rm -rf node_modules/)
    }
  })

  test('says so when the file is missing from its package', async (t) => {
    const { cause } = await failure(t, { platforms: { 'linux-x64-gnu': null } })
    assert.match(cause, /linux-x64-gnu is installed without its file/)
  })

  test('says so when a library of the system is missing', async (t) => {
    const dlopen = 'libgcc_s.so.1: cannot open shared object file: No such file or directory'
    const { cause, tried } = await failure(t, {
      machine: { ...GLIBC, dlopen },
      platforms: { 'linux-x64-gnu': 'a binary' },
    })
    assert.match(cause, /library of the system is missing/)
    assert.match(tried[0], /libgcc_s/)
  })

  test('lists the platforms on one that has none', async (t) => {
    for (const machine of [
      { platform: 'freebsd', arch: 'x64' },
      { platform: 'linux', arch: 'ia32', glibc: '2.36' },
      { platform: 'win32', arch: 'ia32' },
    ]) {
      const { cause, platform } = await failure(t, { machine })
      assert.ok(platform.startsWith(`${machine.platform}-${machine.arch}`))
      for (const each of PLATFORMS) assert.ok(cause.includes(each), cause)
    }
  })

  test('says so when Node may not load addons', async (t) => {
    const { cause, fix } = await failure(t, {
      flags: ['--no-addons'],
      platforms: { [require('../../lib/native/platform.js').platformName()]: 'a binary' },
      machine: { glibc: process.report.getReport().header.glibcVersionRuntime },
    })
    assert.match(cause, /--no-addons/)
    assert.match(fix, /without that option/)
  })

  test('has the commands of Bun, Deno, pnpm and Electron', async (t) => {
    const bun = await failure(t, { machine: { ...GLIBC, versions: { bun: '1.4.5' } } })
    assert.match(bun.platform, /Bun 1\.4\.5/)
    assert.match(bun.fix, /bun install --force/)
    const deno = await failure(t, { machine: { ...GLIBC, versions: { deno: '2.9.6' } } })
    assert.match(deno.fix, /deno install/)
    const pnpm = await failure(t, { under: 'node_modules/.pnpm/@chatbotkit+nextauth@2.0.0' })
    assert.match(pnpm.fix, /pnpm install --force/)
    const electron = await failure(t, { machine: { ...GLIBC, versions: { electron: '45.4.1' } } })
    assert.match(electron.platform, /Electron 45\.4\.1/)
    assert.match(electron.fix, /asarUnpack/)
  })

  test('has no command of another system on Windows', async (t) => {
    const machine = { platform: 'win32', arch: 'x64' }
    const { fix } = await failure(t, { machine, platforms: { 'linux-x64-gnu': STAND_IN } })
    assert.match(fix, /delete node_modules and package-lock\.json and run "npm install/)
  })

  test('tells what to do when Deno may not load it', async (t) => {
    const { fix } = await failure(t, {
      machine: { ...GLIBC, dlopen: 'Requires ffi access, run again with the --allow-ffi flag' },
      platforms: { 'linux-x64-gnu': 'a binary' },
    })
    assert.match(fix, /--allow-ffi/)
  })

  test('is that of the package itself, and keeps the cause', async (t) => {
    const folder = install(t)
    const { code, cause } = await load(folder, GLIBC)
    assert.deepEqual({ code, cause }, { code: 'ERR_BINARY_MISSING', cause: 'MODULE_NOT_FOUND' })
  })
})
