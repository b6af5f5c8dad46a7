/**
 * `npm start`: from a fresh clone to a running sign-in page.
 *
 *     npm start                  the sandbox and the application, until Ctrl+C
 *     npm start -- --port 4000   on another port
 *     npm start -- --once        a whole sign-in by itself, with every step checked, then the end
 */
import { parseArgs } from 'node:util'
import { CommandError, main, prepare, ROOT } from './setup.mjs'

function readOptions() {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '3000' },
    },
  })
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new CommandError(
      `--port takes a number from 0 to 65535, not ${JSON.stringify(values.port)}.`,
    )
  }
  return { once: values.once, port }
}

await main(async () => {
  const { once, port } = readOptions()
  prepare({ packages: [], folders: [ROOT] })
  // Only now: these need what was installed and built above.
  if (once) await (await import('./walkthrough.mjs')).walkThrough({ port })
  else await (await import('../examples/quickstart/main.mjs')).run({ port })
})
