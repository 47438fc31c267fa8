// What a real `next build` and a real server of it do with what must not reach a browser or a cache.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateKey } from '../../src/vault/keyring.ts'
import { HostApp } from './HostApp.ts'

const canary = 'CANARY_secret_of_the_host_app'

const authpipe = `
import { createAuthpipe } from '@authpipe/next'
import { helpScout } from '@authpipe/next/providers'
export const authpipe = createAuthpipe({
  providers: [helpScout({ clientId: 'id', clientSecret: process.env.CLIENT_SECRET })],
  identify: () => null,
  baseUrl: 'https://app.example.com/api/authpipe',
  database: 'file:' + process.env.DATABASE,
  maintenance: 'manual',
})
export const query = { provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret' }
`
const shown = `'use client'
export function Shown(props) { return <p>{JSON.stringify(props)}</p> }
`
/** A page whose body waits for a request, as a page about somebody's connections does. */
const page = (before: string, body: string): string => `
import { Suspense } from 'react'
import { connection } from 'next/server'
import { authpipe, query } from '../../authpipe.js'
import { Shown } from '../Shown.jsx'
${before}
async function Body() { await connection(); ${body} }
export default function Page() { return <Suspense fallback="…"><Body /></Suspense> }
`

// NX-1, SC-4
describe('a client component that imports @authpipe/next', () => {
  it('fails the build, which says why and where', { timeout: 180_000 }, async () => {
    const app = await HostApp.create({ 'app/page.jsx': `'use client'\nimport { createAuthpipe } from '@authpipe/next'\nexport default function Page() { return <p>{typeof createAuthpipe}</p> }` })
    try {
      const { passed, output } = await app.build()

      expect(passed).toBe(false)
      expect(output).toMatch(/packages\/next\/dist\/clientComponent\.js[^]+cannot be imported from a Client Component module[^]+should only be used from a Server Component[^]+app\/page\.jsx \[Client Component Browser\]/)
    } finally {
      await app.close()
    }
  })
})

describe('an app with cacheComponents', { timeout: 180_000 }, () => {
  let app: HostApp
  let build: { readonly passed: boolean; readonly output: string }
  let url: string

  beforeAll(async () => {
    app = await HostApp.create(
      {
        'authpipe.js': authpipe,
        'app/Shown.jsx': shown,
        'app/page.jsx': 'export default function Page() { return <p>Static.</p> }',
        'app/api/authpipe/[...authpipe]/route.js': `import { authpipe } from '../../../../authpipe.js'\nexport const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers`,
        'app/seed/route.js': `import { authpipe, query } from '../../authpipe.js'\nexport async function POST() { await authpipe.storeCredential({ ...query, fields: { secret: process.env.SEED } }); return new Response('stored') }`,
        'app/used/page.jsx': page('', `const { credential } = await authpipe.getCredential(query); return <p>It has {credential.length} characters.</p>`),
        'app/listed/page.jsx': page('', `const connections = await authpipe.listConnections({ tenantId: 'org_acme' }); return <Shown connections={connections} />`),
        'app/leaked/page.jsx': page('', 'return <Shown credential={await authpipe.getCredential(query)} />'),
        'app/leaked-headers/page.jsx': page('', 'return <Shown headers={(await authpipe.getCredential(query)).headers} />'),
        'app/leaked-config/page.jsx': page('', 'return <Shown authpipe={authpipe} />'),
        'app/cached/page.jsx': page(`async function read() { 'use cache'; return authpipe.getCredential(query) }`, 'const credential = await read(); return <p>{String(credential.credential)}</p>'),
      },
      { AUTHPIPE_KEYS: generateKey(), CLIENT_SECRET: 'CANARY_client_secret', SEED: canary },
    )
    build = await app.build()
    if (!build.passed) throw new Error(build.output)
    url = await app.start()
    await fetch(`${url}/seed`, { method: 'POST' })
  }, 180_000)
  afterAll(() => app.close())

  const read = async (path: string): Promise<string> => (await fetch(url + path)).text()

  // NX-6: ƒ is what Next.js makes anew for each request.
  it('is built without a key, a database or a request', () => {
    expect(build.output).toMatch(/ƒ \/api\/authpipe\/\[\.\.\.authpipe\]/)
  })

  it('uses a credential on the server', async () => {
    expect(await read('/used')).toContain(`${canary.length}`)
  })

  it('passes connections to a client component', async () => {
    expect(await read('/listed')).toContain('connections')
  })

  // NX-2
  it.each(['/leaked', '/leaked-headers', '/leaked-config'])('refuses to pass what holds a secret to a client component: %s', async (path) => {
    const answers = [await read(path), await (await fetch(url + path, { headers: { rsc: '1' } })).text()]

    for (const answer of answers) expect(answer).not.toContain('CANARY')
    expect(app.output).toMatch(/Only plain objects, and a few built-ins, can be passed to Client Components|Functions cannot be passed directly to Client Components/)
  })

  // NX-3
  it('puts no credential into a cache that a cached function would fill', async () => {
    expect(await read('/cached')).not.toContain('CANARY')
  })

  // NX-3, LK-4: after the pages above were asked for.
  it('leaves no secret in what it was built of and in what it cached or wrote', async () => {
    const leaks = (await app.files('.next')).filter(([, bytes]) => bytes.includes('CANARY')).map(([name]) => name)

    expect(leaks).toEqual([])
    expect(app.output).not.toContain('CANARY')
  })
})
