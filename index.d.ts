/**
 * The NextAuth.js and Auth.js database adapter whose users are ChatBotKit sub-accounts, or contacts.
 *
 * These types import nothing: an adapter is assignable to the `Adapter` type of next-auth v4, of
 * next-auth v5 and of `@auth/core`, whichever of them is installed.
 */

/**
 * A user: a ChatBotKit sub-account that has an e-mail address. The members that `userFields` names can
 * be added with `declare module '@chatbotkit/nextauth' { interface ChatBotKitUser { role: string } }`.
 */
export interface ChatBotKitUser {
  /** The sub-account's id. */
  id: string
  /** The e-mail address. */
  email: string
  /**
   * When the address was proven, or null if it was not. A sub-account that was made outside this
   * adapter counts as proven when it was made: the partner vouches for it.
   */
  emailVerified: Date | null
  /** The name. */
  name: string | null
  /** The address of the picture. */
  image: string | null
  /** When the sub-account was made, in epoch milliseconds. */
  createdAt: number
  /** When the sub-account was last changed, in epoch milliseconds. */
  updatedAt: number
  /** The partner's own data. What the adapter keeps in `meta.nextauth` is not shown. */
  meta?: Record<string, any>
  /** The limits that the partner set. */
  limits?: Record<string, any>
  /** The description. Only look-ups of an address that the store does not know yet have it. */
  description?: string
}

/**
 * A user who is a contact: a trusted one that has an e-mail address. Its `emailVerified` is that of its
 * sign-ins here, or else its `verifiedAt`.
 */
export interface ChatBotKitContact extends ChatBotKitUser {
  /** What tells the contact from all others of the account. */
  fingerprint: string | null
  /** When the contact was verified, in epoch milliseconds. */
  verifiedAt: number | null
  /** The phone number. */
  phone: string | null
  /** The nickname. */
  nick: string | null
  /** What the contact prefers. */
  preferences: string | null
}

/** A sign-in code, which NextAuth calls a verification token. `token` is NextAuth's hash of it. */
export interface ChatBotKitVerificationToken {
  /** Whom the code was made for. */
  identifier: string
  /** NextAuth's hash of the code. */
  token: string
  /** When the code ends. */
  expires: Date
}

/**
 * The adapter: a plain object of unbound functions. Every method rejects with a
 * {@link ChatBotKitError} and with nothing else.
 */
