/**
 * `npm run driver-sizes`: how much of the binary each store's driver is: of what is written in Rust by the
 * symbols of a build that keeps them, of SQLite, which is C, by the linker's map. What the drivers share
 * with the rest (TLS, HTTP, tokio) is counted with the rest, and so are relocations and unwind tables.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEnvironment } from './build.mjs'
import { CommandError, output, ROOT, run } from './programs.mjs'
import { main, prepare } from './setup.mjs'

/** Of which driver a function or a table is, by its name. The first that fits. */
const DRIVERS = {
  SQLite: /rusqlite|store::sqlite/,
  PostgreSQL: /postgres/i,
  Redis: /\bredis::|store::remote::redis/,
  'Redis over REST': /store::remote::rest/,
}

await main(() => {
  prepare({ packages: [], folders: [ROOT] })
  const host = /host: (.*)/.exec(output('rustc', ['-vV']))[1]
  const cargo = ['rustc', '--release', '--lib', '--crate-type', 'cdylib', '--target', host]
  const map = join(ROOT, 'target', 'driver-sizes.map')
  const flags = ['-C', 'strip=none', '-C', `link-arg=-Wl,-Map=${map}`]
  run('cargo', [...cargo, '--', ...flags], { cwd: ROOT, env: buildEnvironment() })

  const library = join(ROOT, 'target', host, 'release', 'libchatbotkit_nextauth.so')
  const symbols = output('nm', ['--demangle', '--print-size', '--radix=d', library])
  const sizes = Object.fromEntries([...Object.keys(DRIVERS), 'the rest'].map((it) => [it, 0]))
  for (const line of symbols.split('\n')) {
    const [, size, name] = /^\d+ (\d+) \w (.*)$/.exec(line) ?? []
    if (size === undefined) continue
    const driver = Object.keys(DRIVERS).find((it) => DRIVERS[it].test(name)) ?? 'the rest'
    sizes[driver] += Number(size)
  }
  sizes.SQLite += sizeOfObjects(readFileSync(map, 'utf8'), /sqlite3\.o\):/)
  console.log('| part | MB |\n| --- | --- |')
  for (const [part, size] of Object.entries(sizes)) {
    console.log(`| ${part} | ${(size / 1e6).toFixed(2)} |`)
  }
})

/** What the linker (lld, Rust's own) took of the object files of that name. */
function sizeOfObjects(map, name) {
  let size = 0
  for (const line of map.split('\n')) {
    const [, hex, file] = /^ *[\da-f]+ +[\da-f]+ +([\da-f]+) +\d+ +(\S.*)$/.exec(line) ?? []
    if (file !== undefined && name.test(file)) size += Number.parseInt(hex, 16)
  }
  if (size === 0) throw new CommandError('The map of this linker is not the one of lld')
  return size
}
