import {
  type ChatBotKitDevice,
  ChatBotKitPartnerAdapter,
  MemoryStore,
  type ProtectEvent,
  type ProtectOptions,
  protect,
} from '@chatbotkit/nextauth'

const store = new MemoryStore()

export const everything: ProtectOptions = {
  store,
  keyPrefix: 'app:',
  trustedProxies: 1,
  clientAddress: async () => undefined,
  limits: {
    codesPerClient: { max: 50 },
    codeInterval: false,
    attemptsPerClient: { window: 60_000 },
  },
  providers: ['email'],
  signInPage: '/signin',
  normalizeIdentifier: (text) => text.trim(),
  headers: () => undefined,
  logger: {
    debug: (_, event) => [true] satisfies [Yes<IsSame<typeof event, ProtectEvent>>],
  },
}

const handler = async (_request: { url: string }, _response: { end(): void }) => 5
export const same: typeof handler = protect(handler, everything)
export const pair: { GET: typeof handler; POST: typeof handler; dynamic: string } = protect(
  { GET: handler, POST: handler, dynamic: 'auto' },
  { store },
)

// The environment may name the store.
protect(handler)
protect(handler, { trustedProxies: 1 })
// @ts-expect-error there is no such limit
protect(handler, { store, limits: { codesPerAdress: { max: 1 } } })
// @ts-expect-error a limit is an object, or false
protect(handler, { store, limits: { codesPerAddress: 5 } })
// @ts-expect-error no handler of NextAuth's
protect({ get: handler }, { store })

const adapter = ChatBotKitPartnerAdapter({ store })

export const devices: Promise<ChatBotKitDevice[]> = adapter.listSessions('c', undefined)
export const token: Promise<string> = adapter
  .createApiSession('c', { expiresIn: 60, allowedRoutes: ['conversation/complete'] })
  .then((session) => session.token)

// @ts-expect-error the API has another name for it
adapter.createApiSession('c', { durationInSeconds: 60 })
// @ts-expect-error without the session that asks, all would end
adapter.revokeOtherSessions('c')
adapter.createSession({ sessionToken: 't', userId: 'c', expires: new Date(), label: 'Firefox' })
