import { CONTACTS } from '../../testing/directories.mjs'
import { describeAll } from './all-flows.mjs'
import * as nextAuthV4 from './nextauth-v4.mjs'

describeAll({ ...nextAuthV4, name: `${nextAuthV4.name} and contacts`, directory: CONTACTS })
