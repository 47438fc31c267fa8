import { dehydrate, QueryClient } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { createConnectWorld } from '../test/connectWorld.ts'
import { AuthpipeProvider } from './AuthpipeProvider.tsx'
import type { AuthpipeEvent } from './client/AuthpipeEvent.ts'
import { authpipeKeys } from './queries.ts'
import { mockConnection, type MockHandlerOptions } from './testing/index.ts'
import { useConnection } from './useConnection.ts'
import { useStoreCredential } from './useStoreCredential.ts'

const canary = 'CANARY-fd-key-0123456789'
const typed = { settings: { subdomain: 'acme' }, fields: { apiKey: canary } }

function openHook(options: MockHandlerOptions = {}, connectionId?: string) {
  const world = createConnectWorld(options)
  const heard: unknown[] = []
  const tell = (...what: unknown[]): void => void heard.push(what)
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: 3, onMutate: tell, onError: tell, onSettled: tell } } })
  queryClient.getMutationCache().subscribe((event) => tell(event.type, event.mutation?.state))
  queryClient.getQueryCache().subscribe((event) => tell(event.type, event.query.state))
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <AuthpipeProvider client={world.client} queryClient={queryClient}>
      {children}
    </AuthpipeProvider>
  )
  world.client.onEvent((event) => tell(event))
  const callbacks = { onSuccess: vi.fn(), onError: vi.fn() }
  const { result, unmount } = renderHook(
    () => ({
      store: useStoreCredential('freshdesk', { connectionId, ...callbacks }),
      connection: useConnection('freshdesk'),
    }),
    { wrapper },
  )
  return { world, queryClient, result, unmount, callbacks, heard }
}

/** Everything that a printer can reach from a value. */
function print(value: unknown, seen = new Set<unknown>()): string {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return String(value)
  if (seen.has(value)) return ''
  seen.add(value)
  return Reflect.ownKeys(value).map((name) => `${String(name)}: ${print(Reflect.get(value, name), seen)}`).join()
}

test('stores a key, and shows the connection to all who read it', async () => {
  const { world, queryClient, result, callbacks } = openHook()
  await waitFor(() => expect(result.current.connection.isSuccess).toBe(true))
  act(() => result.current.store.mutate(typed))
  expect(queryClient.isMutating({ mutationKey: authpipeKeys.connect('freshdesk') })).toBe(1)
  await waitFor(() => expect(result.current.connection.data).toMatchObject({ provider: 'freshdesk', credentialType: 'api_key', settings: typed.settings }))
  expect(callbacks.onSuccess).toHaveBeenCalledExactlyOnceWith(result.current.store.data, { reconnected: false })
  expect(world.requests).toContain('POST /api/authpipe/connections')
})

test('tells the other tabs', async () => {
  const { result } = openHook()
  const rung = vi.fn()
  const otherTab = new BroadcastChannel('authpipe:changed')
  otherTab.onmessage = ({ data }) => rung(data)
  act(() => result.current.store.mutate(typed))
  await waitFor(() => expect(rung).toHaveBeenCalledExactlyOnceWith({ v: 1, type: 'authpipe:changed' }))
  otherTab.close()
})

test('puts a new key in the place of the old one, under the same id', async () => {
  const before = mockConnection({ id: 'conn_before', provider: 'freshdesk', credentialType: 'api_key', status: 'needs_reauth' })
  const { result, callbacks } = openHook({ connections: [before] }, 'conn_before')
  await act(() => result.current.store.mutateAsync({ fields: typed.fields }))
  expect(callbacks.onSuccess).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'conn_before', status: 'active' }), { reconnected: true })
})

