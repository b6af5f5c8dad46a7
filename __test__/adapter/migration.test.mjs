import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runModule } from '../../testing/child.mjs'

const PAGE = readFileSync(new URL('../../docs/migration.md', import.meta.url), 'utf8')

test('the memory store of the migration page carries a code, for a class that reads its Map', async () => {
  const [, mapStore] = /\n```js\n(import \{ Store \}.*?)```/s.exec(PAGE)
  const { code, stderr, answer } = await runModule(`${mapStore}
    import { ChatBotKitPartnerAdapter } from '@chatbotkit/nextauth'

    class CountingStore extends MapStore {
      sizes = []

      async get(key) {
        this.sizes.push(this.store.size)
        return super.get(key)
      }
    }

    const store = new CountingStore()
    const adapter = ChatBotKitPartnerAdapter({ store, secret: 'x' })
    const token = { identifier: 'ada', token: 'c0ffee', expires: new Date(Date.now() + 60_000) }
    await adapter.createVerificationToken(token)
    const redeemed = await adapter.useVerificationToken(token)
    const again = await adapter.useVerificationToken(token)
    console.log(JSON.stringify({ redeemed: redeemed?.identifier, again, sizes: store.sizes }))`)
  assert.equal(code, 0, stderr)
  const { sizes, ...rest } = answer
  assert.deepEqual(rest, { redeemed: 'ada', again: null })
  assert.ok(sizes.some((size) => size > 0))
})
