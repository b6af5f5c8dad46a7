/**
 * Where a Chromium is.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome']

/** @returns {string | undefined} the first on the PATH */
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const files = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name)))
  return files.find((file) => existsSync(file))
}
