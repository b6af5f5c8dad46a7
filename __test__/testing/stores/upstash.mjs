import { clientOf } from '../../clients/libraries.mjs'

export async function createStore() {
  const { TEST_REST_URL: url, TEST_REST_TOKEN: token } = process.env
  return (await clientOf('@upstash/redis', { url, token })).client
}
