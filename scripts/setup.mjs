/**
 * What a fresh clone needs before anything runs. Node's own modules only: nothing is installed yet.
 * Every step looks first, does nothing when there is nothing to do, and says what it does before it
 * does it.
 *
 *     npm run setup    everything that the tests need
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandError, ROOT } from './programs.mjs'
import { buildAddon } from './setup/addon.mjs'
import { installDependencies } from './setup/dependencies.mjs'
import { installSystemPackages, SYSTEM_PACKAGES } from './setup/system-packages.mjs'
import { checkNode, checkToolchain } from './setup/toolchain.mjs'

export { CommandError, ROOT }

/** The tests' folders with dependencies of their own, besides the examples. */
const TESTED = [
  '',
  '__test__/signin/nextauth-v4',
  '__test__/clients/installed',
  '__test__/e2e',
].map((it) => join(ROOT, it))

/**
 * Checks, installs and builds what is missing.
 *
 * @param {object} [needs] everything the tests need when left out
 * @param {string[]} [needs.packages] of the system
 * @param {string[]} [needs.folders] with a package-lock.json
 * @throws {CommandError} when something is missing that has to be installed by hand
 */
export function prepare({ packages = Object.keys(SYSTEM_PACKAGES), folders = TESTED } = {}) {
  checkToolchain()
  installSystemPackages(packages)
  installDependencies(folders)
  buildAddon()
}

/** Runs a command. An error whose message says all is shown without its stack. */
export async function main(command) {
  try {
    checkNode()
    await command()
  } catch (error) {
    const isExpected = error instanceof CommandError || error.code?.startsWith('ERR_PARSE_ARGS')
    if (!isExpected) throw error
    console.error(`\n${error.message}`)
    // Not process.exit(): what is still on its way to the terminal would be lost.
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    prepare()
    console.log('> Everything that the tests need is there')
  })
}
