import * as authCore from './auth-core.mjs'
import { describeDeletion } from './deletion-flows.mjs'
import { describeSignIn } from './flows.mjs'
import { describeLinking } from './linking-flows.mjs'
import { describeOAuth } from './oauth-flows.mjs'
import { describeOutages } from './outage-flows.mjs'
import { describeRefusals } from './refusal-flows.mjs'
import { describeSessions } from './session-flows.mjs'

describeSignIn(authCore)
describeSessions(authCore)
describeOutages(authCore)
describeOAuth(authCore)
describeRefusals(authCore)
describeLinking(authCore)
describeDeletion(authCore)
