/** What a person does in an application that the quick start or `init` made. */
import { until } from '../../testing/waiting.mjs'

/** How long a page may take whose code is compiled first, on a busy machine, in milliseconds. */
const COMPILING = 120_000

/** The newest code for `email` that a server printed. */
export async function printedCode(server, email) {
  const find = () => server.output().split(`[chatbotkit] The sign-in code for "${email}" is `)
  await until(`a code for ${email}`, () => find().length > 1)
  return /^\w+/.exec(find().at(-1))[0]
}

/**
 * Asks for a code, mistypes it, types it, is signed in, and signs out.
 *
 * @param {import('../e2e/person.mjs').Person} person
 * @param {string} email
 * @param {() => Promise<string>} codeFor
 */
export async function signInAndOut(person, email, codeFor) {
  const { page } = person
  person.context.setDefaultTimeout(COMPILING)
  await person.open('/account')
  await person.sees('Sign in')
  await page.getByLabel('E-mail address').fill(` ${email.toUpperCase()} `)
  await person.press('Send me a code')
  await page.getByText(`We have sent a code to ${email}.`).waitFor()
  const code = await codeFor()

  await page.getByLabel('Code', { exact: true }).fill('wrong')
  await person.press('Sign in')
  await person.page.getByText('That code is not right').waitFor()

  await page.getByLabel('Code', { exact: true }).fill(` ${code.toUpperCase()}`)
  await person.press('Sign in')
  await person.sees(`Hello, ${email}`)

  await person.press('Sign out')
  await page.waitForURL('**/api/auth/signout**')
  await page.locator('button[type=submit]').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/api/'))
  await person.open('/account')
  await person.sees('Sign in')
}
