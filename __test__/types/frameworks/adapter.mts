import {
  ChatBotKitContactAdapter,
  ChatBotKitPartnerAdapter,
  ChatBotKitUserAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'
import type {
  Adapter,
  AdapterAccount,
  AdapterSession,
  AdapterUser,
  VerificationToken,
} from './framework.mjs'

const store = MemoryStore.shared()

export const adapter: Adapter = ChatBotKitPartnerAdapter({ store })
export const userAdapter: Adapter = ChatBotKitUserAdapter({ store, apiRoutes: 'user' })

export const contactAdapter: Adapter = ChatBotKitContactAdapter({ store, autoCreateContact: true })

export const welcoming: Adapter = {
  ...ChatBotKitPartnerAdapter({ store, autoCreateUser: true }),
  async getUser(id) {
    const user = await ChatBotKitPartnerAdapter({ store }).getUser(id)
    return user?.emailVerified ? user : null
  },
}

const native = ChatBotKitPartnerAdapter({ store })

export async function readsWhatAuthReads() {
  const user: AdapterUser | null = await native.getUser('user')
  const byEmail: AdapterUser | null = await native.getUserByEmail('ada@example.com')
  const created: AdapterUser = await native.createUser({ email: 'ada@example.com' })
  const updated: AdapterUser = await native.updateUser({ id: created.id, name: null })
  const token: VerificationToken | null = await native.useVerificationToken({
    identifier: 'ada@example.com',
    token: 'hash',
  })
  return [user, byEmail, created, updated, token]
}

export async function keepsSessions(session: AdapterSession) {
  const created: AdapterSession = await native.createSession(session)
  const found: { session: AdapterSession; user: AdapterUser } | null =
    await native.getSessionAndUser(session.sessionToken)
  const moved: AdapterSession | null = await native.updateSession(session)
  const ended: AdapterSession | null = await native.deleteSession(session.sessionToken)
  return [created, found, moved, ended]
}

export async function linksAccounts(account: AdapterAccount) {
  const user: AdapterUser | null = await native.getUserByAccount(account)
  const linked: AdapterAccount = await native.linkAccount(account)
  const ended: AdapterAccount | undefined = await native.unlinkAccount(account)
  return [user, linked, ended]
}

export type Methods = [
  // Otherwise the framework's side would accept anything.
  No<IsAny<Adapter>>,
  No<IsAny<NonNullable<Adapter['getUser']>>>,
  No<IsAny<NonNullable<Adapter['getSessionAndUser']>>>,
  No<IsAny<NonNullable<Adapter['useVerificationToken']>>>,
  No<IsAny<Awaited<ReturnType<typeof native.getUser>>>>,
  Yes<IsSame<NonNullable<Awaited<ReturnType<typeof native.getUser>>>['id'], string>>,
]

export const endlessCode: Adapter = {
  ...native,
  // @ts-expect-error frameworks compare `expires` as a Date: text would never end
  useVerificationToken: async () => ({ identifier: 'a', token: 'b', expires: '2030-01-01' }),
}

export const absentUser: Adapter = {
  ...native,
  // @ts-expect-error nobody is null, never undefined
  getUser: async () => undefined,
}
