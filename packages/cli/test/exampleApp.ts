// An app that is well: files, a database, a server that answers over HTTP, and stand-ins for its providers.
import { createAuthpipe } from '@authpipe/next'
import { freshdesk, helpScout, livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints, startSandbox, type Sandbox } from '@authpipe/sandbox'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { serveHandler } from '../../next/test/serveHandler.ts'
import { createEncryptionKey } from '../src/randomKeys.ts'
import { nextApp } from './nextApp.ts'
import { tempFolder, type Files } from './tempFolder.ts'

export interface ExampleApp {
  readonly folder: string
  readonly origin: string
  readonly baseUrl: string
  readonly keys: string
  readonly sandbox: Sandbox
}

/** What differs from an app that is well. */
export interface Differences {
  readonly files?: Files
  /** Lines of `.env.local` by name; `undefined` leaves one out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** @defaultValue a file below the app */
  readonly database?: string
}

export const serverFile = `import { createAuthpipe } from '@authpipe/next'
import { freshdesk, helpScout, livechat } from '@authpipe/next/providers'
import { sandboxEndpoints } from '@authpipe/sandbox'
import { readUser } from './user'

const sandbox = process.env.SANDBOX_URL ?? ''
export const authpipe = createAuthpipe({
  providers: [
    livechat({ clientId: process.env.LIVECHAT_CLIENT_ID, clientSecret: process.env.LIVECHAT_CLIENT_SECRET, endpoints: sandboxEndpoints('livechat', sandbox) }),
    helpScout({ clientId: process.env.HELP_SCOUT_CLIENT_ID, clientSecret: process.env.HELP_SCOUT_CLIENT_SECRET, endpoints: sandboxEndpoints('help-scout', sandbox) }),
    freshdesk({ endpoints: sandboxEndpoints('freshdesk', sandbox) }),
  ],
  identify: readUser,
  allowInsecureLoopback: true,
})
`
const userFile = `import type { Principal } from '@authpipe/next'\nimport 'server-only'\nexport const readUser = (): Principal => ({ tenantId: 'org_acme', userId: 'user_123' })\n`
export const routeFile = `import { authpipe } from '@/lib/authpipe'\n\nexport const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers\n`

/** Starts one, which ends with the test. */
export async function openApp({ files = {}, env = {}, database }: Differences = {}): Promise<ExampleApp> {
  const sandbox = await startSandbox()
  let respond: (request: Request) => Promise<Response> = () => Promise.reject(new Error('Not yet.'))
  const { origin, close } = await serveHandler((request) => respond(request), 'http://app.localhost')
  const baseUrl = `${origin}/api/authpipe`
  const keys = createEncryptionKey()
  const clients = { livechat: sandboxClient('livechat'), helpScout: sandboxClient('help-scout') }
  const variables = {
    AUTHPIPE_BASE_URL: baseUrl,
    AUTHPIPE_KEYS: keys,
    ...(database === undefined ? {} : { AUTHPIPE_DATABASE_URL: database }),
    SANDBOX_URL: sandbox.url,
    LIVECHAT_CLIENT_ID: clients.livechat.clientId,
    LIVECHAT_CLIENT_SECRET: clients.livechat.clientSecret,
    HELP_SCOUT_CLIENT_ID: clients.helpScout.clientId,
    HELP_SCOUT_CLIENT_SECRET: clients.helpScout.clientSecret,
    ...env,
  }
  const folder = tempFolder(
    nextApp({
      'lib/authpipe.ts': serverFile,
      'lib/user.ts': userFile,
      'app/api/authpipe/[...authpipe]/route.ts': routeFile,
      '.env.local': Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`])).join(''),
      ...files,
    }),
  )
  install(folder)

  const authpipe = createAuthpipe({
    providers: [
      livechat({ ...clients.livechat, endpoints: sandboxEndpoints('livechat', sandbox.url) }),
      helpScout({ ...clients.helpScout, endpoints: sandboxEndpoints('help-scout', sandbox.url) }),
      freshdesk({ endpoints: sandboxEndpoints('freshdesk', sandbox.url) }),
    ],
    identify: () => ({ tenantId: 'org_acme', userId: 'user_123' }),
    baseUrl,
    keys,
    database: database ?? `file:${join(folder, '.authpipe/authpipe.db')}`,
    allowInsecureLoopback: true,
    maintenance: 'manual',
  })
  respond = async (request) => (new URL(request.url).pathname.startsWith('/api/authpipe/') ? authpipe.handler(request) : new Response('<h1>Integrations</h1>', { headers: { 'content-type': 'text/html' } }))
  await authpipe.storeCredential({ provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_123', credentialType: 'api_key', fields: { apiKey: 'fd-key-CANARY' }, settings: { subdomain: 'northwind' }, verify: false })
  onTestFinished(async () => {
    await close()
    await authpipe.close()
    await sandbox.close()
  })
  return { folder, origin, baseUrl, keys, sandbox }
}

/** Links what the workspace has into an app, as an installation would put it there. */
function install(folder: string): void {
  const source = join(import.meta.dirname, '../node_modules')
  for (const name of ['next', 'react', 'react-dom', 'pg', '@tanstack/react-query', ...readdirSync(join(source, '@authpipe')).map((one) => `@authpipe/${one}`)]) {
    const target = join(folder, 'node_modules', name)
    mkdirSync(join(target, '..'), { recursive: true })
    symlinkSync(join(source, name), target)
  }
}
