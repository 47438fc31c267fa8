import { DatabaseSync } from 'node:sqlite'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { genericOAuth } from 'better-auth/plugins'
import type { HerdSetup, HerdSide } from './HerdSide.ts'

const providerId = 'plain'

function openAuth({ path, sandboxUrl }: HerdSetup) {
  const database = new DatabaseSync(path)
  // What a careful user would set: without a timeout processes that write at once throw at each other.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000')
  const { authorizationEndpoint, tokenEndpoint } = sandboxEndpoints('plain', sandboxUrl)
  return betterAuth({
    database,
    baseURL: 'http://localhost:3000',
    secret: 'a secret that is long enough for a bench and nothing else',
    telemetry: { enabled: false },
    plugins: [genericOAuth({ config: [{ providerId, ...sandboxClient('plain'), authorizationUrl: authorizationEndpoint ?? '', tokenUrl: tokenEndpoint ?? '', authentication: 'basic' }] })],
  })
}

export const betterAuthSide: HerdSide = {
  name: 'better-auth',
  async prepare(setup) {
    const auth = openAuth(setup)
    const { runMigrations } = await getMigrations(auth.options)
    await runMigrations()
    const { internalAdapter } = await auth.$context
    const { id: userId } = await internalAdapter.createUser({ email: 'ada@example.com', name: 'Ada', emailVerified: true }, { method: 'admin' })
    const { id: accountId } = await internalAdapter.createAccount({ userId, providerId, accountId: 'user-ines', ...setup.tokens, accessTokenExpiresAt: new Date(Date.now() - 1) })
    return JSON.stringify({ userId, accountId })
  },
  async open(setup, state) {
    const auth = openAuth(setup)
    await auth.$context
    const body = JSON.parse(state) as { userId: string; accountId: string } // written above
    return async () => (await auth.api.getAccessToken({ body })).accessToken
  },
}
