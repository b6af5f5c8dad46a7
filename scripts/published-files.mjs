import { output } from './programs.mjs'

let files

/** The files of this package that npm would publish, relative to the root. */
export function publishedFiles() {
  files ??= parse(output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']))
  return files
}

function parse(json) {
  // A list or, from npm 12 on, an object by name.
  const [packed] = Object.values(JSON.parse(json))
  return packed.files.map(({ path }) => path)
}
