/**
 * `tsc -p` for several configurations in one process: TypeScript 5.9, started 40 times, spends half
 * of the time on reading its own libraries. Prints what tsc would have printed, as a JSON list.
 *
 *     node one-process.mjs <typescript> <configuration …>
 */
import { createRequire } from 'node:module'
import { basename, resolve } from 'node:path'

const [compiler, ...configurations] = process.argv.slice(2)
const ts = createRequire(import.meta.url)(compiler)

/** The compiler's own lib.*.d.ts, parsed. They are the same in every configuration of a project. */
const libraries = new Map()

function host(options) {
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  const directory = host.getDefaultLibLocation()
  host.getSourceFile = (path, ...rest) => {
    if (!path.startsWith(directory) || !/^lib\..*d\.ts$/.test(basename(path))) {
      return getSourceFile(path, ...rest)
    }
    if (!libraries.has(path)) libraries.set(path, getSourceFile(path, ...rest))
    return libraries.get(path)
  }
  return host
}

function compile(configuration) {
  const { config, error } = ts.readConfigFile(configuration, ts.sys.readFile)
  if (error) return [error]
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(
    config,
    ts.sys,
    process.cwd(),
    undefined,
    resolve(configuration),
  )
  const program = ts.createProgram(fileNames, options, host(options))
  return [...errors, ...ts.getPreEmitDiagnostics(program)]
}

const format = {
  getCurrentDirectory: () => process.cwd(),
  getCanonicalFileName: (path) => path,
  getNewLine: () => '\n',
}
const outputs = configurations.map((each) => ts.formatDiagnostics(compile(each), format))
console.log(JSON.stringify(outputs))
