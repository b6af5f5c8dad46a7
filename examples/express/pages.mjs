const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => ENTITIES[character])

function page(title, main) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
  </head>
  <body><main><h1>${title}</h1>${main}</main></body>
</html>`
}

/** @param {boolean} isWrong whether a code was refused */
export function codePage(isWrong) {
  return page(
    'Enter your code',
    `${isWrong ? '<p role="alert">That code is not right, or it is no longer valid.</p>' : ''}
    <form method="post" action="/code">
      <p><label>E-mail address <input name="email" type="email" autocomplete="email" required></label></p>
      <p><label>Code <input name="code" autocomplete="one-time-code" required></label></p>
      <p><button>Sign in</button></p>
    </form>
    <p><a href="/auth/signin">Get a new code</a></p>`,
  )
}

export function dashboardPage({ id, name, email }) {
  return page(
    `Hello, ${escaped(name ?? email)}`,
    `<p>Your ChatBotKit sub-account is <code>${escaped(id)}</code>.</p>
    <p><a href="/auth/signout">Sign out</a></p>`,
  )
}
