/** New Next.js applications, as `create-next-app` makes them, with what they need installed. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { npmInstallation } from '../../scripts/cache.mjs'
import { installPackage } from '../../scripts/examples.mjs'
import { ROOT } from '../../scripts/programs.mjs'
import { freePort } from '../../testing/ports.mjs'
import { startProcess, temporaryFolder } from '../../testing/processes.mjs'
import { cloneFolder, SETTINGS } from '../e2e/application.mjs'

const run = promisify(execFile)

// Next.js has advice of its own for machines that build, which have no cache.
const COMMON = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined, CI: undefined }

/** Of the machine that runs the tests: an application has what its own `.env.local` says. */
const UNSET = Object.fromEntries(SETTINGS.map((name) => [name, undefined]))

export class NewApplication {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder
  }

  /**
   * @param {object} options
   * @param {string[]} [options.args] of create-next-app
   * @param {'v4' | 'v5'} [options.auth] the next-auth that is installed
   */
  static async make({ args = [], auth = 'v5' } = {}) {
    const installed = join(
      npmInstallation(join(ROOT, '__test__/docs/applications')),
      'node_modules',
    )
    const place = temporaryFolder('new')
    const program = join(installed, 'create-next-app/dist/index.js')
    // --empty: the other template asks Google for its fonts when it is built.
    const flags = ['app', '--yes', '--empty', '--skip-install', '--disable-git', ...args]
    const env = { ...process.env, ...COMMON, XDG_CONFIG_HOME: place }
    await run(process.execPath, [program, ...flags], { cwd: place, env })
    const folder = join(place, 'app')
    const modules = join(folder, 'node_modules')
    for (const name of readdirSync(installed)) {
      if (name === 'create-next-app' || name === '.package-lock.json') continue
      cloneFolder(join(installed, name), join(modules, name))
    }
    renameSync(join(modules, `next-auth-${auth.slice(1)}`), join(modules, 'next-auth'))
    installPackage(folder)
    return new NewApplication(folder)
  }

  /** @param {Iterable<[string, string]>} files */
  write(files) {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true })
      writeFileSync(join(this.folder, path), text)
    }
  }

  /** What `npx @chatbotkit/nextauth …` does here. @returns {Promise<string>} what it printed */
  async command(...args) {
    const program = join(
      this.folder,
      'node_modules/@chatbotkit/nextauth/bin/chatbotkit-nextauth.js',
    )
    const { stdout } = await run(process.execPath, [program, ...args], { cwd: this.folder })
    return stdout
  }

  /** @returns {Promise<string>} what `next build` printed */
  async build() {
    try {
      const env = { ...process.env, ...UNSET, ...COMMON }
      const { stdout, stderr } = await run(process.execPath, [this.#next, 'build'], {
        cwd: this.folder,
        env,
        maxBuffer: 16 * 1024 ** 2,
      })
      return stdout + stderr
    } catch (error) {
      throw new Error(`next build failed:\n${error.stdout}\n${error.stderr}`)
    }
  }

  /**
   * @param {'dev' | 'start'} mode
   * @param {(origin: string) => Record<string, string>} settings beside what `.env.local` says
   */
  async serve(mode, settings) {
    const port = await freePort()
    const origin = `http://localhost:${port}`
    let output = ''
    const server = await startProcess(
      process.execPath,
      [this.#next, mode, '-p', `${port}`],
      /Ready in/,
      {
        cwd: this.folder,
        group: true,
        onOutput: (text) => {
          output += text
        },
        env: { ...UNSET, ...COMMON, ...settings(origin) },
      },
    )
    return { origin, output: () => output, stop: () => server.kill() }
  }

  get #next() {
    return join(this.folder, 'node_modules/next/dist/bin/next')
  }
}
