import { CONTACTS, describeDevelopment } from './suite.mjs'

describeDevelopment('nextjs-contacts', CONTACTS)
