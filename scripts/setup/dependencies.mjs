/** What npm installs. */
import { join, relative } from 'node:path'
import { ROOT, run } from '../programs.mjs'
import { modified } from './modified.mjs'

/** Whether node_modules is there and not older than the lock file. */
export function isInstalled(folder) {
  // npm writes this file last, so a broken-off installation counts as none.
  const installed = modified(join(folder, 'node_modules', '.package-lock.json'))
  return installed >= modified(join(folder, 'package-lock.json'))
}

/** Runs `npm ci` in each of the folders where that is due. */
export function installDependencies(folders) {
  for (const folder of folders.filter((it) => !isInstalled(it))) {
    const name = relative(ROOT, folder) || 'the project'
    console.log(`> Installing the dependencies of ${name} (npm ci)`)
    run('npm', ['ci'], { cwd: folder })
  }
}
