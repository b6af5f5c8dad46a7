/**
 * One of several processes that run the whole suite over one file at once.
 */
import { conformance } from './conformance.mjs'
import { sqliteDeployment } from './sqlite-deployment.mjs'

conformance(sqliteDeployment('an SqliteStore that others use, too', process.env.SQLITE_FILE))
