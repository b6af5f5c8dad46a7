import { startPostgres } from '../../testing/postgres/postgres.mjs'
import { conformance } from './conformance.mjs'
import { postgresDeployment } from './postgres-deployment.mjs'

const postgres = await startPostgres()

conformance(postgresDeployment('one PostgreSQL', postgres, { url: postgres.url }))
