/** A store in JavaScript that keeps what it gets. */
export function mapStore(entries = new Map()) {
  return {
    get: (key) => entries.get(key),
    set: (key, value) => void entries.set(key, value),
    del: (key) => void entries.delete(key),
  }
}
