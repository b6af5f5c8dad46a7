/** The senders of docs/mail.md, as they stand there: to a real SMTP server, and to stand-ins for services. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { listen } from '../../testing/listening.mjs'
import { snippetsIn } from './markdown.mjs'
import { installed, runSnippet } from './run-snippet.mjs'

const SNIPPETS = snippetsIn('docs/mail.md').map(({ source }) => source)
const REQUEST = { identifier: 'ada@example.com', token: '1a2b3c' }
const MAIL_FROM = 'Acme <no-reply@acme.example>'

const request = (more) => ({ ...REQUEST, expires: new Date(Date.now() + 600_000), ...more })

/** The sender of docs/mail.md that has `word` in it, with other words in its source, and an environment. */
function sender(t, word, environment, replacements = {}) {
  const found = SNIPPETS.filter((it) => it.includes(word))
  assert.equal(found.length, 1, word)
  const before = Object.keys(environment).map((name) => [name, process.env[name]])
  Object.assign(process.env, environment)
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  let [source] = found
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(source.includes(from), from)
    source = source.replaceAll(from, to)
  }
  return runSnippet(source).sendCode
}

/** A mail server that keeps what it is given. */
async function startMailServer(t) {
  const { SMTPServer } = installed('smtp-server')
  const messages = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) =>
      done(password === 'sesame' ? null : new Error('Wrong password'), { user: username }),
    onData(stream, { envelope }, done) {
      stream.toArray().then((chunks) => {
        const recipients = envelope.rcptTo.map(({ address }) => address)
        messages.push({ recipients, raw: Buffer.concat(chunks).toString() })
        done()
      }, done)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.server.address()
  return { messages, url: (password) => `smtp://user:${password}@127.0.0.1:${port}` }
}

/** A mail service that keeps what it is given, and answers with `status`. */
async function startService(t, status = 200) {
  const requests = []
  const server = createServer(async (incoming, response) => {
    const body = Buffer.concat(await incoming.toArray()).toString()
    const { method, url, headers } = incoming
    requests.push({ method, url, headers, body: JSON.parse(body) })
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  const { port, close } = await listen(server)
  t.after(close)
  return { requests, url: `http://127.0.0.1:${port}` }
}

describe('docs/mail.md', () => {
  it('sends over SMTP, as text and as HTML', async (t) => {
    const server = await startMailServer(t)
    const send = sender(t, 'nodemailer', { SMTP_URL: server.url('sesame'), MAIL_FROM })
    await send(request())
    const [{ recipients, raw }] = server.messages
    assert.deepEqual(recipients, ['ada@example.com'])
    assert.match(raw, /^From: Acme <no-reply@acme\.example>\r$/m)
    assert.match(raw, /^Subject: 1a2b3c is your sign-in code for Acme\r$/m)
    assert.match(raw, /^Content-Type: multipart\/alternative/m)
    assert.match(raw, /\r\n\r\n1a2b3c is your sign-in code for Acme\.\r\n/)
    assert.match(raw, /<p class=(3D)?"code"/)
  })

  it('sends to one address over SMTP, whatever it has in it', async (t) => {
    const server = await startMailServer(t)
    const send = sender(t, 'nodemailer', { SMTP_URL: server.url('sesame'), MAIL_FROM })
    await send(request({ identifier: 'ada@example.com,eve@example.com' })).catch(() => {})
    assert.ok(server.messages.every(({ recipients }) => !recipients.includes('eve@example.com')))
  })

  it('fails where the SMTP server refuses', async (t) => {
    const server = await startMailServer(t)
    const send = sender(t, 'nodemailer', { SMTP_URL: server.url('wrong'), MAIL_FROM })
    await assert.rejects(send(request()), /Wrong password|Invalid login/)
  })

  it('sends through Resend', async (t) => {
    const service = await startService(t)
    const environment = { RESEND_API_KEY: 're_123', MAIL_FROM }
    const send = sender(t, 'resend.com', environment, { 'https://api.resend.com': service.url })
    await send(request())
    const [{ method, url, headers, body }] = service.requests
    assert.deepEqual([method, url], ['POST', '/emails'])
    assert.equal(headers.authorization, 'Bearer re_123')
    assert.deepEqual(Object.keys(body).sort(), ['from', 'html', 'subject', 'text', 'to'])
    assert.deepEqual([body.from, body.to], [MAIL_FROM, ['ada@example.com']])
    assert.match(body.text, /^1a2b3c is/)
  })

  it('sends through Postmark', async (t) => {
    const service = await startService(t)
    const environment = { POSTMARK_SERVER_TOKEN: 'server-token', MAIL_FROM }
    const replacements = { 'https://api.postmarkapp.com': service.url }
    const send = sender(t, 'postmarkapp.com', environment, replacements)
    await send(request())
    const [{ method, url, headers, body }] = service.requests
    assert.deepEqual([method, url], ['POST', '/email'])
    assert.equal(headers['x-postmark-server-token'], 'server-token')
    const names = ['From', 'HtmlBody', 'MessageStream', 'Subject', 'TextBody', 'To']
    assert.deepEqual(Object.keys(body).sort(), names)
    assert.match(body.TextBody, /^1a2b3c is/)
    assert.match(body.HtmlBody, /class="code"/)
  })

  it('fails where a service refuses', async (t) => {
    const service = await startService(t, 422)
    for (const [word, address] of [
      ['resend.com', 'https://api.resend.com'],
      ['postmarkapp.com', 'https://api.postmarkapp.com'],
    ]) {
      const send = sender(t, word, {}, { [address]: service.url })
      await assert.rejects(send(request()), /answered 422/)
    }
  })

  it('says it in German', () => {
    const source = SNIPPETS.find((it) => it.includes('germanMail'))
    const { text } = runSnippet(source).germanMail('1a2b3c', new Date(Date.now() + 600_000))
    assert.match(
      text,
      /^1a2b3c ist Ihr Anmeldecode für Acme\.\n\nEr gilt einmal, 10 Minuten lang\./,
    )
  })
})
