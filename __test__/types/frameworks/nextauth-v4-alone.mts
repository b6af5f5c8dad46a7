// Next.js is not the only thing that looks upwards for packages: so would the compiler, and find
// the repository's own @auth/core.
// @ts-expect-error next-auth is alone here
export type { Adapter as Missing } from '@auth/core/adapters'
