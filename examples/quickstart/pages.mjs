/**
 * The pages, as functions from data to HTML. None of them needs JavaScript in the browser.
 */
import { ADDRESS_LIMIT } from './address.mjs'
import { BASE_PATH } from './auth.mjs'
import { html } from './html.mjs'

/**
 * Auth.js reports an error as a word in the query: https://authjs.dev/reference/core/errors.
 * Everything that is not the person's own doing arrives as `Configuration`.
 */
const ERRORS = {
  Verification: 'That code is not right, or it is no longer valid. Check it, or ask for a new one.',
  MissingCSRF: 'The page was open for too long. Please try again.',
  AccessDenied: 'This address may not sign in here.',
  EmailSignin: 'That does not look like an e-mail address. Please check it.',
  Configuration: 'Something went wrong on our side. Please try again in a moment.',
}

/** What to tell a person about `error`. */
export function errorInWords(error) {
  return error && (Object.hasOwn(ERRORS, error) ? ERRORS[error] : ERRORS.Configuration)
}

export function signInPage({ csrfToken, email, error }) {
  return page(
    'Sign in',
    html`
      <h1>Sign in</h1>
      <p>Enter your e-mail address. We send you a code, there is no password.</p>
      ${alert(error)}
      <form method="post" action="${BASE_PATH}/signin/email">
        <input type="hidden" name="csrfToken" value="${csrfToken}">
        <input type="hidden" name="callbackUrl" value="/dashboard">
        <label for="email">E-mail address</label>
        <input id="email" name="email" type="email" value="${email}" required autofocus
          autocomplete="email" maxlength="${ADDRESS_LIMIT}"${described(error)}>
        <button type="submit">Send me a code</button>
      </form>`,
    error,
  )
}

export function codePage({ email, error }) {
  return page(
    'Enter your code',
    html`
      <h1>Enter your code</h1>
      <p>We have sent a code to ${email ? html`<strong>${email}</strong>` : 'your address'}.
        It is valid for ten minutes and works once.</p>
      ${alert(error)}
      <form method="post" action="/code">
        ${
          email
            ? html`<input type="hidden" name="email" value="${email}">`
            : html`
        <label for="email">E-mail address</label>
        <input id="email" name="email" type="email" required autocomplete="email" maxlength="${ADDRESS_LIMIT}">`
        }
        <label for="code">Code</label>
        <input id="code" name="code" required autofocus autocomplete="one-time-code"
          autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="64"${described(error)}>
        <button type="submit">Sign in</button>
      </form>
      <p><a href="/">Use another address or get a new code</a></p>`,
    error,
  )
}

/** `user` is the sub-account, or undefined when it could not be read; `session` is always there. */
export function dashboardPage({ session, user, error, csrfToken }) {
  const { id, email, name, createdAt } = user ?? session.user
  return page(
    'Dashboard',
    html`
      <h1>Hello, ${name || email}</h1>
      ${alert(error)}
      <p>You are signed in. This is your ChatBotKit sub-account:</p>
      <dl>
        <dt>Id</dt><dd><code>${id}</code></dd>
        <dt>E-mail</dt><dd>${email}</dd>
        <dt>Name</dt><dd>${name || html`<em>not set</em>`}</dd>
        <dt>Created</dt><dd>${createdAt ? time(createdAt) : html`<em>unknown</em>`}</dd>
      </dl>
      <form method="post" action="${BASE_PATH}/signout">
        <input type="hidden" name="csrfToken" value="${csrfToken}">
        <input type="hidden" name="callbackUrl" value="/">
        <button type="submit">Sign out</button>
      </form>`,
    error,
  )
}

/** For errors that belong to no form. `email` is the address of a sign-in that is under way. */
export function errorPage({ error, email }) {
  return page(
    'Sign-in failed',
    html`
      <h1>We could not sign you in</h1>
      ${alert(errorInWords(error) ?? ERRORS.Configuration)}
      ${email && html`<p><a href="/code">Enter your code again</a></p>`}
      <p><a href="/">Start again</a></p>`,
    error,
  )
}

export function notFoundPage() {
  return page(
    'Not found',
    html`
      <h1>There is nothing here</h1>
      <p><a href="/">Go to the start page</a></p>`,
  )
}

function alert(message) {
  return message && html`<p class="error" id="error" role="alert">${message}</p>`
}

function described(error) {
  return error && html` aria-invalid="true" aria-describedby="error"`
}

function time(createdAt) {
  const date = new Date(createdAt)
  return html`<time datetime="${date.toISOString()}">${date.toUTCString()}</time>`
}

function page(title, main, error) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${error && 'Error: '}${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <main>${main}
    </main>
  </body>
</html>
`
}
