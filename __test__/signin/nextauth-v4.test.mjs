import { describeAll } from './all-flows.mjs'
import * as nextAuthV4 from './nextauth-v4.mjs'

describeAll(nextAuthV4)
