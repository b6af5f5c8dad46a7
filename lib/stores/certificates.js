'use strict'

const { isUint8Array } = require('node:util').types
const { members } = require('../option-checks.js')

/** The check of a PEM. */
function pem(value) {
  return typeof value === 'string' || isUint8Array(value) ? undefined : 'a PEM text or a Uint8Array'
}

const CERTIFICATES = { ca: pem, cert: pem, key: pem }

/** The check of the option `tls`. @param {object} [more] checks of members besides certificates */
function tls(more = {}) {
  const checkMembers = members({ ...CERTIFICATES, ...more })
  return (value) => {
    const wanted = checkMembers(value)
    if (wanted) return wanted
    return (value.cert === undefined) === (value.key === undefined)
      ? undefined
      : 'given cert and key together'
  }
}

/** The PEMs of the option `tls` as texts. Their bytes may be another realm's. */
function texts({ ca, cert, key } = {}) {
  const text = (value) => (isUint8Array(value) ? Buffer.from(value).toString() : value)
  return { ca: text(ca), cert: text(cert), key: text(key) }
}

module.exports = { pemTexts: texts, tls }