export interface ChatBotKitAdapter<User = ChatBotKitUser> {
  /**
   * Makes a sub-account or a contact, if `autoCreateUser` or `autoCreateContact` is on, or the address was
   * invited. An `id` is ignored: the API makes the id.
   * Rejects with `ERR_CREATE_DISABLED`, `ERR_APPROVAL_PENDING`, `ERR_EMAIL_TAKEN`, `ERR_API_LIMIT_REACHED`,
   * `ERR_CONTACT_UNUSABLE`.
   */
  createUser(user: {
    email?: string | null
    emailVerified?: Date | null
    name?: string | null
    image?: string | null
  }): Promise<User>
  /** The user with that id, or null. */
  getUser(id: string): Promise<User | null>
  /** The user with that address, whatever its case, or null. */
  getUserByEmail(email: string): Promise<User | null>
  /**
   * Changes the members that are given and differ; null clears `name` and `image`. A changed
   * address is unproven unless `emailVerified` comes with it.
   * Rejects with `ERR_UPDATE_DISABLED`, `ERR_USER_NOT_FOUND`, `ERR_EMAIL_TAKEN`.
   */
  updateUser(user: {
    id: string
    email?: string | null
    emailVerified?: Date | null
    name?: string | null
    image?: string | null
  }): Promise<User>
  /**
   * Deletes the sub-account with all that it owns, or the contact, and ends its sessions, linked accounts and
   * passkeys, if `autoDeleteUser` or `autoDeleteContact` is on. Repeating it is no error. Rejects with
   * `ERR_DELETE_DISABLED`.
   */
  deleteUser(userId: string): Promise<void>
  /** The user to whom an account is linked, or null. */
  getUserByAccount(
    account: Pick<ChatBotKitAccount, 'provider' | 'providerAccountId'>,
  ): Promise<User | null>
  /**
   * Links an account to a user; all its fields are kept.
   * Rejects with `ERR_ACCOUNT_TAKEN` when it is linked to somebody else, and with
   * `ERR_USER_NOT_FOUND` when there is no such user.
   */
  linkAccount(account: ChatBotKitAccount): Promise<ChatBotKitAccount>
  /** Ends the link of an account and returns it, if there was one. */
  unlinkAccount(
    account: Pick<ChatBotKitAccount, 'provider' | 'providerAccountId'>,
  ): Promise<ChatBotKitAccount | undefined>
  /** A linked account with all its fields, or null. Mind the order. */
  getAccount(providerAccountId: string, provider: string): Promise<ChatBotKitAccount | null>
  /**
   * Keeps a session until it ends. Rejects with `ERR_SESSION_TAKEN` for the token of another user, and
   * with `ERR_USER_NOT_FOUND` when the user was deleted a moment ago.
   */
  createSession(session: ChatBotKitSession & { label?: string | null }): Promise<ChatBotKitSession>
  /**
   * The session with that token and its user, or null when there is none or it has ended. Costs no
   * API request while the user's snapshot in the store is younger than `userCacheTtl`.
   */
  getSessionAndUser(
    sessionToken: string,
  ): Promise<{ session: ChatBotKitSession; user: User } | null>
  /** Moves a session's end, or gives it another label. Null when there is no such session. */
  updateSession(session: {
    sessionToken: string
    expires?: Date
    userId?: string
    label?: string | null
  }): Promise<ChatBotKitSession | null>
  /** Ends a session and returns it. Null when there was none. */
  deleteSession(sessionToken: string): Promise<ChatBotKitSession | null>
  /**
   * Keeps a passkey. Rejects with `ERR_AUTHENTICATOR_TAKEN` when the credential is registered, and with
   * `ERR_USER_NOT_FOUND` when there is no such user.
   */
  createAuthenticator(authenticator: ChatBotKitAuthenticator): Promise<ChatBotKitAuthenticator>
  /** The passkey with that credential, or null. */
  getAuthenticator(credentialID: string): Promise<ChatBotKitAuthenticator | null>
  /** All passkeys of a user. */
  listAuthenticatorsByUserId(userId: string): Promise<ChatBotKitAuthenticator[]>
  /**
   * Sets a passkey's counter, which never goes back.
   * Rejects with `ERR_AUTHENTICATOR_NOT_FOUND`.
   */
  updateAuthenticatorCounter(
    credentialID: string,
    newCounter: number,
  ): Promise<ChatBotKitAuthenticator>
  /**
   * Lets an address in, without a request, also where `autoCreateUser` is off: whoever proves it gets a
   * sub-account or a contact with what is given here. It takes the place of what was decided before.
   */
  invite(invitation: ChatBotKitInvitation): Promise<ChatBotKitAdmission>
  /** The invitations that nobody has taken up, oldest first. */
  listInvitations(): Promise<ChatBotKitAdmission[]>
  /** Ends an invitation, and returns it; null when there is none. */
  withdraw(email: string): Promise<ChatBotKitAdmission | null>
  /** The requests that nobody has decided, oldest first. */
  listRequests(): Promise<ChatBotKitAdmission[]>
  /**
   * Makes the sub-account or the contact of somebody who asked to come in. Their next sign-in is like any
   * other. Rejects with `ERR_REQUEST_NOT_FOUND`.
   */
  approve(email: string, changes?: { name?: string } & ChatBotKitNewUser): Promise<User>
  /** Turns a request down, and returns it; null when there is none. */
  reject(email: string): Promise<ChatBotKitAdmission | null>
  /**
   * What becomes of somebody who has just proven an address; a new person leaves a request where
   * `autoCreateUser` is `'approval'`. {@link approval} asks this.
   */
  admission(user: {
    email?: string | null
    name?: string | null
    emailVerified?: Date | null
  }): Promise<'admitted' | 'pending' | 'refused'>
  /**
   * Sets the limits of a sub-account, as after a payment; null clears them. Rejects with
   * `ERR_USER_NOT_FOUND`, and with `ERR_INVALID_ARGUMENT` for contacts, which have none.
   */
  setLimits(userId: string, limits: Record<string, unknown> | null): Promise<User>
  /**
   * Waits for the calls that are under way, refuses others with `ERR_CLOSED`, and ends the
   * connections to the API. The store is yours to close. Repeating it is no error.
   */
  close(): Promise<void>
  /**
   * The sessions of a user, the newest first: where somebody is signed in. With the token of the session
   * that asks, that one has `isCurrent`. Sessions of the `jwt` strategy are in no store.
   */
  listSessions(userId: string, currentToken?: string | null): Promise<ChatBotKitDevice[]>
  /** Ends the session with that `id` of a list, if it is the user's. False when there is none. */
  revokeSession(userId: string, id: string): Promise<boolean>
  /** Ends all sessions of a user but the one with that token. Resolves with how many there were. */
  revokeOtherSessions(userId: string, currentToken: string): Promise<number>
  /**
   * What `new ChatBotKit(…)` of `@chatbotkit/sdk` takes to act as the sub-account, or for the contact.
   * It holds the secret: never send it to a browser. Rejects with `ERR_INVALID_ARGUMENT` for what is no
   * id, because the SDK would act as the whole account, and with `ERR_MISSING_SECRET`.
   */
  clientOptions(
    userId: string,
  ): Promise<
    User extends ChatBotKitContact ? ChatBotKitContactClientOptions : ChatBotKitClientOptions
  >
  /**
   * Makes a session at the API with which a browser speaks for the sub-account. Nobody can end it before
   * its time. Rejects with `ERR_USER_NOT_FOUND`, and for contacts, of which the API makes none, with
   * `ERR_INVALID_ARGUMENT`.
   */
  createApiSession(
    userId: string,
    options?: ChatBotKitApiSessionOptions,
  ): Promise<{ token: string; expires: Date }>
  /** Keeps a code until it is redeemed or ends. */
  createVerificationToken(
    verificationToken: ChatBotKitVerificationToken,
  ): Promise<ChatBotKitVerificationToken>
  /**
   * Redeems a code, once. Null when it is unknown, used, ended, somebody else's, or when the
   * identifier is refused after too many wrong codes. When the API cannot be reached it
   * rejects, and the code can be redeemed later.
   */
  useVerificationToken(params: {
    identifier: string
    token: string
  }): Promise<ChatBotKitVerificationToken | null>
}

/** A database session. */
export interface ChatBotKitSession {
  /** The token, which becomes the cookie. */
  sessionToken: string
  /** Whose session it is. */
  userId: string
  /** When it ends. */
  expires: Date
}

