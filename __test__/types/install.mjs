/**
 * Where the projects are compiled: in a cache outside the repository. In the repository a compiler
 * that looks upwards for packages finds the root's @auth/core, which most users of next-auth v4
 * do not have, and next-auth v4 would take its types from it.
 *
 *     <cache>/<project>-<hash>/node_modules              what `npm ci` installed
 *     <cache>/<project>-<hash>/run-XXXXXX/<project>/     one run's copy of the project
 *     …/node_modules/@chatbotkit/nextauth/               what `npm pack` would publish
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const TYPES = dirname(fileURLToPath(import.meta.url))
const ROOT = join(TYPES, '../..')

// Not the directory for temporary files: that is swept file by file, which leaves half a package.
const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'chatbotkit-nextauth',
  'types',
)

/** What decides what `npm ci` installs. */
const INSTALL_FILES = ['package.json', 'package-lock.json', '.npmrc']

const run = promisify(execFile)

/** npm is a shell script on Windows. No argument comes from outside. */
function npm(args, cwd) {
  return run('npm', args, { cwd, shell: process.platform === 'win32', maxBuffer: 16 * 1024 ** 2 })
}

/** Installs a project's packages, unless that was done since its lock file changed. */
export async function install(project) {
  const installed = await installation(project)
  if (await exists(installed)) return installed

  await mkdir(CACHE, { recursive: true })
  const making = await mkdtemp(join(CACHE, 'making-'))
  try {
    for (const name of INSTALL_FILES) await copyIfThere(join(TYPES, project, name), making)
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], making)
    // One step, so that what is there is whole. Another run may have been faster.
    await rename(making, installed).catch(async (error) => {
      if (!(await exists(installed))) throw error
    })
  } finally {
    await rm(making, { recursive: true, force: true })
  }
  return installed
}

/** A copy of the project for one run, with the package beside it. */
export async function workspace(project) {
  const run = await mkdtemp(join(await installation(project), 'run-'))
  const directory = join(run, project)
  const remove = () => rm(run, { recursive: true, force: true })
  try {
    await cp(join(TYPES, 'expect.d.ts'), join(run, 'expect.d.ts'))
    await cp(join(TYPES, project), directory, {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    })
    const target = join(directory, 'node_modules/@chatbotkit/nextauth')
    for (const path of await publishedFiles()) await cp(join(ROOT, path), join(target, path))
  } catch (error) {
    await remove()
    throw error
  }
  return { directory, remove }
}

async function installation(project) {
  const hash = createHash('sha256')
  for (const name of INSTALL_FILES) {
    hash.update(await readFile(join(TYPES, project, name)).catch(() => ''))
  }
  return join(CACHE, `${project}-${hash.digest('hex').slice(0, 16)}`)
}

let published

/** The files of the package as it would be published. */
function publishedFiles() {
  published ??= npm(['pack', '--dry-run', '--json', '--ignore-scripts'], ROOT).then(({ stdout }) =>
    // A list or, from npm 12 on, an object by name.
    Object.values(JSON.parse(stdout))[0].files.map(({ path }) => path),
  )
  return published
}

async function copyIfThere(file, directory) {
  if (await exists(file)) await cp(file, join(directory, basename(file)))
}

async function exists(path) {
  return (await stat(path).catch(() => null)) !== null
}
