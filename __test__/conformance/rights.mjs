/**
 * The rights that docs/stores.md says are enough.
 */
import { readFileSync } from 'node:fs'
import { ask } from '../../testing/redis/servers.mjs'

const document = readFileSync(new URL('../../docs/stores.md', import.meta.url), 'utf8')

/** What `ACL SETUSER` is told, on servers and on sentinels. */
const [SERVER, SENTINEL] = [...document.matchAll(/^ACL SETUSER app (.+)$/gm)].map(
  ([, words]) => words,
)

/** The rights that are needed besides, where the document says so. */
const CLUSTER = /On the nodes of a cluster it needs `([^`]+)`/.exec(document)[1]
const COPIED = /To be copied from, Redis needs [^`]*`([^`]+)`/.exec(document)[1]
const WATCHED = /on servers that sentinels watch `([^`]+)`/.exec(document)[1]

/**
 * Makes a user `app` who may do what is documented and nothing else.
 *
 * @param {import('../../testing/redis/servers.mjs').Redis[]} servers
 * @param {{ password: string, keyPrefix?: string, cluster?: boolean, sentinels?: boolean }} options
 */
export async function restrict(servers, { password, keyPrefix = '', cluster, sentinels }) {
  // The tests' adapters have prefixes of their own.
  const rights = SERVER.replace('{keyPrefix}chatbotkit:nextauth:', `${keyPrefix}subject-`)
  const more = [...(cluster ? [CLUSTER] : []), ...(sentinels ? [WATCHED] : [])]
  await setUser(servers, [rights, ...more].join(' '), password)
}

/** The same on a server that is copied from. */
export async function restrictToCopying(server, password) {
  await setUser([server], `${SERVER.replace('{keyPrefix}', '')} ${COPIED}`, password)
}

/** The same on sentinels. */
export async function restrictSentinels(sentinels, password) {
  await setUser(sentinels, SENTINEL, password)
}

async function setUser(servers, rights, password) {
  const words = rights.split(' ').map((word) => (word === '>password' ? `>${password}` : word))
  await Promise.all(servers.map((server) => ask(server, 'ACL', 'SETUSER', 'app', ...words)))
}
