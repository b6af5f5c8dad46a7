import type { ProtectLimits } from '@chatbotkit/nextauth'

/** How many proxies stand before this server and write to x-forwarded-for. Vercel needs no number. */
export const trustedProxies = process.env.TRUSTED_PROXIES
  ? Number(process.env.TRUSTED_PROXIES)
  : undefined

/** Other limits than those of the package, as JSON. */
export const limits: ProtectLimits | undefined = process.env.RATE_LIMITS
  ? JSON.parse(process.env.RATE_LIMITS)
  : undefined
