import { QueryClient, useIsMutating } from '@tanstack/react-query'
import { act, render, renderHook, screen, waitFor } from '@testing-library/react'
import { StrictMode, type ReactNode } from 'react'
import { beforeEach, expect, expectTypeOf, test, vi } from 'vitest'
import { createConnectWorld } from '../test/connectWorld.ts'
import { AuthpipeProvider } from './AuthpipeProvider.tsx'
import type { Connection } from './index.ts'
import { authpipeKeys } from './queries.ts'
import { useConnect } from './useConnect.ts'

beforeEach(() => sessionStorage.clear())

function openHook() {
  const world = createConnectWorld()
  const queryClient = new QueryClient()
  const callbacks = { onSuccess: vi.fn(), onCancel: vi.fn() }
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <StrictMode>
      <AuthpipeProvider client={world.client} queryClient={queryClient}>
        {children}
      </AuthpipeProvider>
    </StrictMode>
  )
  const { result } = renderHook(() => ({ connect: useConnect('livechat', callbacks), running: useIsMutating({ mutationKey: authpipeKeys.connect() }, queryClient) }), { wrapper })
  return { world, result, callbacks, wrapper, hook: () => result.current.connect }
}

test('passes the mutation through, with the phase of the attempt beside it', async () => {
  const { world, hook, result } = openHook()
  expect(hook()).toMatchObject({ status: 'idle', phase: 'idle', sessionId: undefined })
  act(() => hook().mutate())
  expect(hook()).toMatchObject({ phase: 'opening', sessionId: expect.any(String) })
  await waitFor(() => expect(hook()).toMatchObject({ status: 'pending' }))
  expect(result.current.running).toBe(1)
  world.finish(hook().sessionId!, 'approve')
  await waitFor(() => expect(hook()).toMatchObject({ status: 'success', phase: 'done', data: { provider: 'livechat' } }))
})

test('gives two callers of one attempt the same connection', async () => {
  const { world, hook } = openHook()
  let both: readonly Promise<Connection>[] = []
  act(() => {
    both = [hook().mutateAsync(), hook().mutateAsync()]
  })
  await waitFor(() => expect(hook().phase).toBe('waiting'))
  world.finish(hook().sessionId!, 'approve')
  const [first, second] = await act(() => Promise.all(both))
  expect(world.windows).toHaveLength(1)
  expect(first).toEqual(second)
  expectTypeOf(first!).toEqualTypeOf<Connection>()
})

test('rejects with connect_cancelled when the user cancels', async () => {
  const { hook, callbacks } = openHook()
  act(() => hook().mutate())
  await waitFor(() => expect(hook().isPending).toBe(true))
  act(() => hook().cancel())
  await waitFor(() => expect(hook().error).toMatchObject({ code: 'connect_cancelled', message: 'The attempt was given up.' }))
  expect(hook().connectError).toBe(hook().error)
  expect(callbacks.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'user' })
})

test('starts over in a new window with the same variables', async () => {
  const { world, hook, callbacks } = openHook()
  act(() => hook().mutate({ scopes: ['customers:ro'] }))
  await waitFor(() => expect(hook().isPending).toBe(true))
  act(() => hook().reopen())
  expect(world.windows).toHaveLength(2)
  expect(world.posted[1]!.form.fields).toContainEqual(['scopes', 'customers:ro'])
  await waitFor(() => expect(callbacks.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'superseded' }))
  expect(world.windows[0]!.closed).toBe(true)
})

test('hears of a success after a presumed close', async () => {
  const { world, hook, callbacks } = openHook()
  act(() => hook().mutate())
  const sessionId = hook().sessionId!
  world.focused = world.windows[0]!.closed = true
  await waitFor(() => expect(callbacks.onCancel).toHaveBeenCalledExactlyOnceWith({ reason: 'presumed_closed' }))
  world.finish(sessionId, 'approve')
  await waitFor(() => expect(callbacks.onSuccess).toHaveBeenCalledTimes(1))
})

test('gives the form of a blocked window to a component of one’s own', async () => {
  const { world, wrapper } = openHook()
  world.blocked = true
  function Own() {
    const { mutate, phase, getFormProps } = useConnect('livechat')
    const form = getFormProps()
    return phase === 'blocked' ? <form {...form} aria-label="tab">{form.children}</form> : <button onClick={() => mutate({ settings: { subdomain: 'acme' } })}>Go</button>
  }
  render(<Own />, { wrapper })
  act(() => screen.getByText('Go').click())
  const form = await screen.findByRole<HTMLFormElement>('form', { name: 'tab' })
  expect(form).toMatchObject({ method: 'post', target: '_blank' })
  expect(Object.fromEntries(new FormData(form))).toMatchObject({ provider: 'livechat', 'settings.subdomain': 'acme', sessionId: expect.any(String) })
})
