import type { Adapter } from './framework.mjs'

// What next-auth v4 takes from @auth/core, and what is `any` where that is missing.
export type Methods = [
  No<IsAny<NonNullable<Adapter['createUser']>>>,
  No<IsAny<NonNullable<Adapter['linkAccount']>>>,
]
