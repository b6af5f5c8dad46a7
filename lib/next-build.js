'use strict'

/**
 * Whether `next build` is loading the application's configuration: without the variables and the
 * services of the servers that will run it. Next.js says so in NEXT_PHASE.
 */
function isNextBuild(env = process.env) {
  return env.NEXT_PHASE === 'phase-production-build'
}

module.exports = { isNextBuild }