/** A session in a list. */
export interface ChatBotKitDevice {
  /** The digest of the session's token, which signs nobody in. */
  id: string
  /** When the session was made. */
  created: Date
  /** When it was last prolonged: NextAuth does that once in `session.updateAge`, a day unless it is set. */
  lastSeen: Date
  /** When it ends. */
  expires: Date
  /** The `label` that `createSession` or `updateSession` was given. */
  label: string | null
  /** Whether it is the session that asks. */
  isCurrent: boolean
}

/** What the SDK takes. */
export interface ChatBotKitClientOptions {
  /** The API secret. */
  secret: string
  /** The API's origin. */
  baseUrl: string
  /** The sub-account to act as. */
  runAsUserId?: string
}

/** The same of a contact, which is named in the calls themselves. */
export interface ChatBotKitContactClientOptions extends ChatBotKitClientOptions {
  /** The contact to name. */
  contactId: string
}

/** What a session at the API is to be. */
export interface ChatBotKitApiSessionOptions {
  /** How many seconds it lasts; 1 to 86 400. Default: the API's own, 900. */
  expiresIn?: number
  /** Globs of the routes that it may ask, one at least; `!` before one excludes it. Default: all that the sub-account may. */
  allowedRoutes?: string[]
  /** A contact of the sub-account, for whom it then speaks. */
  contactId?: string
}

/** A linked account: these members, and whatever else the provider gave. */
export interface ChatBotKitAccount {
  /** Whose account it is. */
  userId: string
  /** `oauth`, `oidc`, `email` or `webauthn`. */
  type: any
  /** The provider's id. */
  provider: string
  /** The account's id at the provider. */
  providerAccountId: string
  [field: string]: any
}

/** A passkey. */
export interface ChatBotKitAuthenticator {
  /** Whose passkey it is. */
  userId: string
  /** The credential's id, in base64. */
  credentialID: string
  /** The account that belongs to it. */
  providerAccountId: string
  /** The public key, in base64. */
  credentialPublicKey: string
  /** How often it was used. */
  counter: number
  /** `singleDevice` or `multiDevice`. */
  credentialDeviceType: string
  /** Whether it is backed up. */
  credentialBackedUp: boolean
  /** How to reach it, separated by commas. */
  transports?: string | null
}

/** What a store has to have. Each method may be synchronous or return a promise. */
export interface StoreLike {
  /** The value of `key` or its JSON text; null or undefined when there is none. */
  get(key: string): any
  /** Sets `key` to `value`, plain JSON data, for `px` milliseconds or, without `px`, until it is deleted. */
  set(key: string, value: any, options?: any): any
  /** Removes `key`. */
  del(key: string): any
  /**
   * Optional. Replaces the value of `key` by `value` (null: removes it) only if it is still
   * `expected` (null: there is none), as one atomic step, and tells whether it did. With it the
   * adapter is atomic across processes; without it, within one process.
   */
  compareAndSet?(key: string, expected: any, value: any, options?: { px?: number }): any
}

/** A client of Redis: of ioredis, redis (4 or newer), `@upstash/redis` or `@vercel/kv`. */
export interface RedisClientLike {
  get(...args: any[]): any
  set(...args: any[]): any
  del(...args: any[]): any
  eval(...args: any[]): any
  multi(...args: any[]): any
}

/** An instance of Keyv. */
export interface KeyvLike {
  get(key: string): any
  set(key: string, value: any, ttl?: number): any
  delete(key: string): any
  clear(): any
  on(...args: any[]): any
}

/** An instance of unstorage. */
export interface UnstorageLike {
  getItem(key: string, ...args: any[]): any
  setItem(key: string, value: any, ...args: any[]): any
  removeItem(key: string, ...args: any[]): any
  hasItem(key: string, ...args: any[]): any
  getKeys(...args: any[]): any
}

/**
 * What is taken for a store as it is: your own object with get, set and del, or a client. With a client
 * of Redis the adapter is atomic across processes, with Keyv and unstorage within one.
 */
export type StoreOption = StoreLike | RedisClientLike | KeyvLike | UnstorageLike

/** What a store written in JavaScript extends. */
export class Store implements StoreLike {
  get(key: string): any
  set(key: string, value: any, options?: { px?: number }): any
  del(key: string): any
}

/**
 * Values in the memory of this process, for development, tests and single-process servers. In
 * production its first use emits the process warning `CHATBOTKIT_MEMORY_STORE`, once.
 */
export class MemoryStore extends Store {
  /**
   * The memory store of that name, the same for every copy of a configuration module in this
   * process. Next.js evaluates a configuration module several times in one server.
   *
   * @param name defaults to `default`
   */
  static shared(name?: string): MemoryStore
  /** How many entries are alive. */
  readonly size: number
  get(key: string): Promise<any>
  set(key: string, value: any, options?: { px?: number }): Promise<void>
  del(key: string): Promise<void>
  compareAndSet(key: string, expected: any, value: any, options?: { px?: number }): Promise<boolean>
  /** Removes every entry. */
  clear(): void
}

/** Another name of {@link Store}, from the JavaScript package's adapter for contacts. */
export const ContactStore: typeof Store
export type ContactStore = Store

/** Another name of {@link MemoryStore}, from the JavaScript package's adapter for contacts. */
export const ContactMemoryStore: typeof MemoryStore
export type ContactMemoryStore = MemoryStore

