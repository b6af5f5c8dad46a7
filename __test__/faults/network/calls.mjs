import { ADA, EVE } from '../../../testing/people.mjs'

/** A call of each kind that the API is asked for: what it is called, and how it is made for Ada's id. */
export const CALLS = {
  'a look-up': (adapter) => adapter.getUserByEmail(ADA.email),
  'a change': (adapter, id) => adapter.updateUser({ id, name: 'Countess' }),
  'a create': (adapter) => adapter.createUser(EVE),
  'a deletion': (adapter, id) => adapter.deleteUser(id),
}
