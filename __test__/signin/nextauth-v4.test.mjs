import { describeDeletion } from './deletion-flows.mjs'
import { describeSignIn } from './flows.mjs'
import { describeLinking } from './linking-flows.mjs'
import * as nextAuthV4 from './nextauth-v4.mjs'
import { describeOAuth } from './oauth-flows.mjs'
import { describeOutages } from './outage-flows.mjs'
import { describeRefusals } from './refusal-flows.mjs'
import { describeSessions } from './session-flows.mjs'

describeSignIn(nextAuthV4)
describeSessions(nextAuthV4)
describeOutages(nextAuthV4)
describeOAuth(nextAuthV4)
describeRefusals(nextAuthV4)
describeLinking(nextAuthV4)
describeDeletion(nextAuthV4)
