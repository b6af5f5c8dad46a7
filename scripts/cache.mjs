/**
 * What was installed once and is kept: in folders outside the repository, one for each content of
 * the files that decide what is installed.
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
import { basename, delimiter, join, relative } from 'node:path'
import { ROOT, run } from './programs.mjs'

// Not the directory for temporary files: that is swept file by file, which leaves half a package.
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'chatbotkit-nextauth')

/** @returns {string} a folder with what `npm ci` installs for the project in `source` */
export function npmInstallation(source) {
  const files = ['package.json', 'package-lock.json', '.npmrc']
  return cached(source, files, (making) =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: making }),
  )
}

/** @returns {NodeJS.ProcessEnv} an environment that finds what tools/requirements.txt brings */
export function pythonTools() {
  const requirements = 'requirements.txt'
  const folder = cached(join(ROOT, 'scripts/tools'), [requirements], (making) => {
    const args = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:']
    run('python3', ['-m', 'pip', 'install', ...args, '--target', '.', '-r', requirements], {
      cwd: making,
      // pip warns of root, which is who CI is.
      env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore' },
    })
  })
  return {
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
    PYTHONPATH: folder,
  }
}

/** A folder with copies of `files` in which `install` was done, for these files, once. */
function cached(source, files, install) {
  const present = files.filter((file) => existsSync(join(source, file)))
  const hash = createHash('sha256')
  for (const file of present) hash.update(file).update(readFileSync(join(source, file)))
  const folder = join(CACHE, `${basename(source)}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(folder)) return folder

  console.log(`> Installing ${relative(ROOT, source)} in ${folder}`)
  mkdirSync(CACHE, { recursive: true })
  const making = mkdtempSync(join(CACHE, 'making-'))
  try {
    for (const file of present) cpSync(join(source, file), join(making, file))
    install(making)
    // One step, so that what is there is whole. Another run may have been faster.
    if (!existsSync(folder)) renameSync(making, folder)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return folder
}
