/**
 * Installs the example applications as they would be in a repository of their own: the package is a
 * copy of what `npm pack` publishes, in their node_modules, with the binary that was built here.
 *
 * Not a link to this repository: bundlers do not follow links out of an application's folder, nor
 * do they put what is behind one into a standalone build.
 */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CommandError, ROOT, run } from './programs.mjs'
import { publishedFiles } from './published-files.mjs'
import { isInstalled } from './setup/dependencies.mjs'

const PACKAGE = '@chatbotkit/nextauth'

/** The examples that have dependencies of their own. */
export const EXAMPLES = ['nextjs-authjs', 'nextjs-pages', 'nextjs-contacts', 'express']

/** @returns {string} the folder of an example */
export function exampleFolder(name) {
  if (EXAMPLES.includes(name)) return join(ROOT, 'examples', name)
  throw new CommandError(`Which example? One of ${EXAMPLES.join(', ')}.`)
}

/** Installs an example's dependencies when that is due, and a fresh copy of the package in any case. */
export function installExample(name) {
  const folder = exampleFolder(name)
  if (!isInstalled(folder)) {
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
    run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: making })
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
    // One step, so that what is there is whole.
    renameSync(join(making, 'node_modules'), join(folder, 'node_modules'))
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

/** With the binaries of this clone, each in the package that brings it otherwise. */
export function installPackage(folder) {
  const target = join(folder, 'node_modules', PACKAGE)
  rmSync(target, { recursive: true, force: true })
  for (const path of publishedFiles()) cpSync(join(ROOT, path), join(target, path))
  for (const binary of readdirSync(ROOT).filter((file) => file.endsWith('.node'))) {
    const [, platform] = binary.split('.')
    const place = `${target}-${platform}`
    cpSync(join(ROOT, 'npm', platform), place, { recursive: true })
    cpSync(join(ROOT, binary), join(place, binary))
  }
}
