/**
 * The tools that the checks need, of the versions in tools/, in a cache outside the repository:
 * a gigabyte of runtimes and compilers, which is fetched once.
 */
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './processes.mjs'

const TOOLS = fileURLToPath(new URL('tools', import.meta.url))

const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'chatbotkit-nextauth',
  'package',
)

/** @returns {Promise<string>} the node_modules of tools/package.json */
export async function npmTools() {
  const files = ['package.json', 'package-lock.json']
  const folder = await cached('npm', files, (making) =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: making }),
  )
  return join(folder, 'node_modules')
}

/** @returns {Promise<NodeJS.ProcessEnv>} an environment that finds what requirements.txt brings */
export async function pythonTools() {
  const [requirements] = ['requirements.txt']
  const folder = await cached('python', [requirements], async (making) => {
    const args = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:']
    await run(
      'python3',
      ['-m', 'pip', 'install', ...args, '--target', '.', '-r', requirements],
      // pip warns of root, which is who CI is.
      { cwd: making, env: { PIP_ROOT_USER_ACTION: 'ignore' } },
    )
  })
  return {
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
    PYTHONPATH: folder,
  }
}

/** A folder with copies of `files` in which `install` was done, for these files, once. */
async function cached(name, files, install) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(TOOLS, file)))
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(folder)) return folder

  mkdirSync(CACHE, { recursive: true })
  const making = mkdtempSync(join(CACHE, 'making-'))
  try {
    for (const file of files) cpSync(join(TOOLS, file), join(making, file))
    await install(making)
    // One step, so that what is there is whole.
    if (!existsSync(folder)) renameSync(making, folder)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return folder
}
