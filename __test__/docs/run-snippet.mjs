/** Runs TypeScript of a document as Next.js does: compiled, with packages behind its imports. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { npmInstallation } from '../../scripts/cache.mjs'
import { ROOT } from '../../scripts/programs.mjs'

const require = createRequire(import.meta.url)
const applications = createRequire(
  join(npmInstallation(join(ROOT, '__test__/docs/applications')), 'package.json'),
)

/** @returns {any} what the module exports */
export function runSnippet(source) {
  const { transpileModule, ModuleKind, ScriptTarget } = applications('typescript')
  const { outputText } = transpileModule(source, {
    compilerOptions: {
      module: ModuleKind.CommonJS,
      target: ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  })
  const module = { exports: {} }
  const load = (name) => (name === '@chatbotkit/nextauth' ? require('../..') : applications(name))
  new Function('require', 'module', 'exports', outputText)(load, module, module.exports)
  return module.exports
}

/** A package of `applications/`. */
export const installed = applications
