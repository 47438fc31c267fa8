// Plays Acme Helpdesk on this machine: a consent page, a token endpoint that checks what it is sent, and an API of two routes.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { basicAuth } from 'hono/basic-auth'
import { bearerAuth } from 'hono/bearer-auth'
import { html } from 'hono/html'
import { createHash, randomBytes } from 'node:crypto'

/** What a code was given for. */
interface Grant {
  readonly redirectUri: string
  readonly challenge: string
}

const grants = new Map<string, Grant>()
const tokens = new Set<string>()
const random = (): string => randomBytes(24).toString('base64url')
const app = new Hono()

app.get('/oauth/authorize', (context) => {
  const { state = '', redirect_uri: redirectUri = '', code_challenge: challenge = '', code_challenge_method: method } = context.req.query()
  if (method !== 'S256' || !URL.canParse(redirectUri)) return context.text('The request is not complete.', 400)
  const code = random()
  grants.set(code, { redirectUri, challenge })
  const to = new URL(redirectUri)
  to.searchParams.set('code', code)
  to.searchParams.set('state', state)
  return context.html(html`<h1>Acme Helpdesk</h1><a href="${to.href}">Allow</a>`)
})

app.post('/oauth/token', basicAuth({ username: 'example', password: 'example-secret' }), async (context) => {
  const { code = '', code_verifier: verifier = '', redirect_uri: redirectUri } = await context.req.parseBody<Record<string, string>>()
  const grant = grants.get(code)
  grants.delete(code)
  const isRight = grant && grant.redirectUri === redirectUri && grant.challenge === createHash('sha256').update(verifier).digest('base64url')
  if (!isRight) return context.json({ error: 'invalid_grant' }, 400)
  const token = random()
  tokens.add(token)
  return context.json({ access_token: token, token_type: 'Bearer', expires_in: 3600, scope: 'tickets:read' })
})

app.use('/api/*', bearerAuth({ verifyToken: (token) => tokens.has(token) }))
app.get('/api/me', (context) => context.json({ email: 'ada@acme.example' }))
app.get('/api/tickets', (context) => context.json({ tickets: [{ id: 1, subject: 'The printer is on fire' }] }))

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 4020) }, ({ port }) => console.log(`Acme Helpdesk: http://127.0.0.1:${port}`))
