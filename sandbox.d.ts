/** A sub-account, as the sandbox has it. Times are in epoch milliseconds. */
export interface SandboxUser {
  id: string
  email: string | null
  name: string | null
  image: string | null
  alias: string | null
  description: string | null
  meta: Record<string, any> | null
  limits: Record<string, any> | null
  createdAt: number
  updatedAt: number
}

/** A contact, as the sandbox has it. Times are in epoch milliseconds. */
export interface SandboxContact {
  id: string
  fingerprint: string
  email: string | null
  name: string
  phone: string | null
  nick: string | null
  description: string
  preferences: string | null
  verifiedAt: number | null
  meta: Record<string, any> | null
  createdAt: number
  updatedAt: number
}

/** The sub-accounts, without HTTP. Only what a database checks is checked: addresses and ids are unique. */
export interface SandboxUsers {
  add(user: Partial<SandboxUser>): SandboxUser
  get(id: string): SandboxUser | null
  findByEmail(email: string): SandboxUser | null
  /** Newest first. */
  all(): SandboxUser[]
  clear(): void
}

/** The contacts of an account, without HTTP. */
export interface SandboxContacts {
  add(contact: Partial<SandboxContact>): SandboxContact
  change(id: string, fields: Partial<SandboxContact>): SandboxContact
  get(id: string): SandboxContact | null
  findByFingerprint(fingerprint: string): SandboxContact | null
  allByEmail(email: string): SandboxContact[]
  /** Newest first. */
  all(): SandboxContact[]
  clear(): void
}

/** The conversations of an account, without HTTP. */
export interface SandboxConversations {
  add(options?: { contactId?: string | null; durationInSeconds?: number }): {
    id: string
    contactId: string | null
    /** That of the conversation's visitor. */
    token: string
    expiresAt: number
  }
  get(id: string): { id: string; contactId: string | null } | null
}

/** A parent account. */
export interface SandboxAccount {
  id: string
  secret: string
  users: SandboxUsers
  contacts: SandboxContacts
  contactsOf(userId: string): SandboxContacts
  conversations: SandboxConversations
}

/** A request that was made. */
export interface SandboxRequest {
  method: string
  path: string
  /** The API's name of it, such as `fetch` or `contact/list`; null for an unknown path. */
  route: string | null
  generation: 'partner' | 'user' | null
  query: Record<string, string>
  /** Without the secret. */
  headers: Record<string, string | string[] | undefined>
  body: unknown
  /** Null while there is no answer, and when there never was one. */
  status: number | null
  /** When it arrived, in epoch milliseconds. */
  at: number
  /** The type of the fault that hit it. */
  fault: string | null
}

/** Something that goes wrong; sandbox/README.md lists the types and their options. */
export interface SandboxFault {
  type: string
  /** Default: any. */
  route?: string
  /** How many requests it hits. Default: all. */
  times?: number
  /** How many it lets pass first. Default: 0. */
  after?: number
  /** Whether the request is applied (`after`) or not (`before`, the default). */
  when?: 'before' | 'after'
  match?: (request: SandboxRequest) => boolean
  [option: string]: any
}

/** Options of {@link startSandbox}. */
export interface StartSandboxOptions {
  /** Default: a free one. */
  port?: number | undefined
  /** Default: `127.0.0.1`. */
  host?: string | undefined
  /** Any other is answered 401. Default: `sandbox-secret`. */
  secret?: string | undefined
  /** Which routes of sub-accounts are served. Default: both. */
  generations?: ('partner' | 'user')[] | undefined
  /** Milliseconds that are added to each answer. Default: 0. */
  latency?: number | undefined
  /** As MySQL compares (`insensitive`, the default), or as SQLite and PostgreSQL do. */
  emailComparison?: 'insensitive' | 'sensitive' | undefined
  /** An API that ignores `?email=` and lists everybody. Default: false. */
  ignoreEmailFilter?: boolean | undefined
  /** An API that ignores `?meta.KEY=` and lists everybody. Default: false. */
  ignoreMetaFilter?: boolean | undefined
  /** Beyond it lists answer 429. Default: no limit. */
  listsPerMinute?: number | undefined
  /** Beyond it a create answers 429. Default: no limit. */
  maxUsers?: number | undefined
  /** Who is there from the start, oldest first. */
  users?: Partial<SandboxUser>[] | undefined
  contacts?: Partial<SandboxContact>[] | undefined
  /** Called when a request is over. */
  onRequest?: ((request: SandboxRequest) => void) | undefined
}

/** A ChatBotKit API in memory, which listens. */
export interface Sandbox extends Omit<SandboxAccount, 'id'> {
  /** The origin, for `baseUrl`; null when it is closed. */
  readonly url: string | null
  /** What the adapter's options take where they are left out. */
  readonly env: { CHATBOTKIT_API_SECRET: string; CHATBOTKIT_BASE_URL: string }
  /** The newest 10 000, oldest first. */
  requests: SandboxRequest[]
  clearRequests(): void
  /** A second parent account, whose users this one may not touch. */
  addPartner(secret: string): SandboxAccount
  inject(fault: SandboxFault): { readonly hits: number; remove(): void }
  clearFaults(): void
  /** Ends open connections, too. May be called again. */
  close(): Promise<void>
}

/** Starts a ChatBotKit API in memory, for tests. */
export function startSandbox(options?: StartSandboxOptions): Promise<Sandbox>
