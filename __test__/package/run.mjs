/**
 * `npm run test:package`: packs the package as a release does, installs it with each package
 * manager, and signs in with each runtime.
 *
 * It ends with a table of what was run and how it went. What this machine cannot run is in it as
 * not run, with the reason.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npmInstallation, pythonTools } from '../../scripts/cache.mjs'
import { pack, packPlaceholder } from '../../scripts/pack.mjs'
import { ROOT } from '../../scripts/programs.mjs'
import { TARGETS } from '../../scripts/targets.mjs'
import { installApplication, packageFor, signIn } from './applications.mjs'
import { buildPlatform, PLATFORM } from './builds.mjs'
import { installers } from './installers.mjs'
import { checkNextjs } from './nextjs.mjs'
import { run, startSandbox } from './processes.mjs'
import { serveRegistry } from './registry.mjs'
import { runtimes } from './runtimes.mjs'
import { closeTable, NotRun, record } from './table.mjs'

const NAME = '@chatbotkit/nextauth'

/**
 * Of all that is unpacked beside the binary, in bytes: what it has come to, and some lines more. The guard
 * with its types is 36 kB of it, `init` and its templates are 20 kB, and the README shows the same files.
 */
const UNPACKED_BUDGET = 445_000

async function main(folder) {
  console.log('This needs a gigabyte of tools, which are fetched once')
  const tools = join(npmInstallation(join(ROOT, '__test__/package/tools')), 'node_modules')
  const python = pythonTools()
  await checkRepository(python)

  const binaries = join(folder, 'binaries')
  for (const platform of Object.keys(TARGETS)) {
    await record(`${NAME}-${platform}`, 'release build, size, paths, glibc floor', () =>
      buildPlatform(platform, binaries, python),
    )
  }
  let packed
  await record(NAME, 'napi artifacts, npm pack', () => {
    packed = pack(binaries, join(folder, 'packed'))
  })
  // Nothing was built or packed: everything below would fail for that reason.
  if (!packed?.platforms[PLATFORM]) return
  await record(`${NAME}-${PLATFORM}`, 'has the licences of its crates', async () => {
    const licence = await run('tar', ['-xzOf', packed.platforms[PLATFORM], 'package/LICENSE'])
    for (const crate of ['napi', 'redis', 'reqwest', 'ring', 'rustls', 'tokio']) {
      assert.match(licence, new RegExp(`\\b${crate} \\d`), crate)
    }
  })
  await checkPacked(packed.main, tools)

  const placeholders = packed.missing.map((it) => packPlaceholder(it, join(folder, 'packed')))
  await record(NAME, 'the release refuses an incomplete set', () =>
    refusesIncomplete(join(folder, 'packed'), packed.missing),
  )
  const files = [packed.main, ...Object.values(packed.platforms), ...placeholders]
  const registry = await serveRegistry(files)
  try {
    const defaultRegistry = (await run('npm', ['config', 'get', 'registry'])).match(/^http\S+/m)[0]
    await checkInstallations(folder, registry, tools, defaultRegistry)
    await checkNextjs(installers(tools), { folder, registry, defaultRegistry })
    for (const [platform, machine] of Object.entries(TARGETS)) {
      await record(
        `${NAME}-${platform}`,
        'npm install --os --cpu --libc takes this one',
        async () => {
          const taken = await packageFor(machine, join(folder, `for-${platform}`), registry)
          assert.deepEqual(taken, [`nextauth-${platform}`])
        },
      )
    }
  } finally {
    await registry.close()
  }
}

/** What is in the repository for releases. */
async function checkRepository(python) {
  const node = (...args) => run(process.execPath, args, { cwd: ROOT })
  await record(NAME, 'versions and platforms in step', async () => {
    await node('scripts/versions.mjs')
  })
  await record('.github/workflows', 'actionlint with shellcheck', async () => {
    const folder = join(ROOT, '.github/workflows')
    const workflows = readdirSync(folder).map((name) => join(folder, name))
    assert.ok(workflows.length > 0)
    await run('actionlint', ['-no-color', ...workflows], { cwd: ROOT, env: python })
    return `${workflows.length} workflows`
  })
}

