'use strict'

const { readFileSync } = require('node:fs')
const { join } = require('node:path')

/**
 * A text of templates/. What stands between « and » is for one of its two kinds: for TypeScript in
 * sources, for next-auth v5 in the variables; what stands between ‹ and › is for the other.
 *
 * @param {string} name
 * @param {boolean} isFirst
 */
function template(name, isFirst) {
  const text = readFileSync(join(__dirname, 'templates', `${name}.txt`), 'utf8')
  const [kept, dropped] = isFirst ? [/[«»]/g, /‹[^›]*›/g] : [/[‹›]/g, /«[^»]*»/g]
  return text.replace(dropped, '').replace(kept, '')
}

module.exports = { template }
