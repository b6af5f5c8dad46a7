import { clientOf } from '../../clients/libraries.mjs'

const ends = new Map()

export async function createStore() {
  const { client, end } = await clientOf('redis', { url: process.env.TEST_REDIS_URL })
  ends.set(client, end)
  return client
}

export const closeStore = (client) => ends.get(client)()
