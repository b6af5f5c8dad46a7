import { createCertificates } from '../../testing/certificates.mjs'
import { startPostgres } from '../../testing/postgres/postgres.mjs'
import { conformance } from './conformance.mjs'
import { postgresDeployment } from './postgres-deployment.mjs'

const certificates = await createCertificates()
const postgres = await startPostgres({ tls: certificates, clientCertificate: true })
const { ca, client } = certificates

conformance(
  postgresDeployment('a PostgreSQL over TLS with a client certificate', postgres, {
    url: `${postgres.url}?sslmode=verify-full&channel_binding=require`,
    tls: { ca: Buffer.from(ca.pem), cert: client.certificate.pem, key: client.key.pem },
  }),
)
