/**
 * The same contract over the public SDK and ioredis, written as somebody would who needs an adapter
 * by tomorrow and knows both well: nothing is sent that is not needed, what has to be atomic is, and
 * both clients have their own defaults. It does less than this package: it counts no guesses, checks
 * no answer of the API, and keeps session tokens as they are.
 */
import { PartnerUserClient } from '@chatbotkit/sdk/partner/user/index.js'
import Redis from 'ioredis'

const PREFIX = 'javascript:'

/** How long a user in Redis spares an API request, with `cache`: this adapter's own default, in s. */
const CACHE_SECONDS = 60

/**
 * @param {object} settings
 * @param {boolean} [settings.cache] keep the users of sessions in Redis for a minute
 */
export function createSide({ apiUrl, redisUrl, secret, cache = false }) {
  const api = new PartnerUserClient({ secret, baseUrl: apiUrl })
  const redis = new Redis(redisUrl)

  const adapter = {
    async createUser({ email, emailVerified, name, image }) {
      const { id } = await api.create({
        email,
        name: name ?? undefined,
        image: image ?? undefined,
        meta: { emailVerified: emailVerified?.getTime() ?? null },
      })
      return adapter.getUser(id)
    },

    async getUser(id) {
      try {
        return toUser(await api.fetch(id))
      } catch (error) {
        if (error.code === 'NOT_FOUND') return null
        throw error
      }
    },

    async getUserByEmail(email) {
      const { items } = await api.list({ email })
      return items.length > 0 ? toUser(items[0]) : null
    },

    async updateUser({ id, emailVerified, ...changes }) {
      const meta = emailVerified && { $update: { emailVerified: emailVerified.getTime() } }
      await api.update(id, { ...changes, meta })
      if (cache) await redis.del(userKey(id))
      return adapter.getUser(id)
    },

    async createSession(session) {
      const { sessionToken, userId, expires } = session
      const value = JSON.stringify({ userId, expires: expires.getTime() })
      await redis
        .pipeline()
        .set(sessionKey(sessionToken), value, 'PXAT', expires.getTime())
        .sadd(sessionsOfKey(userId), sessionToken)
        .exec()
      return session
    },

    async getSessionAndUser(sessionToken) {
      const value = await redis.get(sessionKey(sessionToken))
      if (!value) return null
      const { userId, expires } = JSON.parse(value)
      const user = await (cache ? cachedUser(userId) : adapter.getUser(userId))
      return user && { session: { sessionToken, userId, expires: new Date(expires) }, user }
    },

    async createVerificationToken(verificationToken) {
      const { identifier, token, expires } = verificationToken
      await redis.set(codeKey(identifier, token), expires.getTime(), 'PXAT', expires.getTime())
      return verificationToken
    },

    async useVerificationToken({ identifier, token }) {
      const expires = await redis.getdel(codeKey(identifier, token))
      return expires && { identifier, token, expires: new Date(Number(expires)) }
    },
  }

  async function cachedUser(id) {
    const cached = await redis.get(userKey(id))
    if (cached) {
      const user = JSON.parse(cached)
      return { ...user, emailVerified: user.emailVerified && new Date(user.emailVerified) }
    }
    const user = await adapter.getUser(id)
    if (user) await redis.set(userKey(id), JSON.stringify(user), 'EX', CACHE_SECONDS)
    return user
  }

  return { adapter, close: () => redis.quit() }
}

const codeKey = (identifier, token) => `${PREFIX}code:${identifier}:${token}`
const sessionKey = (token) => `${PREFIX}session:${token}`
const sessionsOfKey = (userId) => `${PREFIX}sessions-of:${userId}`
const userKey = (id) => `${PREFIX}user:${id}`

function toUser(user) {
  const verified = user.meta?.emailVerified ?? user.createdAt
  return { ...user, emailVerified: verified === null ? null : new Date(verified) }
}
