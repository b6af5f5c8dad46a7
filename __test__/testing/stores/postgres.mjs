import { PostgresStore } from '../../../index.js'

export const createStore = () => new PostgresStore({ url: process.env.TEST_POSTGRES_URL })
export const closeStore = (store) => store.close()
