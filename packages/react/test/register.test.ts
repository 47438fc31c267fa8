// @vitest-environment node
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..')

const registered = `
import type { Provider } from '@authpipe/core'
import { ConnectButton, Show, useConnect, useConnection, type ProviderId, type ScopeId } from '@authpipe/react'
declare module '@authpipe/react' {
  interface Register {
    providers: { livechat: Provider<'chats--all:ro' | 'agents--my:ro'>; acme: Provider<'things:read'> }
  }
}
`

/** What the compiler says of a module of an app, which knows the built package; nothing where all is well. */
async function compile(code: string): Promise<string> {
  const directory = mkdtempSync(join(folder, '.types-'))
  try {
    const tsconfig = { extends: '../../../tsconfig.base.json', compilerOptions: { types: ['react'], customConditions: [] }, files: ['app.tsx'] }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig))
    writeFileSync(join(directory, 'app.tsx'), code)
    return await new Promise((resolve) => {
      execFile(join(folder, 'node_modules/.bin/tsc'), ['-p', directory, '--pretty', 'false'], { cwd: directory }, (_, stdout) => resolve(stdout))
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
