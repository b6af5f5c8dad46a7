import { describeAll } from './all-flows.mjs'
import * as authCore from './auth-core.mjs'

describeAll(authCore)
