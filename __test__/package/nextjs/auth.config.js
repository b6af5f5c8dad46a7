import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'

/** All of it in one module, which a page in the browser and middleware in the edge runtime import. */
export default {
  adapter: ChatBotKitPartnerAdapter({
    secret: process.env.CHATBOTKIT_API_SECRET,
    baseUrl: process.env.CHATBOTKIT_BASE_URL,
    store: MemoryStore.shared(),
    autoCreateUser: true,
  }),
  providers: [
    ChatBotKitEmailProvider({
      sendVerificationRequest: ({ identifier, token }) =>
        fetch(process.env.MAIL_URL, {
          method: 'POST',
          body: JSON.stringify({ to: identifier, text: `Your code is ${token}` }),
        }),
    }),
  ],
  session: { strategy: 'jwt' },
  pages: { signIn: '/signin', dashboard: '/dashboard' },
  callbacks: { authorized: ({ auth }) => auth !== null },
}
