// What the compiler says to an app that registers its providers. It knows the packages as they were built.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

const registered = `
import type { Provider } from '@authpipe/core'
import { ConnectButton, Show, useConnect, useConnection, type ProviderId, type ScopeId } from '@authpipe/react'
declare module '@authpipe/react' {
  interface Register {
    providers: { livechat: Provider<'chats--all:ro' | 'agents--my:ro'>; acme: Provider<'things:read'> }
  }
}
`

/** What the compiler says of a module of an app; nothing where all is well. */
async function compile(code: string): Promise<string> {
  const directory = mkdtempSync(join(root, '.types-'))
  try {
    const tsconfig = { extends: '../tsconfig.base.json', compilerOptions: { types: ['react', 'node'], customConditions: [] }, files: ['app.tsx'] }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig))
    writeFileSync(join(directory, 'app.tsx'), code)
    return await new Promise((resolve) => {
      execFile(join(root, 'node_modules/.bin/tsc'), ['-p', directory, '--pretty', 'false'], { cwd: directory }, (_, stdout) => resolve(stdout))
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

test('takes the ids that are registered, and offers the scopes that they declare', async () => {
  const said = await compile(`${registered}
const id: ProviderId = 'acme'
const scope: ScopeId<'livechat'> = 'chats--all:ro'
type Offered = Extract<ScopeId<'acme'>, 'things:read' | 'chats--all:ro'>
const offered: Offered = 'things:read'
export function App() {
  useConnection('livechat')
  useConnect('acme').mutate({ scopes: ['things:read', 'one that the definition does not know'] })
  return <Show when={{ provider: 'acme' }}><ConnectButton provider="livechat" scopes={['agents--my:ro']} /></Show>
}
export { id, scope, offered }`)
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
  const said = await compile(`import { ConnectButton, type ScopeId } from '@authpipe/react'
export const scope: ScopeId<'anything'> = 'at:all'
export const App = () => <ConnectButton provider="anything" scopes={['at:all']} />`)
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

test('the server takes any id where nothing is registered', async () => {
  expect(await compile(`${servers}export const answer = authpipe.getCredential({ provider: 'anything', ...place })\nexport const App = () => <ConnectButton provider="anything" />`)).toBe('')
})
