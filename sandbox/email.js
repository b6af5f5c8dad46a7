'use strict'

const ADDRESS_BYTES = 254
const LOCAL_PART_BYTES = 64
const LABEL_CHARACTERS = 63
const MINIMUM_LABELS = 2

// Letters beyond ASCII are let through: internationalised addresses are.
const LOCAL_ATOM = /^[\w!#$%&'*+/=?^`{|}~\u0080-\uffff-]+$/
const LABEL = /^[a-zA-Z0-9\u0080-\uffff](?:[a-zA-Z0-9\u0080-\uffff-]*[a-zA-Z0-9\u0080-\uffff])?$/

/**
 * Whether the API would take this address. It checks the form only: any
 * top-level domain is good, a fully-qualified trailing dot (`a@b.example.`) is
 * not.
 *
 * @param {string} address
 * @returns {boolean}
 */
function isEmailAddress(address) {
  const parts = address.split('@')
  if (parts.length !== 2 || Buffer.byteLength(address) > ADDRESS_BYTES) return false
  const [local, domain] = parts
  const labels = domain.split('.')
  return (
    Buffer.byteLength(local) <= LOCAL_PART_BYTES &&
    local.split('.').every((atom) => LOCAL_ATOM.test(atom)) &&
    labels.length >= MINIMUM_LABELS &&
    labels.every((label) => label.length <= LABEL_CHARACTERS && LABEL.test(label))
  )
}

module.exports = { isEmailAddress }
