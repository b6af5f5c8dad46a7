import { ExpressAuth, getSession } from '@auth/express'
import { protect } from '@chatbotkit/nextauth'
import express from 'express'
import { adapter, config, guard } from './auth.mjs'
import { codePage, dashboardPage } from './pages.mjs'

const PORT = Number(process.env.PORT || 3000)

const app = express()
app.use('/auth', protect(ExpressAuth(config), guard))

/** Browsers ask for it on Auth.js's own page. */
app.get('/favicon.ico', (_, response) => response.sendStatus(204))

app.get('/', async (request, response) => {
  const session = await getSession(request, config)
  if (!session) return response.redirect('/auth/signin')
  response.send(dashboardPage(await adapter.getUser(session.user.id)))
})

app.get('/code', (request, response) => {
  response.send(codePage(request.query.error !== undefined))
})

/** People type capitals and paste spaces; codes are lower-case. */
app.post('/code', express.urlencoded(), (request, response) => {
  const email = String(request.body?.email ?? '')
    .trim()
    .toLowerCase()
  const token = String(request.body?.code ?? '')
    .replace(/\s/g, '')
    .toLowerCase()
  const query = new URLSearchParams({ email, token, callbackUrl: '/' })
  response.redirect(303, `/auth/callback/email?${query}`)
})

const server = app.listen(PORT, 'localhost', () => {
  console.log(`Listening on http://localhost:${server.address().port}`)
})
