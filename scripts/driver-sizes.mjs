/**
 * `npm run driver-sizes`: how much of the binary each store's driver is, by the symbols of a build that
 * keeps them. What the drivers share with the rest (TLS, HTTP, tokio) is counted with the rest.
 */
import { join } from 'node:path'
import { buildEnvironment } from './build.mjs'
import { output, ROOT, run } from './programs.mjs'
import { main, prepare } from './setup.mjs'

/** Of which driver a function or a table is, by its name. The first that fits. */
const DRIVERS = {
  SQLite: /sqlite/i,
  PostgreSQL: /postgres/i,
  Redis: /\bredis::|store::remote::redis/,
  'Redis over REST': /store::remote::rest/,
}

await main(() => {
  prepare({ packages: [], folders: [ROOT] })
  const host = /host: (.*)/.exec(output('rustc', ['-vV']))[1]
  const cargo = ['rustc', '--release', '--lib', '--crate-type', 'cdylib', '--target', host]
  run('cargo', [...cargo, '--', '-C', 'strip=none'], { cwd: ROOT, env: buildEnvironment() })

  const library = join(ROOT, 'target', host, 'release', 'libchatbotkit_nextauth.so')
  const symbols = output('nm', ['--demangle', '--print-size', '--radix=d', library])
  const sizes = Object.fromEntries([...Object.keys(DRIVERS), 'the rest'].map((it) => [it, 0]))
  for (const line of symbols.split('\n')) {
    const [, size, name] = /^\d+ (\d+) \w (.*)$/.exec(line) ?? []
    if (size === undefined) continue
    const driver = Object.keys(DRIVERS).find((it) => DRIVERS[it].test(name)) ?? 'the rest'
    sizes[driver] += Number(size)
  }
  console.log('| part | MB |\n| --- | --- |')
  for (const [part, size] of Object.entries(sizes)) {
    console.log(`| ${part} | ${(size / 1e6).toFixed(2)} |`)
  }
})
