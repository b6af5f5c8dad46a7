import { KVStore } from '../../../index.js'

export const createStore = () =>
  new KVStore({ url: process.env.TEST_REST_URL, token: process.env.TEST_REST_TOKEN })
export const closeStore = (store) => store.close()
