import { conformance } from './conformance.mjs'
import { sqliteDeployment } from './sqlite-deployment.mjs'

conformance(sqliteDeployment('an SqliteStore'))
