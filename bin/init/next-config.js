'use strict'

const IMPORT = "import { withChatBotKit } from '@chatbotkit/nextauth/next'\n"
const REQUIRE = "const { withChatBotKit } = require('@chatbotkit/nextauth/next')\n"

/** What the configuration is, in the forms that `create-next-app` and most people write. */
const EXPORTS = [
  { head: IMPORT, line: /^export default ([A-Za-z_$][\w$]*)(;?)$/m, prefix: 'export default ' },
  {
    head: REQUIRE,
    line: /^module\.exports = ([A-Za-z_$][\w$]*)(;?)$/m,
    prefix: 'module.exports = ',
  },
]

/** Node cannot load next-auth v5 by itself, which the Pages Router leaves to it: `next/server` has no ending. */
const BUNDLED = "transpilePackages: ['next-auth']"

/**
 * The text of a next.config whose export goes through withChatBotKit; nothing where that is not seen.
 *
 * @param {string} text
 * @param {import('./application.js').Application} application
 */
function wrapped(text, { router, auth }) {
  const found = EXPORTS.find(({ line }) => line.test(text))
  if (!found) return undefined
  const { head, line, prefix } = found
  const isBundled = router === 'pages' && auth === 'v5'
  const given = (name) => (isBundled ? `{ ${BUNDLED}, ...${name} }` : name)
  return (
    head + text.replace(line, (_, name, end) => `${prefix}withChatBotKit(${given(name)})${end}`)
  )
}

module.exports = { wrapped }
