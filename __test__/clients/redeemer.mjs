/**
 * A server that redeems codes, in a process of its own:
 *
 *     node redeemer.mjs '{"library":…,"place":…,"options":…,"codes":[…],"each":50}'
 *
 * It prints `ready`, waits for a line, presents every code `each` times at once, and prints how often
 * each was taken for right.
 */
import { once } from 'node:events'
import { ChatBotKitPartnerAdapter } from '../../index.js'
import { clientOf } from './libraries.mjs'

const { library, place, options, codes, each } = JSON.parse(process.argv[2])
const { client, end } = await clientOf(library, place)
const adapter = ChatBotKitPartnerAdapter({ ...options, store: client })

// So that all connections are open.
await adapter.getSessionAndUser('nobody')
console.log('ready')
await once(process.stdin, 'data')

const present = ({ identifier, token }) => adapter.useVerificationToken({ identifier, token })
const taken = codes.map(async (code) => {
  const answers = await Promise.allSettled(Array.from({ length: each }, () => present(code)))
  const failed = answers.find(({ status }) => status === 'rejected')
  if (failed) throw failed.reason
  return answers.filter(({ value }) => value).length
})
console.log(JSON.stringify(await Promise.all(taken)))
process.stdin.destroy()
await adapter.close()
await end()