test('rejects with the field that the provider refused, and tries once whatever the app’s defaults say', async () => {
  const { world, result, callbacks } = openHook({ judgeKey: () => 'credential_rejected' })
  act(() => result.current.store.mutate(typed))
  await waitFor(() => expect(result.current.store.error).toMatchObject({ code: 'credential_rejected', message: 'The mock Freshdesk answered as it was told to.', details: { field: 'apiKey' } }))
  expect(world.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  expect(callbacks.onError).toHaveBeenCalledExactlyOnceWith(result.current.store.error)
})

test.each(['approve', 'credential_rejected', 'provider_unreachable', 'internal_error'] as const)(
  'keeps the key out of caches, results, events and callbacks when the answer is %s',
  async (outcome) => {
    const received: unknown[] = []
    const { queryClient, result, callbacks, heard } = openHook({
      judgeKey(body) {
        received.push(body.fields.apiKey)
        return outcome
      },
    })
    const answered = () => callbacks.onSuccess.mock.calls.length + callbacks.onError.mock.calls.length
    act(() => result.current.store.mutate(typed))
    await waitFor(() => expect(answered()).toBe(1))
    await act(() => result.current.store.mutateAsync(typed).catch(() => undefined))
    expect(answered()).toBe(2)
    const seen = print([
      queryClient.getMutationCache().getAll().map(({ state }) => state),
      queryClient.getQueryCache().getAll().map(({ state }) => state),
      dehydrate(queryClient, { shouldDehydrateMutation: () => true }),
      result.current,
      callbacks.onSuccess.mock.calls,
      callbacks.onError.mock.calls,
      heard,
    ])
    expect(received).toEqual([canary, canary])
    expect(seen).toContain('freshdesk')
    expect(seen).not.toContain(canary)
    expect(result.current.store).not.toHaveProperty('variables')
  },
)

test('leaves nothing of itself in the mutation cache once it is gone', async () => {
  const { queryClient, result, unmount } = openHook()
  await act(() => result.current.store.mutateAsync(typed))
  unmount()
  await waitFor(() => expect(queryClient.getMutationCache().getAll()).toEqual([]))
})

test.each([
  ['approve', undefined, ['api_key_submitted', 'connect_succeeded']],
  ['approve', 'conn_before', ['api_key_submitted', 'reconnect_succeeded']],
  ['credential_rejected', undefined, ['api_key_submitted', 'api_key_rejected']],
  ['provider_unreachable', undefined, ['api_key_submitted', 'connect_failed']],
] as const)('tells events where the answer is %s and the connection %s', async (outcome, connectionId, expected) => {
  const connections = connectionId ? [mockConnection({ id: connectionId, provider: 'freshdesk', credentialType: 'api_key' })] : []
  const { world, result } = openHook({ judgeKey: () => outcome, connections }, connectionId)
  const events: AuthpipeEvent[] = []
  world.client.onEvent((event) => events.push(event))
  await act(() => result.current.store.mutateAsync(typed).catch(() => undefined))
  expect(events.map(({ event }) => event)).toEqual(expected)
  expect(events.every(({ provider, mode }) => provider === 'freshdesk' && mode === 'api_key')).toBe(true)
  expect(events.at(-1)?.errorCode).toBe(outcome === 'approve' ? undefined : outcome)
})

test('hands the options of TanStack Query on, and tells their callbacks nothing of what was typed', async () => {
  const world = createConnectWorld()
  const told: unknown[] = []
  const options = { onMutate: (...all: unknown[]) => told.push(all), onSuccess: (...all: unknown[]) => told.push(all), meta: { from: 'test' } }
  const queryClient = new QueryClient()
  const { result } = renderHook(() => useStoreCredential('freshdesk', { mutation: options }), {
    wrapper: ({ children }) => (
      <AuthpipeProvider client={world.client} queryClient={queryClient}>
        {children}
      </AuthpipeProvider>
    ),
  })
  await act(() => result.current.mutateAsync(typed))
  expect(told).toHaveLength(2)
  expect(queryClient.getMutationCache().getAll()[0]?.meta).toEqual({ from: 'test' })
  expect(print(told)).not.toContain(canary)
})
