import { mapStore } from '../../../testing/stores.mjs'

const store = mapStore()

export default () => store