/** Options of {@link RedisStore}: `url`, or `nodes`, or `sentinels` with `service`. */
export interface RedisStoreOptions {
  /**
   * One server: `redis://`, `rediss://` (TLS), `valkey://`, `valkeys://` (TLS) or `unix://`, with user,
   * password and database where needed. Default: `REDIS_URL` or `KV_URL` of the environment. Without one
   * every call rejects with `ERR_INVALID_OPTION`, but not before.
   */
  url?: string | null | undefined
  /** The URLs of some nodes of a cluster. */
  nodes?: string[]
  /** The URLs of sentinels, each with its own user and password. */
  sentinels?: string[]
  /** The name under which the sentinels watch the service. */
  service?: string
  /** The user, where the URL names none. */
  username?: string | null | undefined
  /** The password, where the URL names none. An empty text is none. */
  password?: string | null | undefined
  /** The database number, where the URL names none. A cluster has only 0. */
  database?: number
  /** Certificates as PEM, where those that the API's client trusts do not do. */
  tls?: {
    /** The authorities to trust instead. */
    ca?: string | Uint8Array
    /** A certificate to show to the server. */
    cert?: string | Uint8Array
    /** Its key. */
    key?: string | Uint8Array
    /** Whether the service behind the sentinels speaks TLS. Default: false. */
    service?: boolean
  }
  /** What every key begins with, before the adapter's own prefix. Default: nothing. */
  keyPrefix?: string
  /** Milliseconds that opening a connection may take. Default: 2 000. */
  connectTimeout?: number
  /** Milliseconds that a call may take, with connecting and repeating. Default: 5 000. */
  timeout?: number
}

/**
 * Values in Redis 6.0 or newer, or Valkey: one server, a cluster, or behind sentinels. Connections are
 * opened by the calls that need them.
 */
export class RedisStore extends Store {
  /** @throws ChatBotKitError with code `ERR_INVALID_OPTION` */
  constructor(options?: RedisStoreOptions)
  get(key: string): Promise<any>
  set(key: string, value: any, options?: { px?: number }): Promise<void>
  del(key: string): Promise<void>
  compareAndSet(key: string, expected: any, value: any, options?: { px?: number }): Promise<boolean>
  /** Resolves when the server answers. */
  ping(): Promise<void>
  /** Ends the connection. Calls after it are refused with `ERR_CLOSED`. */
  close(): Promise<void>
}

/** Options of {@link SqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * The file, which is made where there is none, or `:memory:`. Default: that of `DATABASE_URL`, if it
   * begins with `file:`. Without one every call rejects with `ERR_INVALID_OPTION`, but not before.
   */
  path?: string | null | undefined
  /** Milliseconds that a call may take, with waiting for other processes. Default: 5 000. */
  timeout?: number
}

/**
 * Values in a file of this machine, which any number of its processes can use at once. The first call
 * opens it, and makes it for nobody else to read.
 */
export class SqliteStore extends Store {
  /** @throws ChatBotKitError with code `ERR_INVALID_OPTION` */
  constructor(options?: SqliteStoreOptions)
  get(key: string): Promise<any>
  set(key: string, value: any, options?: { px?: number }): Promise<void>
  del(key: string): Promise<void>
  compareAndSet(key: string, expected: any, value: any, options?: { px?: number }): Promise<boolean>
  /** Resolves when the file can be read. */
  ping(): Promise<void>
  /** Closes the file. Calls after it are refused with `ERR_CLOSED`. */
  close(): Promise<void>
}

/** Options of {@link PostgresStore}. */
export interface PostgresStoreOptions {
  /**
   * `postgres://user:password@host:5432/database`, as libpq reads it, with `sslmode`, `sslrootcert` and
   * its other parameters. Default: `DATABASE_URL`, if it begins so. Without one every call rejects with
   * `ERR_INVALID_OPTION`, but not before.
   */
  url?: string | null | undefined
  /** The table, with its schema and a dot before it if needed. Default: `chatbotkit_nextauth`. */
  table?: string
  /** Certificates as PEM. Where the URL has no `sslmode`, it is `verify-full` with this option. */
  tls?: {
    /** The authorities to trust instead of those that the API's client trusts. */
    ca?: string | Uint8Array
    /** A certificate to show to the server. */
    cert?: string | Uint8Array
    /** Its key. */
    key?: string | Uint8Array
  }
  /** How many connections there are at the most, from 1 to 32. Default: 4. */
  connections?: number
  /** Milliseconds that opening a connection may take. Default: 2 000. */
  connectTimeout?: number
  /** Milliseconds that a call may take, with connecting and repeating. Default: 5 000. */
  timeout?: number
}

/**
 * Values in a table of PostgreSQL, directly or through PgBouncer. Connections are opened by the calls
 * that need them, and the table is made by the first one that finds none.
 */
export class PostgresStore extends Store {
  /** @throws ChatBotKitError with code `ERR_INVALID_OPTION` */
  constructor(options?: PostgresStoreOptions)
  get(key: string): Promise<any>
  set(key: string, value: any, options?: { px?: number }): Promise<void>
  del(key: string): Promise<void>
  compareAndSet(key: string, expected: any, value: any, options?: { px?: number }): Promise<boolean>
  /** Resolves when the server answers. */
  ping(): Promise<void>
  /** Ends the connections. Calls after it are refused with `ERR_CLOSED`. */
  close(): Promise<void>
}

/** Options of {@link KVStore}. */
export interface KVStoreOptions {
  /**
   * The database's REST URL. Without url and token: `KV_REST_API_URL` and `KV_REST_API_TOKEN`, or
   * `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN`.
   */
  url?: string | null | undefined
  /** The database's token. */
  token?: string | null | undefined
  /** What every key begins with, before the adapter's own prefix. Default: nothing. */
  keyPrefix?: string
  /** Milliseconds that opening a connection may take. Default: 2 000. */
  connectTimeout?: number
  /** Milliseconds that a call may take, with connecting and repeating. Default: 5 000. */
  timeout?: number
}

