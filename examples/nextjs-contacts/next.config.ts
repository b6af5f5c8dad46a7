import { withChatBotKit } from '@chatbotkit/nextauth/next'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // `STANDALONE=1 next build` makes .next/standalone, for a container.
  output: process.env.STANDALONE ? 'standalone' : undefined,
  // Where the application ends. Needed only where a folder above has a lock file as well.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  // As create-next-app has them: what a request decides is in <Suspense>, and the rest made in advance.
  cacheComponents: true,
  partialPrefetching: true,
}

export default withChatBotKit(config)
