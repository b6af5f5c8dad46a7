import { describe, test } from 'node:test'
import { createCertificates } from '../../testing/certificates.mjs'
import { postgresFor } from '../../testing/postgres/postgres.mjs'
import { assertRefused, storeFor } from './postgres-calls.mjs'

describe('sslmode', { concurrency: true }, () => {
  test('asks for what libpq asks for', async (t) => {
    const certificates = await createCertificates()
    const { ca, otherCa, elsewhere } = certificates
    const postgres = await postgresFor(t)
    const secure = await postgresFor(t, { tls: certificates })
    const misnamed = await postgresFor(t, { tls: { ...certificates, server: elsewhere } })
    const given = (pem) => ({ tls: { ca: pem.pem } })
    for (const [server, query, options] of [
      [secure, '', {}],
      [secure, 'sslmode=prefer', {}],
      [secure, 'sslmode=require', {}],
      [secure, 'sslmode=require&channel_binding=require', {}],
      [secure, `sslmode=verify-ca&sslrootcert=${ca.path}`, {}],
      [secure, `sslmode=verify-full&sslrootcert=${ca.path}`, {}],
      [secure, '', given(ca)],
      [secure, 'sslmode=verify-full', given(ca)],
      [misnamed, 'sslmode=require', {}],
      [misnamed, 'sslmode=verify-ca', given(ca)],
      [misnamed, 'sslmode=require', given(ca)],
      [postgres, 'sslmode=prefer', {}],
      [postgres, 'sslmode=disable', {}],
    ]) {
      await storeFor(t, { url: `${server.url}?${query}`, ...options }).ping()
    }
    for (const [server, query, options, code, words] of [
      [secure, 'sslmode=disable', {}, 'ERR_INVALID_OPTION', /pg_hba/],
      [secure, 'sslmode=verify-ca', {}, 'ERR_STORE', /could not be trusted/],
      [secure, 'sslmode=verify-full', {}, 'ERR_STORE', /could not be trusted/],
      [secure, '', { tls: {} }, 'ERR_STORE', /could not be trusted/],
      [secure, 'sslmode=require', given(otherCa), 'ERR_STORE', /could not be trusted/],
      [misnamed, 'sslmode=verify-full', given(ca), 'ERR_STORE', /could not be trusted/],
      [misnamed, '', given(ca), 'ERR_STORE', /could not be trusted/],
      [postgres, 'sslmode=require', {}, 'ERR_STORE', /speaks no TLS/],
      [postgres, '', given(ca), 'ERR_STORE', /speaks no TLS/],
      [secure, 'sslrootcert=/nowhere.pem', {}, 'ERR_INVALID_OPTION', /\/nowhere\.pem/],
    ]) {
      await assertRefused(t, { url: `${server.url}?${query}`, ...options }, code, { words })
    }
  })
})
