import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { run } from '../../testing/child.mjs'

/** Sends a code with the default sender. */
async function script({ identifier, token }, answer) {
  const { ChatBotKitEmailProvider } = require('./index.js')
  const { sendVerificationRequest } = ChatBotKitEmailProvider()
  try {
    await sendVerificationRequest({ identifier, token, url: `http://x.example/?token=${token}` })
    answer({ sent: true })
  } catch ({ name, code, message, stack }) {
    answer({ name, code, message, stack })
  }
}

const send = (NODE_ENV, input = { identifier: 'ada@example.com', token: 'c0de42' }) =>
  run(script, { input, env: { NODE_ENV } })

describe('without a sender', { concurrency: true }, () => {
  for (const environment of ['development', 'test']) {
    test(`the code is printed when NODE_ENV is ${environment}`, async () => {
      const { code, stdout, stderr, answer } = await send(environment)
      assert.deepEqual([code, stderr, answer], [0, '', { sent: true }])
      assert.match(stdout, /ada@example\.com.*c0de42/)
    })
  }

  for (const environment of [
    undefined,
    '',
    'production',
    'staging',
    'Development',
    'dev',
    'test ',
  ]) {
    test(`nothing is printed and sending fails when NODE_ENV is ${JSON.stringify(environment)}`, async () => {
      const { code, stdout, stderr, answer } = await send(environment)
      assert.deepEqual([code, stdout, stderr], [0, '', ''])
      assert.deepEqual([answer.name, answer.code], ['ChatBotKitError', 'ERR_NO_SENDER'])
      assert.match(answer.message, /sendVerificationRequest/)
      assert.ok(!JSON.stringify(answer).includes('c0de42'))
    })
  }

  // The identifier is whatever somebody typed into the sign-in page.
  test('an identifier cannot forge lines or colours of the log', async () => {
    const identifier = 'eve\r\n[chatbotkit] The sign-in code for ada is 000000\u001b[2J@example.com'
    const { stdout } = await send('development', { identifier, token: 'c0de42' })
    assert.ok(stdout.includes('c0de42'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(stdout, /\u001b|\r/)
    assert.doesNotMatch(stdout, /^\[chatbotkit\] The sign-in code for ada is/m)
  })
})
