import { SqliteStore } from '../../../index.js'

export const createStore = () => new SqliteStore({ path: process.env.TEST_SQLITE_PATH })
export const closeStore = (store) => store.close()
