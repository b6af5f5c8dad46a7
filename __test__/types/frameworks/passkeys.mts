import { ChatBotKitPartnerAdapter, MemoryStore } from '@chatbotkit/nextauth'
import type { AdapterAccount, AdapterAuthenticator } from './framework.mjs'

const native = ChatBotKitPartnerAdapter({ store: MemoryStore.shared() })

export async function keepsPasskeys(passkey: AdapterAuthenticator) {
  const account: AdapterAccount | null = await native.getAccount(
    passkey.providerAccountId,
    'passkey',
  )
  const created: AdapterAuthenticator = await native.createAuthenticator(passkey)
  const all: AdapterAuthenticator[] = await native.listAuthenticatorsByUserId(passkey.userId)
  return [account, created, all]
}
