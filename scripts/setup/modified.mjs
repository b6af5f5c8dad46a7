import { statSync } from 'node:fs'

/** When a file was last changed, in milliseconds; 0 when there is none. */
export function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
