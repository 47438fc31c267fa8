// What the compiler says to an app that registers its providers. It knows the packages as they were built.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'

// A compiler each time, which takes a second where the machine is free.
vi.setConfig({ testTimeout: 60_000 })

const root = join(import.meta.dirname, '..')

const registered = `
import type { Provider } from '@authpipe/core'
import { ConnectButton, Show, useConnect, useConnection, type ProviderId, type ProviderScope } from '@authpipe/react'
declare module '@authpipe/react' {
  interface Register {
    providers: { livechat: Provider<'chats--all:ro' | 'agents--my:ro'>; acme: Provider<'things:read'> }
  }
}
`

/** What the compiler says of a module of an app, and where asked of the types of packages beside it; nothing where all is well. */
async function compile(code: string, { ofPackages = false } = {}): Promise<string> {
  const directory = mkdtempSync(join(root, '.types-'))
  try {
    const tsconfig = { extends: '../tsconfig.base.json', compilerOptions: { types: ['react', 'node'], customConditions: [], skipLibCheck: !ofPackages }, files: ['app.tsx'] }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig))
    writeFileSync(join(directory, 'app.tsx'), code)
    return await new Promise((resolve) => {
      execFile(join(root, 'node_modules/.bin/tsc'), ['-p', directory, '--pretty', 'false'], { cwd: directory }, (_, stdout) => resolve(stdout))
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

test('takes the ids that are registered, and the scopes that they declare', async () => {
  const said = await compile(`${registered}
const id: ProviderId = 'acme'
const scope: ProviderScope<'livechat'> = 'chats--all:ro'
export function App() {
  useConnection('livechat')
  useConnect('acme').mutate({ scopes: ['things:read'] })
  return <Show when={{ provider: 'acme' }}><ConnectButton provider="livechat" scopes={['agents--my:ro']} /></Show>
}
export { id, scope }`)
  expect(said).toBe('')
})

test.each([
  ['a component', `export const App = () => <ConnectButton provider="livechta" />`],
  ['a hook', `export const useApp = () => useConnect('livechta')`],
  ['a condition', `export const App = () => <Show when={{ provider: 'livechta' }} />`],
])('says which ids there are where %s is given another', async (_, code) => {
  const said = await compile(registered + code)
  expect(said.trim().split('\n')).toHaveLength(1)
  expect(said).toMatch(/"livechta"' is not assignable to (type|parameter of type) '("livechat" \| "acme"|"acme" \| "livechat")'/)
})

test('takes any id where nothing is registered', async () => {
  const said = await compile(`import { ConnectButton, useStoreCredential, type ProviderScope } from '@authpipe/react'
export const scope: ProviderScope<'anything'> = 'at:all'
export const App = () => <ConnectButton provider="anything" scopes={['at:all']} settings={{ any: 'thing' }} authMethod="oauth2" />
export const useKey = () => useStoreCredential('anything').mutate({ fields: { any: 'thing' } })`)
  expect(said).toBe('')
})

const servers = `
import type { Provider } from '@authpipe/core'
import { createAuthpipe } from '@authpipe/next'
import { createAuthpipeClient } from '@authpipe/node'
import { ConnectButton } from '@authpipe/react'
const authpipe = createAuthpipe({ providers: [], identify: () => null })
const service = createAuthpipeClient({ baseUrl: 'https://app.example/api/authpipe', secretKey: process.env['AUTHPIPE_SECRET_KEY'] })
const place = { tenantId: 'org_acme', userId: 'ada' }
`

const wrong = [
  `authpipe.getCredential({ provider: 'livechta', ...place })`,
  `authpipe.fetch({ provider: 'livechta', ...place }, '/')`,
  `authpipe.storeCredential({ provider: 'livechta', ...place, credentialType: 'api_key', fields: {} })`,
  `authpipe.createWebhookEndpoint({ provider: 'livechta' })`,
  `authpipe.revokeAll({ provider: 'livechta' })`,
  `authpipe.callbackUrl({ provider: 'livechta' })`,
  `authpipe.listConnections({ provider: 'livechta', ...place })`,
  `service.getCredential({ provider: 'livechta', ...place })`,
]

describe.each(['@authpipe/next', '@authpipe/react', '@authpipe/node', '@authpipe/core'])('registered with %s', (module) => {
  const registration = `declare module '${module}' {
  interface Register { providers: { livechat: Provider<'chats--all:ro'>; acme: Provider<'things:read'> } }
}
`

  test('ids are known to the server, to other services and to components', async () => {
    const said = await compile(`${servers}${registration}
export const answers = [authpipe.getCredential({ provider: 'acme', ...place }), authpipe.fetch({ provider: 'livechat', ...place }, '/'), service.getCredential({ provider: 'acme', ...place })]
export const App = () => <ConnectButton provider="acme" />`)
    expect(said).toBe('')
  })

  test('another one is refused wherever it stands, with those that there are', async () => {
    const said = await compile(`${servers}${registration}export const answers = [\n${wrong.join(',\n')}\n]`)
    const lines = said.trim().split('\n').filter((line) => line.startsWith('app.tsx'))
    expect(lines).toHaveLength(wrong.length)
    for (const line of lines) expect(line).toMatch(/"livechta"' is not assignable to type '("livechat" \| "acme"|"acme" \| "livechat")( \| undefined)?'/)
  })
})

/** Where the app's registrations, as they are, are what is registered. */
const registrations = `
import { createAuthpipe } from '@authpipe/next'
import { crisp, defineProvider, freshdesk, livechat } from '@authpipe/next/providers'
import { ConnectButton, InstallButton, useConnect, useStoreCredential, type ProviderId } from '@authpipe/react'
const acme = defineProvider({
  id: 'acme', name: 'Acme', category: '', description: '', website: '', docsUrl: '', apiBaseUrl: 'https://{tenant}.acme.example', healthCheck: { path: '/me' }, setup: { steps: [] },
  identity: async () => ({ id: '1' }),
  settings: [{ id: 'tenant', label: '', pattern: '.+' }],
  auth: [
    { kind: 'oauth2', authorizationEndpoint: '', tokenEndpoint: '', pkce: 'S256', clientAuthentication: 'client_secret_post', accessTokenLifetimeSeconds: 60, refreshTokenRotation: true, scopes: [{ id: 'things:read', description: '' }] },
    { kind: 'api_key', scheme: 'bearer', fields: [{ id: 'token', label: '', secret: true }] },
  ],
})
const providers = [livechat({ scopes: ['chats--all:ro', 'brand--new:ro'] }), freshdesk(), crisp({ clientId: '', clientSecret: '' }), acme({ attachment: 'tenant' })]
declare module '@authpipe/next' {
  interface Register { providers: typeof providers }
}
const authpipe = createAuthpipe({ providers, identify: () => null })
const place = { tenantId: 'org_acme', userId: 'ada' }
`

test('ids, scopes, settings, fields and kinds of credentials follow from the registrations', async () => {
  const said = await compile(`${registrations}
export const ids: Record<ProviderId, true> = { livechat: true, freshdesk: true, crisp: true, acme: true }
export async function calls(): Promise<readonly string[]> {
  const key = await authpipe.getCredential({ provider: 'freshdesk', ...place, credentialType: 'api_key' })
  const pair = await authpipe.getCredential({ provider: 'crisp', ...place })
  const either = await authpipe.getCredential({ provider: 'acme', ...place })
  const kind: 'oauth_token' | 'api_key' | 'webhook_secret' = either.credentialType
  const none: 'oauth_token' | 'webhook_secret' = (await authpipe.getCredential({ provider: 'livechat', ...place })).credentialType
  await authpipe.storeCredential({ provider: 'freshdesk', ...place, credentialType: 'api_key', fields: { apiKey: 'k' }, settings: { subdomain: 's' } })
  await authpipe.storeCredential({ provider: 'livechat', ...place, credentialType: 'webhook_secret', fields: { secret: 's' } })
  return [key.fields.apiKey, pair.fields.identifier, pair.fields.key, either.fields.token ?? '', kind, none]
}
export function App() {
  useConnect('livechat').mutate({ scopes: ['agents--my:ro', 'brand--new:ro'] })
  useStoreCredential('crisp').mutate({ fields: { identifier: 'i', key: 'k' }, settings: { websiteId: 'w' } })
  return <><ConnectButton provider="acme" settings={{ tenant: 't' }} authMethod="api_key" scopes={['things:read']} /><InstallButton provider="crisp" /></>
}`, { ofPackages: true })
  expect(said).toBe('')
})

test.each([
  ['a scope of another provider', `export const App = () => <ConnectButton provider="acme" scopes={['chats--all:ro']} />`, /"chats--all:ro"' is not assignable to type '"things:read"'/],
  ['a scope that nobody knows', `export const useApp = () => useConnect('acme').mutate({ scopes: ['things:reed'] })`, /"things:reed"' is not assignable to type '"things:read"'/],
  ['a setting of another provider', `export const App = () => <ConnectButton provider="acme" settings={{ subdomain: 's' }} />`, /'subdomain' does not exist in type '\{ readonly tenant\?: string/],
  ['a sign-in where there is a key', `export const App = () => <ConnectButton provider="freshdesk" authMethod="oauth2" />`, /"oauth2"' is not assignable to type '"api_key"/],
  ['a field that the form does not have', `export const useApp = () => useStoreCredential('freshdesk').mutate({ fields: { apikey: 'k' } })`, /'apikey' does not exist in type/],
  ['half of a key', `export const useApp = () => useStoreCredential('crisp').mutate({ fields: { key: 'k' } })`, /Property 'identifier' is missing/],
  ['a key of a provider with a sign-in alone', `export const answer = authpipe.getCredential({ provider: 'livechat', ...place, credentialType: 'api_key' })`, /"api_key"' is not assignable to type '"oauth_token" \| "webhook_secret"/],
  ['a field of another provider', `export const answer = authpipe.getCredential({ provider: 'freshdesk', ...place }).then(({ fields }) => fields.token)`, /Property 'token' does not exist/],
  ['a field to store that there is not', `export const answer = authpipe.storeCredential({ provider: 'freshdesk', ...place, credentialType: 'api_key', fields: { apikey: 'k' } })`, /'apikey' does not exist in type/],
  ['a provider that is built in and not registered', `export const App = () => <ConnectButton provider="help-scout" />`, /"help-scout"' is not assignable to type '"acme" \| "crisp" \| "freshdesk" \| "livechat"'/],
])('%s is one readable error', async (_, code, wanted) => {
  const lines = (await compile(registrations + code)).trim().split('\n').filter((line) => line.startsWith('app.tsx'))
  expect(lines).toEqual([expect.stringMatching(wanted)])
})

test('the server takes any id where nothing is registered', async () => {
  expect(await compile(`${servers}export const answer = authpipe.getCredential({ provider: 'anything', ...place })\nexport const App = () => <ConnectButton provider="anything" />`)).toBe('')
})