/** The packed package itself. */
async function checkPacked(file, tools) {
  const tool = (path, ...args) => run(process.execPath, [join(tools, path), ...args])
  await record(NAME, 'size', async () => {
    const sizes = await run('tar', ['-tzvf', file])
    const bytes = [...sizes.matchAll(/^\S+ \S+ +(\d+) /gm)].reduce((sum, [, it]) => sum + +it, 0)
    assert.ok(bytes > 0 && bytes <= UNPACKED_BUDGET, `${bytes} bytes unpacked`)
    return `${bytes} bytes unpacked`
  })
  await record(NAME, 'publint --strict', async () => {
    await tool('publint/src/cli.js', 'run', file, '--strict')
  })
  await record(NAME, 'are the types wrong', async () => {
    await tool('@arethetypeswrong/cli/dist/index.js', file)
  })
}

/** The gate in front of publishing, with packages that are there but have no binary. */
async function refusesIncomplete(packed, missing) {
  if (missing.length === 0) throw new NotRun('this machine has built every platform')
  const gate = run(process.execPath, [join(ROOT, 'scripts/publish.mjs'), packed, '--check'])
  const output = await gate.then(
    () => assert.fail('it would publish'),
    (error) => error.message,
  )
  for (const platform of missing) {
    assert.ok(output.includes(`${NAME}-${platform} is without`), output)
  }
  assert.ok(output.includes(`${missing.length} faults`), output)
}

/** Each package manager with this Node; then each runtime with what npm installed. */
async function checkInstallations(folder, registry, tools, defaultRegistry) {
  const [npm, ...others] = installers(tools)
  const application = join(folder, 'npm')
  const first = await record(`${NAME}-${PLATFORM}`, npm.name, () =>
    checkInstaller(npm, application, registry, defaultRegistry),
  )
  if (!first.result.startsWith('passed')) return

  const sandbox = await startSandbox(
    join(application, 'project/node_modules/.bin/chatbotkit-nextauth'),
  )
  try {
    await record(`Node ${process.versions.node}`, 'sign-in after npm install', () =>
      signIn([process.execPath], application, sandbox),
    )
    for (const [index, installer] of others.entries()) {
      const place = join(folder, `installer-${index}`)
      await record(`${NAME}-${PLATFORM}`, `${installer.name}, sign-in`, async () => {
        const note = await checkInstaller(installer, place, registry, defaultRegistry)
        await signIn(installer.node ?? [process.execPath], place, sandbox, installer.env)
        return note
      })
    }
    for (const { name, command } of runtimes(tools)) {
      await record(name, 'sign-in, CommonJS and ES module', async () => {
        const program = command()
        await signIn(program, application, sandbox, { DENO_NO_UPDATE_CHECK: '1' })
        return (await run(program[0], ['--version'])).split('\n')[0].trim()
      })
    }
    await record('Electron', 'sign-in', () => {
      throw new NotRun('its npm package downloads the program from elsewhere when it is installed')
    })
  } finally {
    await sandbox.close()
  }
}

async function checkInstaller(installer, place, registry, defaultRegistry) {
  const platforms = await installApplication(installer, place, registry, defaultRegistry)
  const own = `${NAME}-${PLATFORM}`
  if (!installer.fetchesAll) assert.deepEqual(platforms, [own])
  else assert.ok(platforms.includes(own), platforms.join())
  if (platforms.length > 1) return `it fetches the binaries of ${platforms.length} platforms`
}

const folder = mkdtempSync(join(tmpdir(), 'nextauth-package-'))
try {
  await main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (!closeTable()) process.exitCode = 1
