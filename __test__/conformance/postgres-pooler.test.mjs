import { startPgBouncer } from '../../testing/postgres/pgbouncer.mjs'
import { startPostgres } from '../../testing/postgres/postgres.mjs'
import { conformance } from './conformance.mjs'
import { postgresDeployment } from './postgres-deployment.mjs'

const postgres = await startPostgres()
const pooler = await startPgBouncer(postgres)
const { url } = pooler

conformance(
  postgresDeployment('a PostgreSQL behind PgBouncer', postgres, { url }, () => pooler.stop()),
)
