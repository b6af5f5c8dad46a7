import * as nextAuthV4 from './nextauth-v4.mjs'
import { describeProcesses } from './process-flows.mjs'

describeProcesses(nextAuthV4)
