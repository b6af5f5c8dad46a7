'use strict'

/**
 * A user, out of the array in which it crosses from the native code: src/binding/rows.rs has its
 * members in this order. What the API did not tell is not there.
 */
function toUser(row) {
  if (row === null) return null
  const [id, email, emailVerified, name, image, createdAt, updatedAt, description, limits, meta] =
    row
  const user = {
    id,
    email,
    emailVerified: toDate(emailVerified),
    name,
    image,
    createdAt,
    updatedAt,
  }
  if (description !== null) user.description = description
  if (limits !== null) user.limits = limits
  if (meta !== null) user.meta = meta
  return user
}

/** A session with its user, likewise. */
function toSessionAndUser(row) {
  if (row === null) return null
  const [sessionToken, userId, expires, user] = row
  return { session: { sessionToken, userId, expires: toDate(expires) }, user: toUser(user) }
}

function toDate(time) {
  return time === null ? null : new Date(time)
}

module.exports = { toSessionAndUser, toUser }
