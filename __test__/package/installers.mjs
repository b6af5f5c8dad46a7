/** The package managers, and what a person types to install with each. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NODE = process.execPath

/**
 * @param {string} tools the node_modules of tools/
 * @returns {Installer[]}
 *
 * @typedef {object} Installer
 * @property {string} name
 * @property {string[][]} commands
 * @property {Record<string, string>} [env]
 * @property {string[]} [node] what starts Node in the project
 * @property {boolean} [development] whether development dependencies are wanted
 * @property {boolean} [fetchesAll] whether it fetches the binaries of other platforms as well
 */
export function installers(tools) {
  const pnpm = [NODE, join(tools, 'pnpm/bin/pnpm.cjs')]
  const yarn1 = [NODE, join(tools, 'yarn-1/bin/yarn.js')]
  const yarn4 = [NODE, join(tools, 'yarn-4/bin/yarn.js')]
  const version = (name) =>
    JSON.parse(readFileSync(join(tools, name, 'package.json'), 'utf8')).version
  const quiet = ['--no-audit', '--no-fund']
  // The lock file is new each time.
  const berry = { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false', YARN_ENABLE_TELEMETRY: 'false' }
  return [
    { name: 'npm install', commands: [['npm', 'install', ...quiet]], development: true },
    {
      name: 'npm ci --omit=dev',
      commands: [
        ['npm', 'install', '--package-lock-only', ...quiet],
        ['npm', 'ci', '--omit=dev', ...quiet],
      ],
    },
    { name: `pnpm ${version('pnpm')} install --prod`, commands: [[...pnpm, 'install', '--prod']] },
    {
      name: `yarn ${version('yarn-1')} install --production`,
      commands: [[...yarn1, 'install', '--production', '--non-interactive']],
      fetchesAll: true,
    },
    {
      name: `yarn ${version('yarn-4')} install, node-modules`,
      commands: [[...yarn4, 'install']],
      env: { ...berry, YARN_NODE_LINKER: 'node-modules' },
      development: true,
    },
    {
      name: `yarn ${version('yarn-4')} install, Plug'n'Play`,
      commands: [[...yarn4, 'install']],
      env: { ...berry, YARN_NODE_LINKER: 'pnp' },
      node: [...yarn4, 'node'],
      development: true,
    },
  ]
}

/** Tells each package manager where the @chatbotkit packages are; the rest is where it always is. */
export function useRegistry(project, url, defaultRegistry) {
  writeFileSync(join(project, '.npmrc'), `@chatbotkit:registry=${url}/\n`)
  // Yarn 4 reads no .npmrc. JSON is YAML.
  const yarnrc = {
    npmRegistryServer: defaultRegistry.replace(/\/$/, ''),
    npmScopes: { chatbotkit: { npmRegistryServer: url } },
    unsafeHttpWhitelist: ['127.0.0.1'],
  }
  writeFileSync(join(project, '.yarnrc.yml'), JSON.stringify(yarnrc))
}

/** Caches of their own: those of the machine may have another build of the same version. */
export function cachesIn(folder) {
  return {
    npm_config_cache: join(folder, 'npm'),
    npm_config_store_dir: join(folder, 'pnpm'),
    YARN_CACHE_FOLDER: join(folder, 'yarn'),
    YARN_GLOBAL_FOLDER: join(folder, 'yarn-global'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  }
}
