/**
 * The Rust API has to answer as the sandbox does, or it would measure something else. The benchmark
 * checks it before it measures, `cargo test --workspace` with each change.
 *
 *     node benchmark/agreement.mjs URL
 */
import { deepStrictEqual } from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '../sandbox/index.js'
import { SECRET } from './population.mjs'

const EMAIL = 'agreement@example.com'
const META = { nextauth: { emailVerified: 1 }, plan: 'pro' }

/** What is asked of both, in this order. `ID` stands for the id that the create answered with. */
const REQUESTS = [
  ['list?email=nobody%40example.com'],
  ['nobody/fetch'],
  ['create', { email: EMAIL, name: 'Ada', image: '', meta: META }],
  ['create', { email: EMAIL.toUpperCase() }],
  ['list?email=Agreement%40example.com'],
  ['ID/update', { name: 'Countess', meta: { $update: { plan: 'free' } } }],
  ['ID/fetch'],
  ['ID/update', { name: '', meta: { only: true } }],
  ['ID/fetch'],
  ['ID/delete', {}],
  ['ID/fetch'],
  ['list?email=agreement%40example.com'],
]

/** Throws unless the API at `apiUrl` answers as the sandbox. */
export async function checkAgreement(apiUrl) {
  const sandbox = createSandbox({ secret: SECRET })
  await sandbox.listen()
  const [expected, actual] = await Promise.all([sandbox.url, apiUrl].map(answersOf))
  await sandbox.close()
  for (const [index, request] of REQUESTS.entries()) {
    deepStrictEqual(actual[index], expected[index], `the answer to ${JSON.stringify(request)}`)
  }
}

async function answersOf(url) {
  const answers = []
  let id = ''
  for (const [route, body] of REQUESTS) {
    const answer = await fetch(`${url}/api/v1/partner/user/${route.replace('ID', id)}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const text = await answer.text()
    if (route === 'create' && answer.ok) id = JSON.parse(text).id
    // Ids and times are each server's own.
    const json = id ? text.replaceAll(id, 'ID') : text
    const timeless = json.replace(/"(created|updated)At":\d+/g, '"$1At":0')
    answers.push([answer.status, JSON.parse(timeless)])
  }
  return answers
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await checkAgreement(process.argv[2])
