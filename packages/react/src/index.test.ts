import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, expectTypeOf, test } from 'vitest'
import * as entry from './index.ts'
import * as queries from './queries.ts'
import * as testing from './testing/index.ts'

test('exports exactly what is documented', () => {
  expect({ entry: Object.keys(entry), queries: Object.keys(queries), testing: Object.keys(testing) }).toMatchInlineSnapshot(`
    {
      "entry": [
        "AuthpipeError",
        "AuthpipeProvider",
        "createClient",
        "ConnectButton",
        "ConnectionCard",
        "ConnectionList",
        "CredentialDialog",
        "DisconnectDialog",
        "english",
        "HealthBadge",
        "InstallButton",
        "ProviderGrid",
        "ProviderLogo",
        "ReconnectBanner",
        "RequestConnectionLink",
        "RequestedConnection",
        "ScopePicker",
        "useConnect",
        "Show",
        "useCheckConnection",
        "useConnection",
        "useConnectionEffect",
        "useConnections",
        "useDisconnect",
        "useProvider",
        "useProviders",
        "useSuspenseConnection",
        "useSuspenseConnections",
        "useStoreCredential",
      ],
      "queries": [
        "authpipeKeys",
        "checkMutationOptions",
        "disconnectMutationOptions",
        "connectionsQueryOptions",
        "connectionQueryOptions",
        "providersQueryOptions",
      ],
      "testing": [
        "createMockClient",
        "mockScenarios",
        "createMockHandler",
        "MockAuthpipeProvider",
        "mockConnection",
        "mockProviders",
      ],
    }
  `)
})

test('has no member of a connection that could hold a secret', () => {
  type Secretive = Extract<keyof entry.Connection, `${string}${'token' | 'secret' | 'Token' | 'Secret'}${string}`>
  expectTypeOf<Secretive>().toBeNever()
})

test('takes the snippet of the quick start as it stands', () => {
  expectTypeOf<{ provider: 'livechat'; onSuccess: (conn: entry.Connection) => void }>().toExtend<entry.ConnectButtonProps>()
})

test('keeps the query entry callable on a server', () => {
  expect(readFileSync(join(import.meta.dirname, 'queries.ts'), 'utf8')).not.toMatch(/^'use client'/m)
})
