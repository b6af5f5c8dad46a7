import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'

const { clientOf, normalised } = createRequire(import.meta.url)('../../lib/guard/client-address.js')

const socket = (remoteAddress, headers = {}) => ({ headers, socket: { remoteAddress } })
const web = (headers) => ({ headers: new Headers(headers) })

async function clientAt(request, options) {
  return (await clientOf([request], options)).client
}

describe('an address', () => {
  for (const [written, counted] of [
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1'],
    ['192.0.2.1:8080', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:443', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', undefined],
    ['unknown', undefined],
    ['192.0.2.256', undefined],
    ['192.0.2.1, 192.0.2.2', undefined],
    ['2001:db8::1::2', undefined],
    ['[192.0.2.1', undefined],
    [undefined, undefined],
    [7, undefined],
  ]) {
    test(`${JSON.stringify(written)} is ${counted ?? 'none'}`, () => {
      assert.equal(normalised(written), counted)
    })
  }
})

describe('the client of a request', () => {
  test('is the connection where nobody says otherwise', async () => {
    assert.equal(await clientAt(socket('192.0.2.1')), '192.0.2.1')
  })

  test('is not what a client says itself', async () => {
    const request = socket('192.0.2.1', { 'x-forwarded-for': '203.0.113.9' })
    assert.deepEqual(await clientOf([request]), { client: '192.0.2.1', isBehindProxy: true })
    assert.equal(await clientAt(request, { trustedProxies: 0 }), '192.0.2.1')
    assert.equal(await clientAt(web({ 'x-forwarded-for': '203.0.113.9' })), undefined)
  })

  test('is not known behind a proxy of which nothing was said: its address would be everybody', async () => {
    for (const proxy of [
      '127.0.0.1',
      '10.1.2.3',
      '172.20.0.1',
      '192.168.1.1',
      '::1',
      'fd00::1',
      'fe80::1',
    ]) {
      const request = socket(proxy, { 'x-forwarded-for': '203.0.113.9' })
      assert.deepEqual(await clientOf([request]), { client: undefined, isBehindProxy: true }, proxy)
    }
  })

  // Next.js writes the connection's address into the header where there is none.
  test('is the connection where the header says the same', async () => {
    const request = socket('::ffff:127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })
    assert.equal(await clientAt(request), '127.0.0.1')
  })

  test('is what the trusted proxies wrote, counted from the right', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.66, 192.0.2.7, 10.0.0.2' }
    assert.equal(await clientAt(web(headers), { trustedProxies: 1 }), '10.0.0.2')
    assert.equal(await clientAt(web(headers), { trustedProxies: 2 }), '192.0.2.7')
    assert.equal(await clientAt(socket('10.0.0.3', headers), { trustedProxies: 2 }), '192.0.2.7')
    assert.equal(await clientAt(web(headers), { trustedProxies: 4 }), undefined)
    assert.equal(await clientAt(web({}), { trustedProxies: 1 }), undefined)
  })

  test('is what Vercel says there', async (t) => {
    process.env.VERCEL = '1'
    t.after(() => delete process.env.VERCEL)
    const headers = { 'x-forwarded-for': '203.0.113.66', 'x-real-ip': '192.0.2.8' }
    const vercel = { ...headers, 'x-vercel-forwarded-for': '192.0.2.7, 10.0.0.1' }
    assert.equal(await clientAt(web(vercel)), '192.0.2.7')
    assert.equal(await clientAt(web(headers)), '192.0.2.8')
  })

  test('is what the application says, from all that the handler was called with', async () => {
    const clientAddress = async (_, context) => context.address
    const { client } = await clientOf([web({}), { address: '2001:db8::5' }], { clientAddress })
    assert.equal(client, '2001:db8:0:0::/64')
  })
})
