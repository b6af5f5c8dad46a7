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
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMPILERS, sortErrors } from './compile.mjs'
import { PROJECTS } from './projects.mjs'
import { openWorkspace } from './workspace.mjs'

/** How modules are found, and the `module` that goes with it. */
const RESOLUTIONS = {
  node10: { module: 'commonjs', moduleResolution: 'node10' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
}

const COMPILER_OPTIONS = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  esModuleInterop: true,
  // Never the compiler's own lib.*.d.ts: a third of the time for nothing that we could break.
  skipDefaultLibCheck: true,
}

/** How many compilers run at once. */
const PARALLEL = 2

/** Checks a project with a compiler, in all combinations of its options. */
async function check({ name, compilerOptions }, compiler, workspace) {
  const directory = workspace.directory(name)
  const combinations = compiler.resolutions.flatMap((resolution) =>
    [true, false].map((skipLibCheck) => ({ resolution, skipLibCheck })),
  )
  const configurations = combinations.map((each) => configure(each, compilerOptions, directory))
  const path = workspace.compiler(compiler.name)
  const outputs = await compiler.outputs(path, configurations, directory)
  return combinations.map(({ resolution, skipLibCheck }, index) => ({
    name: [name.padEnd(21), compiler.label, resolution.padEnd(8)].join('  '),
    skipLibCheck,
    ...sortErrors(outputs[index]),
  }))
}

/** Writes a tsconfig for the combination. */
function configure({ resolution, skipLibCheck }, compilerOptions, directory) {
  const name = `tsconfig.${resolution}.${skipLibCheck}.json`
  const configuration = {
    compilerOptions: {
      ...COMPILER_OPTIONS,
      ...compilerOptions,
      ...RESOLUTIONS[resolution],
      skipLibCheck,
    },
    include: ['**/*.mts', '**/*.cts', '../expect.d.ts'],
  }
  writeFileSync(join(directory, name), JSON.stringify(configuration))
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

async function main(wanted) {
  const names = PROJECTS.map(({ name }) => name)
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length) throw new Error(`No such project: ${unknown}. There are: ${names.join(', ')}`)
  const projects = PROJECTS.filter(({ name }) => !wanted.length || wanted.includes(name))

  const workspace = openWorkspace(projects)
  const counts = { passed: 0, failed: 0 }
  try {
    const checks = projects.flatMap((project) =>
      COMPILERS.map((compiler) => () => check(project, compiler, workspace)),
    )
    await inOrder(checks, PARALLEL, (results) => {
      for (const result of results) counts[report(result) ? 'passed' : 'failed'] += 1
    })
  } finally {
    workspace.remove()
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
  if (counts.failed || !counts.passed) process.exitCode = 1
}

await main(process.argv.slice(2))