/** Values in Vercel KV or Upstash, over their REST protocol. */
export class KVStore extends Store {
  /** @throws ChatBotKitError with code `ERR_INVALID_OPTION` */
  constructor(options?: KVStoreOptions)
  get(key: string): Promise<any>
  set(key: string, value: any, options?: { px?: number }): Promise<void>
  del(key: string): Promise<void>
  compareAndSet(key: string, expected: any, value: any, options?: { px?: number }): Promise<boolean>
  /** Resolves when the service answers. */
  ping(): Promise<void>
  /** Calls after it are refused with `ERR_CLOSED`. */
  close(): Promise<void>
}

/** A store with a connection of its own. */
export interface ConnectedStore extends Store {
  /** Resolves when the service answers. */
  ping(): Promise<void>
  /** Ends the connection. Calls after it are refused with `ERR_CLOSED`. */
  close(): Promise<void>
}

/** Options of {@link storeFrom}. */
export interface StoreFromOptions<Fallback extends StoreOption = StoreOption> {
  /** What to return where no variable names a store, such as `MemoryStore.shared()` in development. */
  fallback?: Fallback
}

/**
 * The store that environment variables name. The first of these that is set:
 *
 * - `REDIS_URL`: a {@link RedisStore}
 * - `KV_REST_API_URL` and `KV_REST_API_TOKEN`, or `UPSTASH_REDIS_REST_URL` and
 *   `UPSTASH_REDIS_REST_TOKEN`: a {@link KVStore}
 * - `KV_URL`: a {@link RedisStore}
 * - `DATABASE_URL`, if it begins with `postgres://` or `file:`: a store in that database
 *
 * In a process the same address gives the same store, until that is closed.
 *
 * @param env defaults to `process.env`
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`, and a message that says what was looked for.
 *   While `next build` loads the configuration, the store's calls fail with it instead.
 */
export function storeFrom<Fallback extends StoreOption = never>(
  env?: Record<string, string | undefined>,
  options?: StoreFromOptions<Fallback>,
): ConnectedStore | Fallback

/** How many requests are let through within a time. Of a limit that has no other, what is left out is the default's. */
export interface ProtectLimit {
  /** How many; 1 to 1 000. */
  max?: number
  /** In how many milliseconds; up to a day. */
  window?: number
}

/** The limits of {@link protect}. `false` turns one off. */
export interface ProtectLimits {
  /** Codes for one e-mail address. Default: 5 in 15 minutes. */
  codesPerAddress?: ProtectLimit | false
  /** How soon an address may have another code. Default: 1 in 30 seconds. */
  codeInterval?: ProtectLimit | false
  /** Codes that one client asks for. Default: 20 in 15 minutes. */
  codesPerClient?: ProtectLimit | false
  /** Codes that one client asks for in the name of one address. Default: 3 in 15 minutes. */
  codesPerClientAndAddress?: ProtectLimit | false
  /** Codes that one client presents. Default: 60 in 15 minutes. */
  attemptsPerClient?: ProtectLimit | false
  /** Codes that one client presents for one address. Default: 4 in 10 minutes. */
  attemptsPerClientAndAddress?: ProtectLimit | false
}

/** Options of {@link protect}. */
export interface ProtectOptions {
  /**
   * Where requests are counted: the store that the adapter has, or another one. Default: what the
   * environment names at the first request, as for {@link storeFrom}.
   */
  store?: StoreOption | null | undefined
  /** What every key begins with. Default: `chatbotkit:nextauth:`. */
  keyPrefix?: string
  /**
   * How many proxies stand before the server and write to `x-forwarded-for`; 0 to 10. With 0 the
   * connection's address counts. Default: found out, as docs/guard.md says.
   */
  trustedProxies?: number
  /**
   * The address of the client, instead. It gets what the handler was called with; of `signIn()`, an object
   * with `headers`. Undefined where it is not known.
   */
  clientAddress?: (
    request: any,
    context?: any,
  ) => string | null | undefined | PromiseLike<string | null | undefined>
  /** Other limits than the defaults. */
  limits?: ProtectLimits
  /** The ids of the providers that send codes. Default: `['email']`. */
  providers?: string[]
  /** The application's sign-in page, which gets `error=RateLimited` and `retryAfter`. Default: NextAuth's own. */
  signInPage?: string
  /** The provider's own `normalizeIdentifier`, if it has one. Default: NextAuth's. */
  normalizeIdentifier?: (identifier: string) => string
  /** `headers` of `next/headers`; needed where `signIn()` is guarded. */
  headers?: () => any
  /** Is told of each request that is looked at (`debug`), and of a store that fails (`error`). */
  logger?: {
    error?(error: ChatBotKitError): void
    warn?(code: string): void
    debug?(message: string, metadata: ProtectEvent): void
  }
}

/** What the channel `chatbotkit:nextauth:guard` of `node:diagnostics_channel` gets for each request that is looked at. */
export interface ProtectEvent {
  operation: 'protect'
  /** A request for a code, or an attempt to redeem one. */
  action: 'code' | 'attempt'
  /** `uncounted`: it was let in because the store failed. */
  outcome: 'allowed' | 'limited' | 'uncounted'
  /** Of what was limited: the limit that says so for longest. */
  limit?: keyof ProtectLimits
  /** Of what was limited: after how many seconds it may succeed. */
  retryAfter?: number
  /** Of what was not counted. */
  code?: ChatBotKitErrorCode
  notices: string[]
}

