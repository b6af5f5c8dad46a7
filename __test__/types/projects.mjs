/** The users' projects that are compiled: what differs between them. */

/** Without Node's types there is no `process`, and without those of browsers no `Request`. */
const WITH_NODE = { lib: ['es2022', 'dom', 'dom.iterable'], types: ['node'] }
const NODE = { '@types/node': 'types-node-20' }

const SHARED = ['adapter.mts', 'config.mts', 'config.cts']
const WITH_CORE = [...SHARED, 'core-methods.mts']
const AUTHJS = [...WITH_CORE, 'authjs-config.mts', 'passkeys.mts']

/** An ES module needs to be named as one where its types are imported into CommonJS. */
const ES_MODULE = " with { 'resolution-mode': 'import' }"

/**
 * @typedef {object} Project
 * @property {string} name
 * @property {Record<string, string>} packages by the name that the project imports, the name in
 *   package.json
 * @property {string[]} sources files, or a folder
 * @property {object} compilerOptions
 * @property {{ types: string[], attributes?: string }} [framework] what `./framework` exports: the
 *   framework's own types, some under a name that all frameworks have here
 */

/** @type {Project[]} */
export const PROJECTS = [
  {
    // As every framework but Next.js has it.
    name: 'auth-core',
    packages: { ...NODE, '@auth/core': 'auth-core-0.41' },
    sources: inFrameworks(...AUTHJS, 'auth-core-handler.mts'),
    compilerOptions: { ...WITH_NODE, exactOptionalPropertyTypes: true },
    framework: {
      types: [
        "* from '@auth/core/adapters'",
        "{ AuthConfig as Config } from '@auth/core'",
        "{ EmailConfig } from '@auth/core/providers'",
      ],
      attributes: ES_MODULE,
    },
  },
  {
    // As most have it: without the @auth/core that it names as an optional peer.
    name: 'nextauth-v4',
    packages: { ...NODE, 'next-auth': 'next-auth-4' },
    sources: inFrameworks(
      ...SHARED,
      ...['nextauth-v4-sender.mts', 'nextauth-v4-alone.mts', 'session-types.mts'],
    ),
    compilerOptions: WITH_NODE,
    framework: {
      types: ["* from 'next-auth/adapters'", "{ NextAuthOptions as Config } from 'next-auth'"],
    },
  },
  {
    // Beside that peer, from which it takes part of its Adapter type.
    name: 'nextauth-v4-with-core',
    packages: { ...NODE, 'next-auth': 'next-auth-4', '@auth/core': 'auth-core-0.34' },
    sources: inFrameworks(...WITH_CORE, 'nextauth-v4-sender.mts', 'nextauth-v4-with-core.mts'),
    compilerOptions: WITH_NODE,
    framework: {
      types: ["* from 'next-auth/adapters'", "{ NextAuthOptions as Config } from 'next-auth'"],
    },
  },
  {
    name: 'nextauth-v5',
    packages: { ...NODE, 'next-auth': 'next-auth-5' },
    sources: inFrameworks(...AUTHJS, 'nextauth-v5-handlers.mts', 'session-types.mts'),
    compilerOptions: WITH_NODE,
    framework: {
      types: [
        "* from 'next-auth/adapters'",
        "{ NextAuthConfig as Config } from 'next-auth'",
        "{ EmailConfig } from 'next-auth/providers'",
      ],
      attributes: ES_MODULE,
    },
  },
  {
    // Clients that are passed as stores.
    name: 'clients',
    packages: {
      ...NODE,
      ioredis: 'ioredis',
      keyv: 'keyv',
      redis: 'redis-6',
      'redis-4': 'redis-4',
      unstorage: 'unstorage',
    },
    sources: ['clients'],
    compilerOptions: WITH_NODE,
  },
  {
    // Without NextAuth, Auth.js and Node's types, which the package's own types do not need. The
    // clients are passed as stores.
    name: 'standalone',
    packages: { '@upstash/redis': 'upstash-redis', '@vercel/kv': 'vercel-kv' },
    sources: ['standalone'],
    compilerOptions: { lib: ['es2022'], types: [], exactOptionalPropertyTypes: true },
  },
]

function inFrameworks(...files) {
  return files.map((file) => `frameworks/${file}`)
}
