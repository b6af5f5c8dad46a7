import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ChatBotKitError, codeMail } from '../../index.js'

const MINUTE = 60_000 // ms

const inMinutes = (count) => new Date(Date.now() + count * MINUTE)

const mail = (options) =>
  codeMail({ code: '1a2b3c', appName: 'Acme', expires: inMinutes(10), ...options })

describe('codeMail', () => {
  test('has the code in the subject and in the first line of both forms', () => {
    const { subject, text, html } = mail()
    assert.match(subject, /1a2b3c.*Acme/)
    assert.match(text, /^1a2b3c is your sign-in code for Acme\.\n/)
    assert.match(html, /<body>\n<p>1a2b3c is your sign-in code for Acme\.<\/p>\n/)
    assert.match(html, /<p class="code" dir="ltr">1a2b3c<\/p>/)
  })

  test('says the same in both forms', () => {
    const { text, html } = mail()
    for (const sentence of text.trim().split('\n\n')) assert.ok(html.includes(`>${sentence}</p>`))
  })

  test('says for how long the code works', () => {
    for (const [minutes, words] of [
      [10, 'for 10 minutes'],
      [1, 'for a minute'],
      [0, 'for a minute'],
      [-5, 'for a minute'],
    ]) {
      assert.ok(mail({ expires: inMinutes(minutes) }).text.includes(words), words)
    }
  })

  test('has no link, and nothing that is fetched', () => {
    assert.doesNotMatch(mail().html, /href|src=|url\(|https?:|@import|<script/)
    assert.doesNotMatch(mail().text, /https?:/)
  })

  test('is for light and dark screens, and names its language', () => {
    const { html } = mail()
    assert.match(html, /<html lang="en" dir="ltr">/)
    assert.match(html, /name="color-scheme" content="light dark"/)
    assert.match(html, /@media \(prefers-color-scheme: dark\)/)
  })

  test('says every sentence in other words', () => {
    const { subject, text, html } = mail({
      strings: {
        lang: 'de',
        subject: 'Ihr Code für {appName}',
        code: '{code} ist Ihr Code für {appName}.',
        lifetime: ({ minutes }) => `Er gilt ${minutes} Minuten lang.`,
        unexpected: 'Sonst: {unknown}',
      },
    })
    assert.equal(subject, 'Ihr Code für Acme')
    assert.equal(
      text,
      '1a2b3c ist Ihr Code für Acme.\n\nEr gilt 10 Minuten lang.\n\nSonst: {unknown}\n',
    )
    assert.match(html, /<html lang="de" dir="ltr">/)
    assert.match(mail({ strings: { dir: 'rtl' } }).html, /dir="rtl"/)
    assert.equal(mail({ strings: { code: undefined } }).text, mail().text)
  })

  test('shows whatever it is given as text, and keeps a subject on one line', () => {
    const appName = `<b>"A" & 'B'</b>\r\nBcc: x@example.com`
    const { subject, html } = mail({ appName, strings: { lang: '"><script>' } })
    assert.doesNotMatch(subject, /[\r\n]/)
    assert.doesNotMatch(html, /<b>|<script>/)
    assert.ok(html.includes('&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;'))
    // What stands in a value is no place for another one.
    assert.ok(mail({ appName: '{code}', code: '$&' }).text.startsWith('$& is your'))
    assert.equal(
      mail({ appName: '{code}', strings: { code: '{appName}' } }).text.split('\n')[0],
      '{code}',
    )
  })

  test('refuses what is missing, unknown or of another type, without the code', () => {
    for (const options of [
      { code: undefined },
      { code: '' },
      { code: 123456 },
      { appName: undefined },
      { expires: undefined },
      { expires: 'soon' },
      { expires: new Date(Number.NaN) },
      { strings: { greeting: 'Hello' } },
      { strings: { code: 5 } },
      { link: 'https://example.com' },
    ]) {
      assert.throws(
        () => mail(options),
        (error) => {
          assert.ok(error instanceof ChatBotKitError)
          assert.equal(error.code, 'ERR_INVALID_OPTION')
          assert.match(error.message, /codeMail/)
          assert.ok(!error.stack.includes('1a2b3c'))
          return true
        },
      )
    }
    assert.throws(() => codeMail(), { code: 'ERR_INVALID_OPTION' })
  })
})
