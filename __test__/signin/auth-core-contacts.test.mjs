import { CONTACTS } from '../../testing/directories.mjs'
import { describeAll } from './all-flows.mjs'
import * as authCore from './auth-core.mjs'

describeAll({ ...authCore, name: `${authCore.name} and contacts`, directory: CONTACTS })
