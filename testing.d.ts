import type { StoreOption } from './index.js'

/** How the tests get at the store. At least one of `createStore` and `module` is needed. */
export interface StoreTestOptions {
  /**
   * Makes what you pass to the adapter as its store: a store, or a client. It is called several times,
   * and what it makes each time stands for the same data, as in several servers.
   */
  createStore?: (() => StoreOption | PromiseLike<StoreOption>) | undefined
  /** Ends what `createStore` made, when a test is over. */
  closeStore?: ((store: any) => unknown) | undefined
  /**
   * The path or the file URL of a module that exports `createStore`, or has it as its default export,
   * and may export `closeStore`. Two more processes load it, and compete for the same keys and codes.
   * Without it the tests say nothing of several processes.
   */
  module?: string | { readonly href: string } | undefined
  /** Arguments of Node for those processes, such as `['--import', 'tsx']` for TypeScript. */
  execArgv?: string[] | undefined
  /**
   * Whether the store ends values after `px` milliseconds. Default: true. The adapter looks at the ends
   * of what it reads itself, so a store without lifetimes is safe; it grows.
   */
  lifetimes?: boolean | undefined
}

/** One test, for any runner. */
export interface StoreTest {
  /** Its name; the part before the colon is what it is about. */
  name: string
  /** Resolves when the store does what it has to, and rejects with an `AssertionError` if not. */
  run: () => Promise<void>
}

/**
 * What a store has to do: values come back as they went in, keys are kept apart, lifetimes end,
 * `compareAndSet` is atomic, an adapter over it lets a code be used once, and with `module` all that
 * across processes. Each test takes a few seconds at most and leaves nothing in the store but what ends
 * within minutes.
 *
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`
 */
export function storeTests(options: StoreTestOptions): StoreTest[]

/**
 * Registers each of them: `testStore(test, { … })`.
 *
 * @param test of `node:test`, Vitest, Jest, Bun, or `it` of Mocha
 * @throws ChatBotKitError with code `ERR_INVALID_OPTION`
 */
export function testStore(
  test: (name: string, run: () => Promise<void>) => unknown,
  options: StoreTestOptions,
): void
