/** What people do in the example applications, by what they see: headings, labels and buttons. */
import assert from 'node:assert/strict'

export class Person {
  constructor(context, page, world) {
    this.context = context
    this.page = page
    this.world = world
  }

  /** The same browser, in another tab. */
  async newTab() {
    return new Person(this.context, await this.context.newPage(), this.world)
  }

  /** From now on, the application is another server. */
  moveTo({ origin }) {
    this.world = { ...this.world, origin }
  }

  open(path, origin = this.world.origin) {
    return this.page.goto(origin + path)
  }

  async askForCode(email) {
    await this.open('/signin')
    await this.page.getByLabel('E-mail address').fill(email)
    await this.press('Send me a code')
  }

  /** @returns the code that was sent */
  async receiveCode(email) {
    await this.askForCode(email)
    await this.sees('Enter your code')
    return this.world.mailbox.codeFor(email)
  }

  async enterCode(code) {
    await this.page.getByLabel('Code', { exact: true }).fill(code)
    await this.press('Sign in')
  }

  /** @returns the id of the sub-account or contact */
  async signIn(email) {
    await this.enterCode(await this.receiveCode(email))
    return this.accountId()
  }

  async accountId() {
    await this.page.getByRole('heading', { name: /^Hello, / }).waitFor()
    return this.fact('Id')
  }

  /** What the dashboard says about the sub-account or contact. */
  async fact(name) {
    const term = this.page.getByText(name, { exact: true })
    return (await term.locator('xpath=following-sibling::dd[1]').textContent()).trim()
  }

  async signOut() {
    await this.press('Sign out')
    await this.sees('Sign in')
  }

  /** To the bot. */
  async says(text) {
    await this.page.getByLabel('Your message').fill(text)
    await this.press('Send')
  }

  /** Waits until the bot's last answer is `text`, and no more. */
  hears(text) {
    const answers = this.page.getByRole('log').locator('p').filter({ hasText: 'Bot:' })
    return answers.last().getByText(`Bot: ${text}`, { exact: true }).waitFor()
  }

  async deleteAccount() {
    await this.page.getByRole('link', { name: 'Delete my account' }).click()
    await this.sees('Delete my account')
    await this.page.getByRole('checkbox').check()
    await this.press('Delete everything')
    await this.sees('Sign in')
  }

  press(button) {
    return this.page.getByRole('button', { name: button, exact: true }).click()
  }

  sees(heading) {
    return this.page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor()
  }

  /** Waits until the page reacts to keys and buttons. */
  isReady() {
    return this.page.locator('button[type=submit]:enabled').first().waitFor()
  }

  /** Waits for an error in words, where screen readers say it. */
  async isTold(words) {
    const alert = this.page.locator('main [role=alert]')
    await alert.waitFor()
    assert.match(await alert.textContent(), words)
  }
}
