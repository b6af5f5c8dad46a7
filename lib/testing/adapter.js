'use strict'

const assert = require('node:assert/strict')
const { anAdapter, newCode, startApi } = require('./sign-in.js')

const CROWD = 100

const HOUR = 3_600_000 // ms

module.exports = [
  {
    name: `an adapter: of ${CROWD} uses of one code at once one succeeds`,
    async run(subject) {
      const api = await startApi()
      try {
        const adapters = [await anAdapter(subject, api), await anAdapter(subject, api)]
        const code = newCode()
        await adapters[0].createVerificationToken(code)
        const { identifier, token } = code
        const wrong = { identifier, token: newCode().token }
        assert.equal(await adapters[1].useVerificationToken(wrong), null)
        const uses = Array.from({ length: CROWD }, (_, n) =>
          adapters[n % 2].useVerificationToken({ identifier, token }),
        )
        const won = (await Promise.all(uses)).filter(Boolean)
        assert.deepEqual(won, [code], `${won.length} of ${CROWD} succeeded`)
      } finally {
        await api.close()
      }
    },
  },
  {
    name: 'an adapter: sessions that are made at once all end with their user',
    async run(subject) {
      const api = await startApi()
      try {
        const adapters = [await anAdapter(subject, api), await anAdapter(subject, api)]
        const user = api.users.all()[0]
        const sessions = Array.from({ length: 20 }, (_, n) => ({
          sessionToken: `${subject.prefix}${n}`,
          userId: user.id,
          expires: new Date(Date.now() + HOUR),
        }))
        await Promise.all(sessions.map((session, n) => adapters[n % 2].createSession(session)))
        for (const session of sessions) {
          const found = await adapters[1].getSessionAndUser(session.sessionToken)
          assert.deepEqual(found.session, session)
        }
        await adapters[0].deleteUser(user.id)
        for (const { sessionToken } of sessions) {
          assert.equal(await adapters[1].getSessionAndUser(sessionToken), null)
        }
      } finally {
        await api.close()
      }
    },
  },
]
