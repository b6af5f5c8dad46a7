/**
 * Checks that index.d.ts is right, by compiling what users write, in projects like theirs.
 *
 *     node __test__/types/run.mjs [project …]
 *
 * Every project is compiled by every compiler, with every way to find modules that it knows, with
 * and without skipLibCheck. An `@ts-expect-error` that expects nothing is an error as well (TS2578).
 *
 * Without skipLibCheck the libraries' own types have errors: next-auth v4, for one, imports an
 * optional peer. They are told by their files, counted, and let pass. Ours never are.
 */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COMPILERS, compile } from './compile.mjs'
import { install, TYPES, workspace } from './install.mjs'

/** How modules are found, and the `module` that goes with it. */
const RESOLUTIONS = {
  node10: { module: 'commonjs', moduleResolution: 'node10' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
}

/** How many compilers run at once. */
const PARALLEL = 2

/** Checks a project with a compiler, in all combinations of its options. */
async function check(project, compiler) {
  const { directory, remove } = await workspace(project)
  try {
    const combinations = compiler.resolutions.flatMap((resolution) =>
      [true, false].map((skipLibCheck) => ({ resolution, skipLibCheck })),
    )
    const configurations = await Promise.all(combinations.map((each) => configure(each, directory)))
    const results = await compile(compiler, configurations, directory)
    return combinations.map((each, index) => ({
      name: [project.padEnd(21), compiler.label, each.resolution.padEnd(8)].join('  '),
      skipLibCheck: each.skipLibCheck,
      ...results[index],
    }))
  } finally {
    await remove()
  }
}

/** Writes a tsconfig for the combination, beside the project's own. */
async function configure({ resolution, skipLibCheck }, directory) {
  const name = `tsconfig.${resolution}.${skipLibCheck}.json`
  const configuration = {
    extends: './tsconfig.json',
    // Never the compiler's own lib.*.d.ts: a third of the time for nothing that we could break.
    compilerOptions: { ...RESOLUTIONS[resolution], skipLibCheck, skipDefaultLibCheck: true },
  }
  await writeFile(join(directory, name), JSON.stringify(configuration))
  return name
}

/** Prints a combination's line, and its errors if it has any that count. */
function report({ name, skipLibCheck, ours, libraries }) {
  const errors = skipLibCheck ? [...ours, ...libraries] : ours
  const passes = errors.length === 0
  const note = skipLibCheck ? '' : `  (${libraries.length} errors inside libraries)`
  console.log(`${passes ? 'ok    ' : 'FAILED'}  ${name}  skipLibCheck ${skipLibCheck}${note}`)
  for (const error of errors) console.log(error.replace(/^/gm, '        '))
  return passes
}

/** Runs the tasks, a few at a time, and hands over their results in the order of the tasks. */
async function inOrder(tasks, limit, receive) {
  const results = []
  let started = 0
  let received = 0
  const worker = async () => {
    while (started < tasks.length) {
      const index = started++
      results[index] = { value: await tasks[index]() }
      while (results[received]) receive(results[received++].value)
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
}

/** The folders beside this file, but for the compilers': each is a user's project. */
async function projectNames() {
  const entries = await readdir(TYPES, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return names.filter((name) => name !== 'compilers').sort()
}

async function main(wanted) {
  const all = await projectNames()
  const unknown = wanted.filter((name) => !all.includes(name))
  if (unknown.length) throw new Error(`No such project: ${unknown}. There are: ${all.join(', ')}`)
  const projects = wanted.length ? wanted : all

  const installs = ['compilers', ...projects].map((name) => () => install(name))
  await inOrder(installs, PARALLEL, () => {})

  const counts = { passed: 0, failed: 0 }
  const checks = projects.flatMap((project) =>
    COMPILERS.map((compiler) => () => check(project, compiler)),
  )
  await inOrder(checks, PARALLEL, (results) => {
    for (const result of results) counts[report(result) ? 'passed' : 'failed'] += 1
  })
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
  if (counts.failed || !counts.passed) process.exitCode = 1
}

await main(process.argv.slice(2))
