/**
 * Tells Next.js not to bundle this package, which `output: 'standalone'` needs, and takes it out of
 * `transpilePackages`. Give it what your next.config exports: an object, or a function that makes one.
 *
 *     export default withChatBotKit({ output: 'standalone' })
 */
export function withChatBotKit<Config extends object>(config?: Config): Config
