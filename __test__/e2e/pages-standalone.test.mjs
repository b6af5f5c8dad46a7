import { describeStandalone } from './suite.mjs'

// By the other bundler: authjs-standalone.test.mjs. Every combination: __test__/package/nextjs.mjs.
describeStandalone('nextjs-pages', 'webpack')
