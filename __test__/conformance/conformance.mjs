/**
 * What an adapter has to do for every kind of users and over every store, as one suite that each
 * deployment runs.
 *
 * @typedef {object} Entry of a dump
 * @property {string} key
 * @property {string} value a text that holds all of the value: of a set, its members
 * @property {number | null} ttl milliseconds until the store drops it, null for never
 *
 * @typedef {object} Deployment a store with what it is kept in
 * @property {string} name
 * @property {() => object} createStore a store object, or a client that is given as one; another one at
 *   each call where there can be several, over the same data
 * @property {() => Promise<Entry[]>} [keys] everything in the store, where that can be looked at
 * @property {(key: string) => Promise<void>} [persist] makes the store keep a key without an end, whose
 *   lifetime it was told; there wherever `keys` is
 * @property {number} [concurrency] how many suites run side by side, where all at once would be more
 *   than one thread can do in the time that calls have
 * @property {() => Promise<void>} close ends the stores and what they are kept in
 * @property {import('../../testing/directories.mjs').Directory} [directory] sub-accounts, where a test
 *   is not of this suite
 */
import { after, describe } from 'node:test'
import { DIRECTORIES } from '../../testing/directories.mjs'
import { accountsSuite } from './suite-accounts.mjs'
import { admissionsSuite } from './suite-admissions.mjs'
import { codesSuite } from './suite-codes.mjs'
import { collisionsSuite } from './suite-collisions.mjs'
import { deletionSuite } from './suite-deletion.mjs'
import { devicesSuite } from './suite-devices.mjs'
import { endingsSuite } from './suite-endings.mjs'
import { interfaceSuite } from './suite-interface.mjs'
import { lifetimesSuite } from './suite-lifetimes.mjs'
import { orphansSuite } from './suite-orphans.mjs'
import { passkeysSuite } from './suite-passkeys.mjs'
import { racesSuite } from './suite-races.mjs'
import { sealSuite } from './suite-seal.mjs'
import { secrecySuite } from './suite-secrecy.mjs'
import { sessionsSuite } from './suite-sessions.mjs'
import { snapshotsSuite } from './suite-snapshots.mjs'
import { usersSuite } from './suite-users.mjs'

/** What a whole suite may take, in milliseconds: most of it is waiting for lifetimes to end. */
const TIMEOUT = 120_000

const SUITES = [
  // First, since it takes longest.
  endingsSuite,
  interfaceSuite,
  usersSuite,
  sessionsSuite,
  devicesSuite,
  accountsSuite,
  codesSuite,
  passkeysSuite,
  deletionSuite,
  racesSuite,
  snapshotsSuite,
  orphansSuite,
  collisionsSuite,
  lifetimesSuite,
  secrecySuite,
  sealSuite,
  admissionsSuite,
]

/** @param {...Deployment} deployments each closed when its tests are over */
export function conformance(...deployments) {
  // Side by side: every test has an API and a key prefix of its own.
  describe('an adapter', { concurrency: true, timeout: TIMEOUT }, () => {
    for (const { concurrency = true, ...deployment } of deployments) {
      // One kind of users after the other: the machine has few processors, and stores time out.
      describe(`over ${deployment.name}`, { concurrency: 1 }, () => {
        after(() => deployment.close())
        for (const directory of DIRECTORIES) {
          describe(`whose users are ${directory.name}`, { concurrency }, () => {
            // One object: the stores of a deployment belong to it.
            const subject = { ...deployment, directory }
            for (const suite of SUITES) suite(subject)
          })
        }
      })
    }
  })
}
