// One process of the app. It keeps nothing that another one would need.
import { AuthpipeError, createAuthpipe } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { setSignedCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import { parseSigned } from 'hono/utils/cookie'

const secret = process.env.SESSION_SECRET ?? ''
if (secret === '') throw new Error('SESSION_SECRET is missing: set it to 32 or more random characters, the same for both processes.')

/** Who is signed in, by the signed cookie. */
async function readUser(request: Request): Promise<string | undefined> {
  const { user } = await parseSigned(request.headers.get('cookie') ?? '', secret, 'user')
  return user || undefined
}

// AUTHPIPE_DATABASE_URL says where PostgreSQL is, and AUTHPIPE_KEYS has the keys of the vault: both are the same for all processes.
const authpipe = createAuthpipe({
  providers: [livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', process.env.SANDBOX_URL ?? 'http://127.0.0.1:4010') })],
  allowInsecureLoopback: true,
  identify: async (request) => {
    const userId = await readUser(request)
    return userId === undefined ? null : { tenantId: 'org_acme', userId }
  },
})

const app = new Hono()
app.use(async (context, next) => {
  await next()
  context.header('X-Process', String(process.pid))
})
app.all('/api/authpipe/*', (context) => authpipe.handler(context.req.raw))

// A click signs in, since this example is about something else.
app.post('/sign-in', csrf(), async (context) => {
  const { user } = await context.req.parseBody()
  if (user !== 'ada' && user !== 'sam') return context.text('Nobody of this name is here.', 400)
  await setSignedCookie(context, 'user', user, secret, { httpOnly: true, sameSite: 'Lax', secure: process.env.NODE_ENV === 'production' })
  return context.redirect('/', 303)
})

app.get('/', async (context) => {
  const user = await readUser(context.req.raw)
  return context.html(
    user === undefined
      ? html`<form method="post" action="/sign-in"><button name="user" value="ada">Ada</button> <button name="user" value="sam">Sam</button></form>`
      : html`<p>${user}</p>
          <form method="post" action="/api/authpipe/sessions">
            <input type="hidden" name="provider" value="livechat" /><input type="hidden" name="mode" value="redirect" /><input type="hidden" name="returnTo" value="/" />
            <button>Connect LiveChat</button>
          </form>
          <a href="/api/chats">Chats</a>`,
  )
})

app.get('/api/chats', async (context) => {
  const userId = await readUser(context.req.raw)
  if (userId === undefined) return context.json({ error: 'Sign in first.' }, 401)
  try {
    const query = { provider: 'livechat', tenantId: 'org_acme', userId }
    const response = await authpipe.fetch(query, '/agent/action/list_chats', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
    return Response.json(await response.json(), { status: response.status })
  } catch (error) {
    if (error instanceof AuthpipeError) return Response.json({ error: error.code }, { status: error.status })
    throw error
  }
})

await authpipe.start()
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send?.(port))
// Whatever ends the process before it, ends this one too.
process.once('disconnect', () => void authpipe.close().finally(() => process.exit()))
