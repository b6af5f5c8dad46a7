const HOUR = 3_600_000 // ms

/**
 * A call of every method of the adapter, with arguments that reach as far as they can: the user
 * `id` exists, and so do the session, the account and the passkey that {@link prepare} makes.
 *
 * @param {string} id of the user whose address is `ada@example.com`
 * @returns {Record<string, (adapter: any) => Promise<unknown>>}
 */
export function everyMethod(id) {
  const expires = new Date(Date.now() + HOUR)
  const code = { identifier: 'ada@example.com', token: 'code', expires }
  const session = { sessionToken: 'session', userId: id, expires }
  const account = { userId: id, type: 'oauth', provider: 'p', providerAccountId: '1' }
  return {
    createUser: (it) => it.createUser({ email: 'eve@example.com', emailVerified: null }),
    getUser: (it) => it.getUser(id),
    getUserByEmail: (it) => it.getUserByEmail('ada@example.com'),
    getUserByAccount: (it) => it.getUserByAccount(account),
    updateUser: (it) => it.updateUser({ id, name: 'Ada' }),
    linkAccount: (it) => it.linkAccount({ ...account, providerAccountId: '2' }),
    getAccount: (it) => it.getAccount('1', 'p'),
    unlinkAccount: (it) => it.unlinkAccount({ ...account, providerAccountId: '3' }),
    createSession: (it) => it.createSession({ ...session, sessionToken: 'another' }),
    getSessionAndUser: (it) => it.getSessionAndUser('session'),
    updateSession: (it) =>
      it.updateSession({ ...session, expires: new Date(Date.now() + 2 * HOUR) }),
    deleteSession: (it) => it.deleteSession('a third'),
    listSessions: (it) => it.listSessions(id, 'session'),
    revokeSession: (it) => it.revokeSession(id, 'x'.repeat(43)),
    revokeOtherSessions: (it) => it.revokeOtherSessions(id, 'session'),
    createApiSession: (it) => it.createApiSession(id),
    createVerificationToken: (it) => it.createVerificationToken({ ...code, token: 'new' }),
    useVerificationToken: (it) => it.useVerificationToken(code),
    createAuthenticator: (it) => it.createAuthenticator(passkey(id, 'another')),
    getAuthenticator: (it) => it.getAuthenticator('passkey'),
    listAuthenticatorsByUserId: (it) => it.listAuthenticatorsByUserId(id),
    updateAuthenticatorCounter: (it) => it.updateAuthenticatorCounter('passkey', 7),
    deleteUser: (it) => it.deleteUser(id),
  }
}

function passkey(userId, credentialID) {
  return {
    ...{ userId, credentialID, providerAccountId: '1', credentialPublicKey: 'key', counter: 0 },
    ...{ credentialDeviceType: 'singleDevice', credentialBackedUp: false, transports: 'usb' },
  }
}

/** Makes what the methods look for. */
export async function prepare(adapter, id) {
  const expires = new Date(Date.now() + HOUR)
  const account = { userId: id, type: 'oauth', provider: 'p', providerAccountId: '1' }
  await adapter.createVerificationToken({ identifier: 'ada@example.com', token: 'code', expires })
  await adapter.createSession({ sessionToken: 'session', userId: id, expires })
  await adapter.linkAccount(account)
  await adapter.createAuthenticator(passkey(id, 'passkey'))
}
