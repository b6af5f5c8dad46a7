/** Runs once when the server starts: a store that does not answer shows here, not at the first sign-in. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { store } = await import('./store')
  if ('ping' in store) {
    await store.ping().catch((error) => console.error('Redis does not answer:', error.message))
  }
}
