import { redisFlows } from './redis-flows.mjs'
import { CONTACTS, describeProduction } from './suite.mjs'

// Not under next dev, where each server compiles all of it again.
describeProduction('nextjs-contacts', { ...CONTACTS, flows: [...CONTACTS.flows, redisFlows] })
