import { act, renderHook, waitFor } from '@testing-library/react'
import { QueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { expect, test } from 'vitest'
import { createConnectWorld } from '../test/connectWorld.ts'
import { AuthpipeProvider, type AuthpipeProviderProps } from './AuthpipeProvider.tsx'
import { authpipeKeys } from './queries.ts'
import { mockConnection } from './testing/index.ts'
import { useConnection } from './useConnection.ts'
import { useConnections } from './useConnections.ts'
import { useProviders } from './useProviders.ts'

const connections = [mockConnection({ id: 'a' }), mockConnection({ id: 'b', provider: 'help-scout' }), mockConnection({ id: 'c', status: 'revoked' })]

function openTree(props: Partial<AuthpipeProviderProps> = {}) {
  const world = createConnectWorld({ connections })
  const queryClient = new QueryClient()
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <AuthpipeProvider client={world.client} queryClient={queryClient} {...props}>
      {children}
    </AuthpipeProvider>
  )
  return { world, queryClient, wrapper }
}

test('lists what is connected, and disconnected ones when asked', async () => {
  const { wrapper } = openTree()
  const { result } = renderHook(() => [useConnections(), useConnections({ revoked: true })] as const, { wrapper })
  await waitFor(() => expect(result.current[0].data?.map(({ id }) => id)).toEqual(['a', 'b']))
  expect(result.current[1].data?.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
})

test('asks the server for one provider under a key of its own', async () => {
  const { wrapper, world } = openTree()
  const { result } = renderHook(() => useConnections({ provider: 'help-scout' }), { wrapper })
  await waitFor(() => expect(result.current.data?.map(({ id }) => id)).toEqual(['b']))
  expect(result.current.queryKey).toEqual(authpipeKeys.connections({ provider: 'help-scout' }))
  expect(world.requests).toEqual(['GET /api/authpipe/connections?provider=help-scout'])
})

test('makes one request for many connections, and tells the status of each', async () => {
  const { wrapper, world } = openTree()
  const { result } = renderHook(() => [useConnection('livechat'), useConnection({ connectionId: 'c' }), useConnection('crisp')].map((one) => one.connectionStatus), { wrapper })
  expect(result.current).toEqual(['absent', 'absent', 'absent'])
  await waitFor(() => expect(result.current).toEqual(['active', 'revoked', 'absent']))
  expect(world.requests).toHaveLength(1)
})

test('reads nothing that it was given at the start', async () => {
  const { wrapper, world } = openTree({ initialConnections: connections, initialProviders: [] })
  const { result } = renderHook(() => ({ connection: useConnection('livechat'), providers: useProviders() }), { wrapper })
  expect(result.current.connection.data?.id).toBe('a')
  expect(result.current.providers.data).toEqual([])
  expect(world.requests).toEqual([])
})

test('reads the list again, once, when any tab changed a connection', async () => {
  const { wrapper, world } = openTree()
  const { result } = renderHook(() => [useConnections(), useConnection('livechat'), useConnection('crisp')], { wrapper })
  await waitFor(() => expect(result.current[0]!.isSuccess).toBe(true))
  const channel = new BroadcastChannel('authpipe:changed')
  act(() => channel.postMessage({ v: 1, type: 'authpipe:changed' }))
  await waitFor(() => expect(world.requests).toHaveLength(2))
  channel.close()
  await waitFor(() => expect(result.current[0]!.isFetching).toBe(false))
  expect(world.requests).toHaveLength(2)
})

test('lists the registered providers', async () => {
  const { wrapper } = openTree()
  const { result } = renderHook(() => useProviders(), { wrapper })
  await waitFor(() => expect(result.current.data?.map(({ name }) => name)).toEqual(['LiveChat', 'Help Scout', 'Freshdesk', 'Freshservice', 'Crisp']))
})
