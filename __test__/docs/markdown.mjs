/** The files and the commands that a Markdown document shows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/programs.mjs'

/**
 * The snippets of a document that stand below a line which begins with the name of a file.
 *
 * @param {string} path from the root
 * @returns {Map<string, string>} by the file's name
 */
export function filesIn(path) {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const found = text.matchAll(/^`([^`\n]+)`[^\n]*\n\n```\w+\n(.*?)^```$/gms)
  return new Map([...found].map(([, name, source]) => [name, source]))
}

/** @returns {{ language: string, source: string, line: number }[]} all snippets of a document */
export function snippetsIn(path) {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
    ({ 1: language, 2: source, index }) => ({
      language,
      source,
      line: text.slice(0, index).split('\n').length + 1,
    }),
  )
}
