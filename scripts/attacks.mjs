/**
 * `npm run attacks`: what one stranger can do to people who sign in by code, without protect() and with
 * it, in both versions of NextAuth and with both kinds of users. docs/security.md has what it prints.
 */

import { join } from 'node:path'
import { main, prepare, ROOT } from './setup.mjs'

await main(async () => {
  prepare({ packages: [], folders: [ROOT, join(ROOT, '__test__/signin/nextauth-v4')] })
  const { ATTACKS } = await import('../__test__/guard/attacks.mjs')
  const { DIRECTORIES } = await import('../testing/directories.mjs')
  const frameworks = [
    await import('../__test__/signin/nextauth-v4.mjs'),
    await import('../__test__/signin/auth-core.mjs'),
  ]
  // Next.js prints what next-auth v4 lets through.
  console.error = () => {}
  console.log('| a stranger, at one client | without `protect` | with it |')
  console.log('| --- | --- | --- |')
  for (const { name, run } of ATTACKS) {
    const outcomes = [new Set(), new Set()]
    for (const framework of frameworks) {
      for (const directory of DIRECTORIES) {
        for (const [column, isGuarded] of [false, true].entries()) {
          outcomes[column].add(await outcomeOf(run, { ...framework, directory }, isGuarded))
        }
      }
    }
    console.log(`| ${[name, ...outcomes.map((it) => [...it].join(' or '))].join(' | ')} |`)
  }
})

async function outcomeOf(run, framework, isGuarded) {
  const endings = []
  try {
    return await run({ after: (end) => endings.push(end) }, framework, isGuarded)
  } finally {
    for (const end of endings) await end()
  }
}
