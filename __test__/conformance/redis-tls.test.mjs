import { createCertificates } from '../../testing/certificates.mjs'
import { startRedis } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { serverDeployment } from './redis-deployment.mjs'

const certificates = await createCertificates()
const redis = await startRedis({ tls: certificates, clientCertificate: true })
const { ca, client } = certificates

conformance(
  serverDeployment(
    'one Redis over TLS with an authority and a client certificate of its own',
    redis,
    {
      url: redis.url,
      // A Buffer, as readFileSync returns it, and texts.
      tls: { ca: Buffer.from(ca.pem), cert: client.certificate.pem, key: client.key.pem },
    },
  ),
)
