/** What a team would write for its own store: how one is made. The environment says where. */
import { RedisStore } from '../../../index.js'

export const createStore = () => new RedisStore({ url: process.env.TEST_REDIS_URL })
export const closeStore = (store) => store.close()
