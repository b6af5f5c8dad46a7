import { describeStandalone } from './suite.mjs'

describeStandalone('nextjs-pages', 'turbopack')
describeStandalone('nextjs-pages', 'webpack')