/** What NextAuth gives: a handler, those of App Router, or all of `NextAuth()` of v5. */
export type Protectable =
  | ((...args: any[]) => any)
  | { GET: (...args: any[]) => any; POST: (...args: any[]) => any }
  | {
      handlers: { GET: (...args: any[]) => any; POST: (...args: any[]) => any }
      signIn: (...args: any[]) => any
    }

/**
 * Puts a guard in front of NextAuth, and returns what it was given: requests for a code and attempts
 * to redeem one are counted by client and by e-mail address, before a mail is sent or the API is asked.
 * What is too much is answered with 429 and `Retry-After`, or with the sign-in page; `signIn()` on a
 * server rejects with `ERR_RATE_LIMITED`. All other requests pass. While the store fails, these do, too.
 *
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`
 */
export function protect<Handlers extends Protectable>(
  handlers: Handlers,
  options?: ProtectOptions,
): Handlers

/**
 * A logger in NextAuth's shape. It never gets an argument, a result, a secret or a code; an error's
 * `cause` is what your own store threw.
 */
export interface ChatBotKitLogger {
  /** A call failed. Refusals that the options ask for are no failures. */
  error?(error: ChatBotKitError): void
  /** Something went as it should that an operator may want to know, such as `CODES_VOIDED`. */
  warn?(code: string): void
  /** A call has ended. */
  debug?(message: string, metadata: ChatBotKitCallEvent): void
}

/** What the channel `chatbotkit:nextauth:call` of `node:diagnostics_channel` gets for each call. */
export interface ChatBotKitCallEvent {
  /** The adapter method. */
  operation: string
  /** `empty`: it resolved with null. */
  outcome: 'ok' | 'empty' | 'error'
  /** Milliseconds. */
  duration: number
  /** HTTP requests to the API, retries included. Calls that shared one count it once. */
  apiRequests: number
  /** Calls to the store. */
  storeCalls: number
  /** What happened beside that, such as `IDENTIFIER_LOCKED`. */
  notices: string[]
  /** Of an error. */
  code?: ChatBotKitErrorCode
  /** Of an error. */
  retryable?: boolean
}

/** What a new sub-account or contact gets beside what NextAuth knows of the person. */
export interface ChatBotKitNewUser {
  /** What a sub-account may use up at most; contacts have none. Without limits it is all that the plan allows. */
  limits?: Record<string, unknown>
  /** Members of its `meta`. */
  meta?: Record<string, unknown>
  description?: string
}

/** An invitation as `invite` takes it. */
export interface ChatBotKitInvitation extends ChatBotKitNewUser {
  email: string
  name?: string
  /** Seconds for which it is good. Default: 2 592 000, 30 days. */
  expiresIn?: number
}

/** A request, or an invitation. */
export interface ChatBotKitAdmission extends ChatBotKitNewUser {
  /** The normalised address. */
  email: string
  name: string | null
  createdAt: Date
  /** When it is forgotten. */
  expires: Date
}

/** Options of {@link approval}. */
export interface ChatBotKitApprovalOptions {
  adapter: Pick<ChatBotKitAdapter, 'admission'>
  /** Where people are sent whose request somebody has to approve. */
  pendingPage: string
  /** Where people are sent who do not get in. Default: `pendingPage`. */
  refusedPage?: string
}

/**
 * A `signIn` callback of NextAuth: people who do not get in see a page of the application in the place of
 * NextAuth's error. Pass it as `callbacks.signIn`.
 */
export function approval(
  options: ChatBotKitApprovalOptions,
): (params: {
  user: { email?: string | null; name?: string | null; image?: string | null }
  account?: { type: string } | null
  email?: { verificationRequest?: boolean }
}) => Promise<boolean | string>

/** What all adapters take. An unknown option is refused. */
export interface ChatBotKitSharedOptions {
  /**
   * The API secret. Default: `CHATBOTKIT_API_SECRET` of the environment, at the first call. Without one,
   * every call that needs the API rejects with `ERR_MISSING_SECRET`.
   */
  secret?: string | null | undefined
  /**
   * Where codes live: a {@link MemoryStore}, another {@link Store}, or a client as it is. Default: what
   * the environment names at the first call, as for {@link storeFrom}; where it names none, every call
   * rejects with `ERR_INVALID_OPTION`.
   */
  store?: StoreOption | null | undefined
  /**
   * The API's origin, or its address up to and including `/v1`. Default: `CHATBOTKIT_BASE_URL` of the
   * environment, at the first call, or `https://api.chatbotkit.com`.
   */
  baseUrl?: string | null | undefined
  /** Milliseconds that one attempt may take, from connecting to the last byte; 1 to 30 000. Default: 10 000. */
  timeout?: number
  /** How often a failed call is tried again; 0 to 10. Default: 2. */
  retries?: number
  /** Milliseconds of the longest wait before the first retry; it doubles each time. Default: 250. */
  retryDelay?: number
  /** Headers to send along with every API request. */
  headers?: Record<string, string>
  /** Whether HTTP/2 is spoken where the API's host offers it; else HTTP/1.1 is. Default: true. */
  http2?: boolean
  /** What every key in the store begins with. Default: `chatbotkit:nextauth:`. */
  keyPrefix?: string
  /** Milliseconds for which the user found while redeeming a code answers the look-ups that follow. Default: 2 000. */
  cacheTtl?: number
  /** Milliseconds for which a user's snapshot in the store spares reading a session an API request; 0: never. Default: 60 000. */
  userCacheTtl?: number
  /** After how many wrong codes all outstanding codes of an address are void; 1 to 100. Default: 5. */
  codeAttempts?: number
  /** After how many wrong codes in a row an address is refused; 1 to 100. Default: 100. */
  lockAfter?: number
  /** Milliseconds for which it is refused. Default: 3 600 000, an hour. */
  lockFor?: number
  /** Secrets from before a rotation: records that they have sealed in the store are still read. */
  previousSecrets?: readonly (string | null | undefined)[] | null | undefined
  /**
   * Whether records in the store are encrypted and authenticated with the secret. `'migrate'` reads plain
   * ones, too, and seals what it writes; `false` writes plain ones and reads both. Default: true.
   */
  seal?: boolean | 'migrate'
  /**
   * Members of users that are your own, such as `role`: kept in `meta`, and returned as members of the
   * user, null where a user has none. JSON values. What is not named here is not stored. Default: none.
   */
  userFields?: string[]
  /** What new users get, all or each. A function is asked at once, and must not be async. */
  newUser?:
    | ChatBotKitNewUser
    | ((user: {
        email?: string | null
        name?: string | null
        image?: string | null
        emailVerified?: Date | null
      }) => ChatBotKitNewUser | null | undefined)
  /** Is told of failures, of what an operator may want to know, and of each call. */
  logger?: ChatBotKitLogger
}

