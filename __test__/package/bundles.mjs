/** The package in a bundle that no framework made, run from another folder than it was made in. */
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './processes.mjs'

const SOURCE = fileURLToPath(new URL('project/sign-in.cjs', import.meta.url))

/** An ES module has no `require` of its own, which bundled CommonJS needs. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url)'

const FORMATS = {
  cjs: { file: 'bundle.cjs' },
  esm: { file: 'bundle.mjs', banner: { js: REQUIRE } },
}

/**
 * Bundles a sign-in with esbuild, and signs in.
 *
 * @param {string} project where the package and esbuild are installed
 * @param {'cjs' | 'esm'} format
 */
export async function signInBundled(project, format, { url, secret }) {
  const esbuild = createRequire(join(project, 'package.json'))('esbuild')
  const { file, banner } = FORMATS[format]
  copyFileSync(SOURCE, join(project, 'sign-in.cjs'))
  const bundle = join(project, 'output', file)
  await esbuild.build({
    absWorkingDir: project,
    entryPoints: ['sign-in.cjs'],
    bundle: true,
    platform: 'node',
    format,
    banner,
    outfile: bundle,
    logLevel: 'error',
  })
  const printed = await run(process.execPath, [bundle, url, secret], { cwd: tmpdir() })
  assert.match(printed, /^signed in: cjs-\d+@example\.com$/m)
}
