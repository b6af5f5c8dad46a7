/** The native addon of this machine's platform. */
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from '../programs.mjs'
import { modified } from './modified.mjs'

/** Runs `npm run build` when the native binary is missing or older than what it is built from. */
export function buildAddon() {
  if (!isAddonStale()) return
  console.log('> Building the native addon (npm run build), a few minutes the first time')
  run('npm', ['run', 'build'])
  // Where copying a file keeps its date, or cargo had nothing to do, the binary would stay old.
  const now = new Date()
  for (const binary of binaries()) utimesSync(binary, now, now)
}

export function isAddonStale() {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true }).map((it) => `src/${it}`)
  const files = ['Cargo.toml', 'Cargo.lock', 'build.rs', ...sources].map((it) => join(ROOT, it))
  return Math.max(0, ...binaries().map(modified)) < Math.max(...files.map(modified))
}

/** What was built for this platform; 0, 1, or, with glibc and musl on one machine, 2 files. */
function binaries() {
  const prefix = `chatbotkit-nextauth.${process.platform}-${process.arch}`
  return readdirSync(ROOT)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.node'))
    .map((file) => join(ROOT, file))
}
