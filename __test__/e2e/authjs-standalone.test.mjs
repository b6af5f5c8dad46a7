import { describeStandalone } from './suite.mjs'

describeStandalone('nextjs-authjs', 'turbopack')
describeStandalone('nextjs-authjs', 'webpack')