/** Options of {@link ChatBotKitPartnerAdapter}. */
export interface ChatBotKitAdapterOptions extends ChatBotKitSharedOptions {
  /**
   * Whether people without a sub-account get one when they sign in. `'approval'`: once somebody has called
   * `approve`. Whoever was invited gets one in any case. Default: false.
   */
  autoCreateUser?: boolean | 'approval'
  /**
   * Whether `updateUser` changes sub-accounts. When it is off people still sign in, and a change
   * of name, image or address is refused. Default: true.
   */
  autoUpdateUser?: boolean
  /** Whether `deleteUser` deletes sub-accounts. Default: false. */
  autoDeleteUser?: boolean
  /** Which routes to call: `/partner/user/…`, `/user/…`, or whichever answers. Default: `auto`. */
  apiRoutes?: 'auto' | 'partner' | 'user'
}

/**
 * Makes an adapter whose users are sub-accounts. Nothing is connected, and no secret needed, until its
 * first call.
 *
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`
 */
export function ChatBotKitPartnerAdapter(options?: ChatBotKitAdapterOptions): ChatBotKitAdapter

/** Options of {@link ChatBotKitContactAdapter}. */
export interface ChatBotKitContactAdapterOptions extends ChatBotKitSharedOptions {
  /**
   * Whether people without a contact get one when they sign in. `'approval'`: once somebody has called
   * `approve`. Whoever was invited gets one in any case. Default: false.
   */
  autoCreateContact?: boolean | 'approval'
  /**
   * Whether `updateUser` changes contacts. When it is off people still sign in, and a change of name,
   * image or address is refused. Default: true.
   */
  autoUpdateContact?: boolean
  /** Whether `deleteUser` deletes contacts. Default: false. */
  autoDeleteContact?: boolean
  /**
   * How a trimmed, lower-cased address becomes the fingerprint of its contact: a text of 17 to 191
   * characters, always the same for an address, and another one for each. Default: the rule of
   * ChatBotKit's manual, the first 32 hexadecimal digits of SHA-256 of `email:` and the address.
   */
  fingerprint?: (email: string) => string
}

/**
 * Makes an adapter whose users are the contacts of one account. Nothing is connected, and no secret
 * needed, until its first call.
 *
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`
 */
export function ChatBotKitContactAdapter(
  options?: ChatBotKitContactAdapterOptions,
): ChatBotKitAdapter<ChatBotKitContact>

/** {@link ChatBotKitPartnerAdapter} under the name of the API's newer generation. */
export const ChatBotKitUserAdapter: typeof ChatBotKitPartnerAdapter

/** What `sendVerificationRequest` gets. */
export interface ChatBotKitVerificationRequest {
  /** Whom to send the code to: the e-mail address. */
  identifier: string
  /** The code. */
  token: string
  /** The link that redeems the code. */
  url: string
  /** When the code ends. */
  expires: Date
  /** The provider, with its options. */
  provider: any
  /** The theme of NextAuth's own pages. */
  theme: any
  /** The sign-in request. next-auth v4 does not pass it. */
  request: any
}

/** Options of {@link ChatBotKitEmailProvider}. Any other option is passed on to NextAuth. */
export interface ChatBotKitEmailProviderOptions {
  /** Sends the code. Without it codes are printed in development, and sign-in fails in production. */
  sendVerificationRequest?: (params: ChatBotKitVerificationRequest) => void | PromiseLike<void>
  /** Seconds for which a code can be redeemed. Default: 600. */
  maxAge?: number
  /** How many characters a code has. Default: 6. A code must be worth at least 20 bits. */
  codeLength?: number
  /** What characters a code is made of: printable ASCII, each once. Default: `0123456789abcdef`. */
  alphabet?: string
  /** The provider's id. Default: `email`. */
  id?: string
  /** The provider's name. Default: `Email`. */
  name?: string
  /** Sender of the mail, for `sendVerificationRequest` to use. */
  from?: string | undefined
  /** The mail server, for `sendVerificationRequest` to use. */
  server?: any
  /** The key of a mail service, for `sendVerificationRequest` to use. */
  apiKey?: string | undefined
  /** What NextAuth hashes codes with. Default: NextAuth's own secret. */
  secret?: string | undefined
  /** Replaces the code's generation altogether. */
  generateVerificationToken?: () => string | PromiseLike<string>
  /** Replaces NextAuth's normalisation of the address. */
  normalizeIdentifier?: (identifier: string) => string
}

