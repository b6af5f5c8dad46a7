/** An application that installs the packed package, and signs in. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachesIn, useRegistry } from './installers.mjs'
import { run } from './processes.mjs'

const PROJECT = fileURLToPath(new URL('project', import.meta.url))

/**
 * Makes an application in `folder` and installs it.
 *
 * @param {import('./installers.mjs').Installer} installer
 * @param {{ url: string, fetched: Set<string> }} registry
 * @returns {Promise<string[]>} the platform packages that were fetched for it
 */
export async function installApplication(installer, folder, registry, defaultRegistry) {
  const project = join(folder, 'project')
  registry.fetched.clear()
  await install(PROJECT, installer, folder, registry, defaultRegistry)

  const platforms = [...registry.fetched].filter((name) => name !== '@chatbotkit/nextauth')
  assert.equal(platforms.length, registry.fetched.size - 1, 'the package itself was not fetched')
  // Without it the installation has no development dependencies to leave out.
  if (existsSync(join(project, 'node_modules'))) {
    const development = existsSync(join(project, 'node_modules/picocolors'))
    assert.equal(development, installer.development === true, 'development dependencies')
  }
  return platforms
}

/** Installs a copy of the application in `source`, in a folder of its own in `folder`. */
export async function install(source, installer, folder, registry, defaultRegistry) {
  const project = join(folder, 'project')
  mkdirSync(folder, { recursive: true })
  cpSync(source, project, { recursive: true })
  useRegistry(project, registry.url, defaultRegistry)
  const env = { ...cachesIn(join(folder, 'caches')), ...installer.env }
  for (const [command, ...args] of installer.commands)
    await run(command, args, { cwd: project, env })
}

/**
 * Signs in from CommonJS, and from an ES module through Auth.js.
 *
 * @param {string[]} runtime what starts a file
 */
export async function signIn(runtime, folder, { url, secret }, env) {
  const project = join(folder, 'project')
  for (const file of ['sign-in.cjs', 'sign-in.mjs']) {
    const [command, ...args] = [...runtime, file, url, secret]
    const printed = await run(command, args, { cwd: project, env })
    assert.match(printed, /^signed in: (cjs|esm)-\d+@example\.com$/m)
  }
}

/** Which platform package npm takes on another machine: what os, cpu and libc in it are for. */
export async function packageFor({ os, cpu, libc }, folder, registry) {
  const project = join(folder, 'project')
  mkdirSync(project, { recursive: true })
  useRegistry(project, registry.url, registry.url)
  const machine = [`--os=${os}`, `--cpu=${cpu}`, ...(libc ? [`--libc=${libc}`] : [])]
  const args = ['install', '--no-audit', '--no-fund', '@chatbotkit/nextauth', ...machine]
  await run('npm', args, { cwd: project, env: cachesIn(join(folder, 'caches')) })
  const names = readdirSync(join(project, 'node_modules/@chatbotkit'))
  return names.filter((name) => name !== 'nextauth')
}
