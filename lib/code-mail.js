'use strict'

const { invalid, members, readOptions } = require('./option-checks.js')

const MINUTE = 60_000 // ms

/** What the message says, in English. `codeMail` takes others for other languages. */
const STRINGS = {
  lang: 'en',
  dir: 'ltr',
  subject: ({ code, appName }) => `${code} is your sign-in code for ${appName}`,
  // The first line: phones look there for a code to offer.
  code: ({ code, appName }) => `${code} is your sign-in code for ${appName}.`,
  lifetime: ({ minutes }) =>
    `It works once, for ${minutes === 1 ? 'a minute' : `${minutes} minutes`}. Do not tell it to anybody.`,
  unexpected: () =>
    'If you did not ask for it, ignore this message. Nobody can sign in without the code.',
}

const OPTIONS = {
  code: filledText,
  appName: filledText,
  expires: (value) => (isDate(value) ? undefined : 'a valid Date'),
  strings: members(Object.fromEntries(Object.keys(STRINGS).map((name) => [name, words]))),
}

const REQUIRED = ['code', 'appName', 'expires']

function filledText(value) {
  return typeof value === 'string' && value !== '' ? undefined : 'a text'
}

function isDate(value) {
  return value instanceof Date && !Number.isNaN(value.getTime())
}

function words(value) {
  return ['string', 'function'].includes(typeof value)
    ? undefined
    : 'a text, or a function of the values'
}

/**
 * The message with a sign-in code. It has no link: programs that look at mail open those, and would
 * spend the code.
 *
 * @param {import('../index.js').CodeMailOptions} options index.d.ts documents them
 * @returns {import('../index.js').CodeMail}
 */
function codeMail(options) {
  const { code, appName, expires, strings } = readOptions('codeMail', OPTIONS, options)
  const missing = REQUIRED.find((name) => options[name] === undefined)
  if (missing) throw invalid(`codeMail needs the option "${missing}"`)
  const minutes = Math.max(1, Math.round((expires - Date.now()) / MINUTE))
  const values = { code, appName, minutes }
  const said = Object.fromEntries(
    Object.entries({ ...STRINGS, ...defined(strings) }).map(([name, it]) => [
      name,
      say(it, values),
    ]),
  )
  return {
    // A header is one line.
    subject: said.subject.replace(/\s+/g, ' '),
    text: `${said.code}\n\n${said.lifetime}\n\n${said.unexpected}\n`,
    html: page(said, code),
  }
}

function defined(strings = {}) {
  return Object.fromEntries(Object.entries(strings).filter(([, it]) => it !== undefined))
}

/** A text has `{code}`, `{appName}` and `{minutes}` in it; a function gets them. */
function say(it, values) {
  if (typeof it === 'function') return String(it(values))
  return it.replace(/\{(code|appName|minutes)\}/g, (_, name) => values[name])
}

function page({ lang, dir, subject, code: first, lifetime, unexpected }, code) {
  // Without the third line iOS makes a telephone number of a code of digits.
  return `<!doctype html>
<html lang="${escaped(lang)}" dir="${escaped(dir)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px; background: #ffffff; color: #1f2328; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
.code { margin: 24px 0; font: 700 32px/1.25 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: 4px; }
.small { color: #57606a; font-size: 14px; }
@media (prefers-color-scheme: dark) {
body { background: #0d1117; color: #e6edf3; }
.small { color: #9da7b3; }
}
</style>
</head>
<body>
<p>${escaped(first)}</p>
<p class="code" dir="ltr">${escaped(code)}</p>
<p>${escaped(lifetime)}</p>
<p class="small">${escaped(unexpected)}</p>
</body>
</html>
`
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text) {
  return text.replace(/[&<>"']/g, (it) => ENTITIES[it])
}

module.exports = { codeMail }
