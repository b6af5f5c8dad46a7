/** Runs a TypeScript compiler and tells our errors from those in the libraries' own types. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SINCE_NODE16 = ['node16', 'nodenext', 'bundler']

const ONE_PROCESS = fileURLToPath(new URL('one-process.mjs', import.meta.url))

/** The compilers, by their names in package.json, and the ways to find modules they know. */
export const COMPILERS = [
  {
    name: 'typescript-5.9',
    label: 'TypeScript 5.9',
    resolutions: ['node10', ...SINCE_NODE16],
    async outputs(compiler, configurations, cwd) {
      const { code, output } = await execute([ONE_PROCESS, compiler, ...configurations], cwd)
      if (code !== 0) throw new Error(output)
      return JSON.parse(output)
    },
  },
  {
    name: 'typescript-7',
    label: 'TypeScript 7  ',
    // node10 ended with TypeScript 6.
    resolutions: SINCE_NODE16,
    async outputs(compiler, configurations, cwd) {
      const outputs = []
      for (const each of configurations) {
        const args = [join(compiler, 'bin/tsc'), '-p', each, '--pretty', 'false']
        const { code, output } = await execute(args, cwd)
        outputs.push(code === 0 || output ? output : `tsc ended with ${code} and said nothing`)
      }
      return outputs
    },
  },
]

/** `file(line,column): error TS1234: message`, or without a place. */
const DIAGNOSTIC = /^(?:(?<file>.+?)\(\d+,\d+\): )?error TS\d+: /

/**
 * Sorts the errors that a compiler printed.
 *
 * @returns {{ ours: string[], libraries: string[] }}
 */
export function sortErrors(output) {
  const errors = { ours: [], libraries: [] }
  let current = errors.ours
  for (const line of output.split(/\r?\n/).filter(Boolean)) {
    // An indented line goes on about the error before it.
    if (/^\s/.test(line)) {
      current.push(`${current.pop() ?? ''}\n${line}`)
    } else {
      const file = DIAGNOSTIC.exec(line)?.groups.file
      // Whatever has no place, or is no diagnostic at all, is ours to look at.
      current = file && isLibrary(file) ? errors.libraries : errors.ours
      current.push(file ? inRepository(line) : line)
    }
  }
  return errors
}

/** Whether a file is of a library that was installed, rather than of this package or a usage file. */
function isLibrary(file) {
  return file.includes('node_modules/') && !file.includes('node_modules/@chatbotkit/nextauth/')
}

/** The line with a path that can be opened: of the repository, not of the copy. */
function inRepository(line) {
  const ours = line.replace(/^[^(]*node_modules\/@chatbotkit\/nextauth\//, '')
  return ours === line ? `__test__/types/${line}` : ours
}

/** A compiler that finds errors ends with 1 or 2; one that could not be started has no number. */
function execute(args, cwd) {
  return new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: 64 * 1024 ** 2 }
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve({ code: error?.code ?? 0, output: stdout + stderr })
    })
  })
}
