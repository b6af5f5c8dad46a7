import * as authCore from './auth-core.mjs'
import { describeProcesses } from './process-flows.mjs'

describeProcesses(authCore)
