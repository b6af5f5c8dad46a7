/**
 * Installs the example applications as they would be in a repository of their own: the package is a
 * copy of what `npm pack` publishes, in their node_modules, with the binary that was built here.
 *
 * Not a link to this repository: bundlers do not follow links out of an application's folder, nor
 * do they put what is behind one into a standalone build.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ROOT, SetupError } from './setup.mjs'

const PACKAGE = '@chatbotkit/nextauth'

/** The examples that have dependencies of their own. */
export const EXAMPLES = ['nextjs-authjs', 'nextjs-pages', 'express']

/** @returns {string} the folder of an example */
export function exampleFolder(name) {
  if (EXAMPLES.includes(name)) return join(ROOT, 'examples', name)
  throw new SetupError(`Which example? One of ${EXAMPLES.join(', ')}.`)
}

/** Installs an example's dependencies when that is due, and a fresh copy of the package in any case. */
export function installExample(name) {
  const folder = exampleFolder(name)
  const installed = modified(join(folder, 'node_modules', '.package-lock.json'))
  if (installed < modified(join(folder, 'package-lock.json'))) {
    console.log(`> Installing the dependencies of examples/${name} (npm ci)`)
    installDependencies(folder)
  }
  installPackage(folder)
  return folder
}

/**
 * `npm ci` without the package itself, which the lock file leaves out: its entry would need the
 * digest of a version that is being made here.
 */
function installDependencies(folder) {
  const making = mkdtempSync(join(folder, 'node_modules-'))
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    delete manifest.dependencies[PACKAGE]
    writeFileSync(join(making, 'package.json'), JSON.stringify(manifest))
    cpSync(join(folder, 'package-lock.json'), join(making, 'package-lock.json'))
    npm(['ci', '--no-audit', '--no-fund'], { cwd: making, stdio: 'inherit' })
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
    // One step, so that what is there is whole.
    renameSync(join(making, 'node_modules'), join(folder, 'node_modules'))
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

function installPackage(folder) {
  const target = join(folder, 'node_modules', PACKAGE)
  rmSync(target, { recursive: true, force: true })
  for (const path of packageFiles()) cpSync(join(ROOT, path), join(target, path))
}

let files

/** What is published, and the binaries beside it, which packages of their own bring otherwise. */
function packageFiles() {
  files ??= [
    // A list or, from npm 12 on, an object by name.
    ...Object.values(
      JSON.parse(npm(['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT })),
    )[0].files.map(({ path }) => path),
    ...readdirSync(ROOT).filter((file) => file.endsWith('.node')),
  ]
  return files
}

function npm(args, options) {
  // npm is a shell script on Windows. No argument comes from outside.
  const shell = process.platform === 'win32'
  return execFileSync('npm', args, {
    encoding: 'utf8',
    shell,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...options,
  })
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
