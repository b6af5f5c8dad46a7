/** Every snippet of JavaScript and TypeScript in README.md and docs/ is checked against the package's types. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { before, describe, it } from 'node:test'
import { npmInstallation } from '../../scripts/cache.mjs'
import { installPackage } from '../../scripts/examples.mjs'
import { ROOT } from '../../scripts/programs.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'
import { cloneFolder } from '../e2e/application.mjs'
import { snippetsIn } from './markdown.mjs'
import { installed } from './run-snippet.mjs'

const ENDINGS = { js: 'mjs', ts: 'ts', tsx: 'tsx' }

const DOCUMENTS = [
  'README.md',
  'sandbox/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** What snippets name that the text around them tells of; all that the package exports is added. */
const NAMES = `
type Own = typeof import('@chatbotkit/nextauth')
const adapter: import('@chatbotkit/nextauth').ChatBotKitAdapter
const store: import('@chatbotkit/nextauth').Store
const session: { user: { id: string } }
const sendVerificationRequest: (request: import('@chatbotkit/nextauth').ChatBotKitVerificationRequest) => Promise<void>
const NextAuth: typeof import('next-auth').default
const secret: string, password: string, email: string, url: string, token: string
const id: string, userId: string, sessionToken: string
// Of other packages, and of the application.
const client: any, messages: any, anything: any, Redis: any, createClient: any, TableStore: any
const everySubAccount: any, update: any, test: any, expect: any, beforeAll: any, afterAll: any
`

/** Packages and files that are not here. */
const MODULES = [
  'uuid',
  'nodemailer',
  'vitest',
  'ioredis',
  '@chatbotkit/sdk',
  'redis',
  '*/auth',
  '*/store',
  '*/send-code',
]

describe('the snippets of', () => {
  let found
  before(() => {
    found = check()
  })

  for (const document of DOCUMENTS) {
    it(document, () => assert.deepEqual(found.get(document) ?? [], []))
  }
})

/** @returns {Map<string, string[]>} what the compiler says, by document */
function check() {
  const ts = installed('typescript')
  const folder = project()
  const documents = new Map()
  for (const document of DOCUMENTS) {
    for (const { language, source, line } of snippetsIn(document)) {
      if (!ENDINGS[language]) continue
      const path = `${document.replaceAll('/', '_')}/${line}.${ENDINGS[language]}`
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), asModule(source))
      documents.set(path, { document, line })
    }
  }
  const program = ts.createProgram(
    ['names.d.ts', 'modules.d.ts', ...documents.keys()].map((path) => join(folder, path)),
    {
      ...{ allowJs: true, checkJs: true, noEmit: true, skipLibCheck: true, esModuleInterop: true },
      jsx: ts.JsxEmit.ReactJSX,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: ['node'],
      typeRoots: [join(folder, 'node_modules/@types')],
    },
  )
  const found = new Map()
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
    const words = ts.flattenDiagnosticMessageText(messageText, ' ')
    const { document, line = 0 } = documents.get(file && relative(folder, file.fileName)) ?? {}
    // Whatever belongs to no snippet makes all of it worthless.
    if (!document) throw new Error(`${file?.fileName}: ${words}`)
    const at = line + file.getLineAndCharacterOfPosition(start).line
    found.set(document, [...(found.get(document) ?? []), `${document}:${at}: ${words}`])
  }
  return found
}

/** A folder with the package, and with what the snippets import. */
function project() {
  const folder = join(temporaryFolder('snippets'), 'project')
  const modules = join(folder, 'node_modules')
  const from = join(npmInstallation(join(ROOT, '__test__/docs/applications')), 'node_modules')
  for (const name of ['next', 'react', 'react-dom', '@types', 'next-auth-5', '@auth', 'csstype']) {
    cloneFolder(join(from, name), join(modules, name === 'next-auth-5' ? 'next-auth' : name))
  }
  installPackage(folder)
  const types = readFileSync(join(ROOT, 'index.d.ts'), 'utf8')
  const own = [...types.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(
    ([, name]) => `const ${name}: Own['${name}']`,
  )
  const names = [NAMES, ...own].join('\n')
  writeFileSync(join(folder, 'names.d.ts'), `export {}\ndeclare global {\n${names}\n}\n`)
  const shorthand = MODULES.map((name) => `declare module '${name}'`)
  writeFileSync(join(folder, 'modules.d.ts'), shorthand.join('\n'))
  return folder
}

/** A snippet as a whole module, on the same lines: some leave something out, or are a part of an object. */
function asModule(source) {
  const whole = source
    .replace(/\{ … \}/g, '{}')
    .replaceAll('…', '...anything')
    // What a class has that is not shown.
    .replace('// get, set and del\n', 'pool\n')
  if (/^\w+: \{\n/.test(whole)) return `NextAuth({ providers: [], ${whole} })\nexport {}\n`
  return `${whole}\nexport {}\n`
}
