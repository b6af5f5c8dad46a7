import { describeProduction, WITH_DEVICES } from './suite.mjs'

describeProduction('nextjs-authjs', WITH_DEVICES)
