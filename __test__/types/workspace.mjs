/**
 * Where the projects are compiled: in a cache outside the repository. In the repository a compiler
 * that looks upwards for packages finds the root's @auth/core, which most users of next-auth v4
 * do not have, and next-auth v4 would take its types from it.
 *
 *     <cache>/types-<hash>/node_modules                      what `npm ci` installed
 *     <cache>/types-<hash>/run-XXXXXX/<project>/             one run's copy of a project
 *     …/<project>/node_modules/<package>                     its packages, under their real names
 *     …/<project>/node_modules/@chatbotkit/nextauth          what `npm pack` would publish
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npmInstallation } from '../../scripts/cache.mjs'
import { ROOT } from '../../scripts/programs.mjs'
import { publishedFiles } from '../../scripts/published-files.mjs'

const TYPES = join(ROOT, '__test__/types')

/**
 * @param {import('./projects.mjs').Project[]} projects
 * @returns {{ directory: (project: string) => string, compiler: (name: string) => string,
 *   remove: () => void }} where each is
 */
export function openWorkspace(projects) {
  const installed = npmInstallation(TYPES)
  const packages = join(installed, 'node_modules')
  const run = mkdtempSync(join(installed, 'run-'))
  const directory = (project) => join(run, project)
  const remove = () => rmSync(run, { recursive: true, force: true })
  try {
    cpSync(join(TYPES, 'expect.d.ts'), join(run, 'expect.d.ts'))
    for (const project of projects) copyProject(project, directory(project.name), packages)
  } catch (error) {
    remove()
    throw error
  }
  return { directory, compiler: (name) => join(packages, name), remove }
}

function copyProject({ packages, sources, framework }, directory, installed) {
  for (const [name, alias] of Object.entries(packages)) {
    cpSync(join(installed, alias), join(directory, 'node_modules', name), { recursive: true })
  }
  const own = join(directory, 'node_modules/@chatbotkit/nextauth')
  for (const path of publishedFiles()) cpSync(join(ROOT, path), join(own, path))
  for (const path of sources) cpSync(join(TYPES, path), join(directory, path), { recursive: true })
  if (framework) {
    const { types, attributes = '' } = framework
    const write = (file, suffix) =>
      writeFileSync(
        join(directory, file),
        types.map((it) => `export type ${it}${suffix}\n`).join(''),
      )
    write('frameworks/framework.mts', '')
    write('frameworks/framework.cts', attributes)
  }
}
