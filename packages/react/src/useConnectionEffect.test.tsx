import { act, waitFor } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { renderInWorld } from '../test/renderInWorld.tsx'
import { mockConnection } from './testing/index.ts'
import { useConnect } from './useConnect.ts'
import { useConnectionEffect } from './useConnectionEffect.ts'
import { useConnections } from './useConnections.ts'
import { useDisconnect } from './useDisconnect.ts'

beforeEach(() => sessionStorage.clear())

function openEffects(connections = [mockConnection({ id: 'a' })]) {
  const effects = { onConnect: vi.fn(), onReconnect: vi.fn(), onDisconnect: vi.fn(), onNeedsReauth: vi.fn() }
  const opened = renderInWorld(
    () => {
      useConnectionEffect(effects)
      return { list: useConnections({ revoked: true }), connect: useConnect('livechat'), disconnect: useDisconnect() }
    },
    { connections },
  )
  const told = () => Object.entries(effects).flatMap(([name, effect]) => effect.mock.calls.map(([connection]) => `${name} ${connection.id}`))
  /** Reads the list again, until what came is on the page. */
  const read = async () => {
    await act(() => opened.result.current.list.refetch())
    const { queryKey } = opened.result.current.list
    await waitFor(() => expect(opened.result.current.list.data).toEqual(opened.queryClient.getQueryData(queryKey)))
  }
  /** Lets the user approve, once the server knows of the attempt. */
  const approve = async (sessionId: string, flow = opened.world.client.connectFlow('livechat')) => {
    await waitFor(() => expect(flow.getState().phase).toBe('waiting'))
    opened.world.finish(sessionId, 'approve')
  }
  return { ...opened, effects, told, read, approve, ready: () => waitFor(() => expect(opened.result.current.list.isSuccess).toBe(true)) }
}

test('is silent about what the page finds when it opens', async () => {
  const { told, ready, read } = openEffects([mockConnection({ id: 'a' }), mockConnection({ id: 'b', status: 'needs_reauth' }), mockConnection({ id: 'c', status: 'revoked' })])
  await ready()
  await read()
  expect(told()).toEqual([])
})

test('tells of a connection that an attempt on this page has made, once', async () => {
  const { told, ready, read, result, approve, effects } = openEffects([])
  await ready()
  act(() => result.current.connect.mutate())
  await approve(result.current.connect.sessionId!)
  await waitFor(() => expect(effects.onConnect).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ provider: 'livechat', status: 'active' })))
  await read()
  expect(told()).toHaveLength(1)
})

test('tells of it also where the component that started the attempt is gone', async () => {
  const { ready, world, approve, effects } = openEffects([])
  await ready()
  const flow = world.client.connectFlow('livechat')
  const detach = flow.attach({ current: {} })
  const sessionId = flow.start()
  detach()
  await approve(sessionId)
  await waitFor(() => expect(effects.onConnect).toHaveBeenCalledTimes(1))
})

test('tells of a connection that was mended apart from a new one', async () => {
  const { told, ready, world, approve } = openEffects([mockConnection({ id: 'a', status: 'needs_reauth' })])
  await ready()
  const flow = world.client.connectFlow('livechat', 'a')
  await approve(flow.start(), flow)
  await waitFor(() => expect(told()).toEqual(['onReconnect a']))
})

test('tells of a connection that this page has disconnected, once the server has done it', async () => {
  const { told, ready, read, result, world } = openEffects()
  await ready()
  world.offline = true
  await act(() => result.current.disconnect.mutateAsync({ connectionId: 'a' }).catch(() => {}))
  expect(told()).toEqual([])
  world.offline = false
  await act(() => result.current.disconnect.mutateAsync({ connectionId: 'a' }))
  await read()
  expect(told()).toEqual(['onDisconnect a'])
})

test('tells once of a disconnect that the server lists too', async () => {
  const { told, ready, read, world } = openEffects()
  await ready()
  world.change('a', { status: 'revoked', statusReason: 'disconnected' })
  act(() => world.client.announce(mockConnection({ id: 'a' }), { ended: true }))
  await read()
  expect(told()).toEqual(['onDisconnect a'])
})

test('tells what the server has found since: lost grants, and connections that were ended elsewhere', async () => {
  const { told, ready, read, world } = openEffects([mockConnection({ id: 'a' }), mockConnection({ id: 'b' })])
  await ready()
  world.change('a', { status: 'needs_reauth' })
  world.change('b', { status: 'revoked', statusReason: 'uninstalled' })
  await read()
  await read()
  expect(told()).toEqual(['onDisconnect b', 'onNeedsReauth a'])
})

test('leaves out what it was given no effect for', async () => {
  const { result, world } = renderInWorld(
    () => {
      useConnectionEffect({})
      return useConnections({ revoked: true })
    },
    { connections: [mockConnection({ id: 'a' })] },
  )
  await waitFor(() => expect(result.current.isSuccess).toBe(true))
  world.change('a', { status: 'needs_reauth' })
  await act(() => result.current.refetch())
  await waitFor(() => expect(result.current.data).toMatchObject([{ status: 'needs_reauth' }]))
})
