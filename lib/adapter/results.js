'use strict'

// What the native code found, in the shape that NextAuth expects: times become Dates.

function toDate(milliseconds) {
  return milliseconds === null ? null : new Date(milliseconds)
}

/** A user, without the adapter's own bookkeeping: applications put users into cookies and pages. */
function toUser(userFields) {
  return (user) => {
    if (user === null) return null
    user.emailVerified = toDate(user.emailVerified)
    delete user.meta?.nextauth
    const { meta = {}, contact } = user
    if (contact) {
      Object.assign(user, contact)
      delete user.contact
    }
    for (const field of userFields) user[field] = Object.hasOwn(meta, field) ? meta[field] : null
    return user
  }
}

/** A session, or a verification token: `expires` is a time. */
function toExpiring(found) {
  if (found !== null) found.expires = toDate(found.expires)
  return found
}

function toSessionAndUser(userFields) {
  const convert = toUser(userFields)
  return (found) => {
    if (found === null) return null
    return { session: toExpiring(found.session), user: convert(found.user) }
  }
}

/** A request or an invitation. */
function toAdmission(found) {
  if (found === null) return null
  found.createdAt = toDate(found.createdAt)
  return toExpiring(found)
}

function toAdmissions(found) {
  return found.map(toAdmission)
}

/** The sessions of a list. */
function toDevices(found) {
  return found.map(({ id, created, lastSeen, expires, label, isCurrent }) => {
    const [from, seen, end] = [created, lastSeen, expires].map(toDate)
    return { id, created: from, lastSeen: seen, expires: end, label, isCurrent }
  })
}

/** What was removed; undefined, as the framework has it, when there was nothing. */
function toOptional(found) {
  return found ?? undefined
}

function toNothing() {}

module.exports = {
  toAdmission,
  toAdmissions,
  toDevices,
  toExpiring,
  toNothing,
  toOptional,
  toSessionAndUser,
  toUser,
}
