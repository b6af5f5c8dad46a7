import { withChatBotKit } from '@chatbotkit/nextauth/next'

const config = {
  output: process.env.STANDALONE ? 'standalone' : undefined,
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
}

/** As it is left behind by the JavaScript package, which had to be transpiled. */
const former = { ...config, transpilePackages: ['@chatbotkit/nextauth'] }

export default process.env.WITH_CHATBOTKIT ? withChatBotKit(former) : config
