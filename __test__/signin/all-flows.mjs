/** All that a framework is tested for, with users of whatever kind. */
import { describeApproval } from './approval-flows.mjs'
import { describeDeletion } from './deletion-flows.mjs'
import { describeSignIn } from './flows.mjs'
import { describeLinking } from './linking-flows.mjs'
import { describeOAuth } from './oauth-flows.mjs'
import { describeOutages } from './outage-flows.mjs'
import { describeRefusals } from './refusal-flows.mjs'
import { describeSessions } from './session-flows.mjs'

export function describeAll(framework) {
  describeSignIn(framework)
  describeSessions(framework)
  describeOutages(framework)
  describeOAuth(framework)
  describeRefusals(framework)
  describeLinking(framework)
  describeDeletion(framework)
  describeApproval(framework)
}
