import { describeProduction } from './suite.mjs'

describeProduction('nextjs-authjs')
