import { describeStandalone, trustingTheHost } from './suite.mjs'

// By the other bundler: pages-standalone.test.mjs. Every combination: __test__/package/nextjs.mjs.
describeStandalone('nextjs-authjs', 'turbopack', [trustingTheHost])