/** An e-mail provider of next-auth v4, next-auth v5 and `@auth/core`. */
export interface ChatBotKitEmailProviderConfig {
  id: 'email'
  type: 'email'
  name: 'Email'
  server: any
  from: string
  maxAge: number
  generateVerificationToken: () => Promise<string>
  sendVerificationRequest: (params: any) => Promise<void>
  options: any
}

/**
 * The e-mail provider, with short codes from the operating system's random source.
 *
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`
 */
export function ChatBotKitEmailProvider(
  options?: ChatBotKitEmailProviderOptions,
): ChatBotKitEmailProviderConfig

/** What the sentences of {@link codeMail} are about. */
export interface CodeMailValues {
  /** The code. */
  code: string
  /** The application's name, for people. */
  appName: string
  /** For how many minutes the code works, rounded. */
  minutes: number
}

/** A text with `{code}`, `{appName}` and `{minutes}` in it, or a function that makes one of them. */
export type CodeMailString = string | ((values: CodeMailValues) => string)

/** All that {@link codeMail} says. What is left out is English. */
export interface CodeMailStrings {
  /** The language, a tag of BCP 47. Default: `en`. */
  lang?: CodeMailString | undefined
  /** `ltr` or `rtl`. Default: `ltr`. */
  dir?: CodeMailString | undefined
  /** The subject. */
  subject?: CodeMailString | undefined
  /** The first sentence, with the code: phones look there for one to offer. */
  code?: CodeMailString | undefined
  /** That the code works once, and for how long. */
  lifetime?: CodeMailString | undefined
  /** What to do for whoever did not ask for it. */
  unexpected?: CodeMailString | undefined
}

/** Options of {@link codeMail}. */
export interface CodeMailOptions {
  /** The code: `token` of `sendVerificationRequest`. */
  code: string
  /** The application's name, for people. */
  appName: string
  /** When the code ends: `expires` of `sendVerificationRequest`. */
  expires: Date
  /** Other sentences, for another language. */
  strings?: CodeMailStrings | undefined
}

/** A message, as mail services and nodemailer take it. */
export interface CodeMail {
  subject: string
  text: string
  html: string
}

/**
 * The message with a sign-in code, as text and as HTML for light and dark screens. It has no link, which
 * a program that looks at mail could open. docs/mail.md shows how to send it.
 *
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`
 */
export function codeMail(options: CodeMailOptions): CodeMail

/** Another name of {@link ChatBotKitEmailProvider}, from the JavaScript package, for contacts. */
export const ChatBotKitContactEmailProvider: typeof ChatBotKitEmailProvider

/** The codes of {@link ChatBotKitError}. docs/errors.md explains each. */
export type ChatBotKitErrorCode =
  | 'ERR_SESSION_TAKEN'
  | 'ERR_ACCOUNT_TAKEN'
  | 'ERR_API_FORBIDDEN'
  | 'ERR_API_LIMIT_REACHED'
  | 'ERR_API_RATE_LIMITED'
  | 'ERR_API_REJECTED'
  | 'ERR_API_RESPONSE'
  | 'ERR_API_TIMEOUT'
  | 'ERR_API_UNAUTHENTICATED'
  | 'ERR_API_UNAVAILABLE'
  | 'ERR_API_UNREACHABLE'
  | 'ERR_API_UNTRUSTED'
  | 'ERR_AUTHENTICATOR_NOT_FOUND'
  | 'ERR_AUTHENTICATOR_TAKEN'
  | 'ERR_CLOSED'
  | 'ERR_CODE_LOST'
  | 'ERR_CONTACT_UNUSABLE'
  | 'ERR_CREATE_DISABLED'
  | 'ERR_DELETE_DISABLED'
  | 'ERR_EMAIL_TAKEN'
  | 'ERR_APPROVAL_PENDING'
  | 'ERR_REQUEST_NOT_FOUND'
  | 'ERR_RECORD_SEALED'
  | 'ERR_INTERNAL'
  | 'ERR_INVALID_ARGUMENT'
  | 'ERR_INVALID_OPTION'
  | 'ERR_MISSING_SECRET'
  | 'ERR_NO_SENDER'
  | 'ERR_RATE_LIMITED'
  | 'ERR_RUNTIME'
  | 'ERR_STORE'
  | 'ERR_STORE_TIMEOUT'
  | 'ERR_STORE_VALUE'
  | 'ERR_UPDATE_DISABLED'
  | 'ERR_USER_NOT_FOUND'

/** What every failure is. It never holds a secret, a code or a token. */
export class ChatBotKitError extends Error {
  constructor(
    code: ChatBotKitErrorCode,
    message: string,
    details?: {
      operation?: string
      status?: number
      apiCode?: string
      retryAfter?: number
      retryable?: boolean
      cause?: unknown
    },
  )
  readonly name: 'ChatBotKitError'
  /** What kind of failure it is. */
  readonly code: ChatBotKitErrorCode
  /** The adapter method that failed. */
  readonly operation?: string
  /** The HTTP status of the API's answer. */
  readonly status?: number
  /** The API's own code, such as `CONFLICT`. */
  readonly apiCode?: string
  /** Of `ERR_RATE_LIMITED`: after how many seconds the call may succeed. */
  readonly retryAfter?: number
  /** Whether the same call may succeed a little later. */
  readonly retryable: boolean
  /** What a JavaScript store threw. */
  readonly cause?: unknown
}
