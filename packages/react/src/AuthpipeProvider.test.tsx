import { dehydrate, HydrationBoundary, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createConnectWorld } from '../test/connectWorld.ts'
import { AuthpipeProvider } from './AuthpipeProvider.tsx'
import type { AuthpipeEvent } from './client/AuthpipeEvent.ts'
import { ConnectButton } from './connect-button/ConnectButton.tsx'
import { ProviderGrid } from './provider-grid/ProviderGrid.tsx'
import { connectionsQueryOptions, providersQueryOptions } from './queries.ts'
import { Show } from './Show.tsx'
import { mockConnection, mockProviders } from './testing/index.ts'
import { useConnection } from './useConnection.ts'
import { useConnections } from './useConnections.ts'

beforeEach(() => sessionStorage.clear())

describe('the first paint', () => {
  const connections = [mockConnection({ account: { id: '1', label: 'ada@acme.example' } }), mockConnection({ id: 'h', provider: 'help-scout', status: 'needs_reauth' })]

  function Page(): ReactNode {
    const { data: connection, connectionStatus } = useConnection('livechat')
    const { data: all = [] } = useConnections()
    return (
      <main>
        <p>
          {connectionStatus} {connection?.account.label} {all.length}
        </p>
        <Show when={{ provider: 'livechat' }} fallback="not connected" loading="loading">
          connected
        </Show>
        <ConnectButton provider="livechat" />
        <ConnectButton provider="help-scout" />
        <ProviderGrid />
      </main>
    )
  }

  const byProps = (given: boolean) => (
    <AuthpipeProvider
      queryClient={new QueryClient()}
      client={createConnectWorld({ connections }).client}
      {...(given && { initialConnections: connections, initialProviders: mockProviders })}
    >
      <Page />
    </AuthpipeProvider>
  )

  /** What a server component hands to the page: read by the server's own functions, under the keys of the hooks. */
  async function prefetch() {
    const queryClient = new QueryClient()
    await queryClient.prefetchQuery(connectionsQueryOptions(async () => connections))
    await queryClient.prefetchQuery(providersQueryOptions(async () => mockProviders))
    return dehydrate(queryClient)
  }
  const byBoundary = (state: Awaited<ReturnType<typeof prefetch>>) => (
    <QueryClientProvider client={new QueryClient()}>
      <HydrationBoundary state={state}>
        <AuthpipeProvider client={createConnectWorld({ connections }).client}>
          <Page />
        </AuthpipeProvider>
      </HydrationBoundary>
    </QueryClientProvider>
  )

  const ways: readonly [string, string, () => Promise<() => ReactNode>][] = [
    ['nothing', 'loading', async () => () => byProps(false)],
    ['initialConnections and initialProviders', 'ada@acme.example', async () => () => byProps(true)],
    [
      'a HydrationBoundary',
      'ada@acme.example',
      async () => {
        // As it crosses from the server to the browser.
        const state: Awaited<ReturnType<typeof prefetch>> = JSON.parse(JSON.stringify(await prefetch()))
        return () => byBoundary(state)
      },
    ],
  ]

  test.each(ways)('in a browser is what a server has rendered from %s', async (_, expected, prepare) => {
    const tree = await prepare()
    const html = renderToString(tree())
    expect(html).toContain(expected)
    const container = document.createElement('div')
    container.innerHTML = html
    document.body.append(container)
    const recovered = vi.fn()
    const root = await act(async () => hydrateRoot(container, tree(), { onRecoverableError: recovered }))
    expect(recovered).not.toHaveBeenCalled()
    expect(await screen.findByText(/ada@acme.example 2/)).toBeInTheDocument()
    act(() => root.unmount())
    container.remove()
  })

  test('asks the server for nothing that it was given', async () => {
    const world = createConnectWorld({ connections })
    render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient()} initialConnections={connections} initialProviders={mockProviders}>
        <Page />
      </AuthpipeProvider>,
    )
    expect(screen.getByText('connected')).toBeInTheDocument()
    await vi.dynamicImportSettled()
    expect(world.requests).toEqual([])
  })
})

describe('onEvent', () => {
  const openPage = (props: { readonly debug?: boolean; readonly onEvent?: (event: AuthpipeEvent) => void } = {}) => {
    const world = createConnectWorld()
    const events: AuthpipeEvent[] = []
    const view = render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient()} onEvent={(event) => events.push(event)} {...props}>
        <ConnectButton provider="livechat" />
      </AuthpipeProvider>,
    )
    return { world, events, view }
  }

  test('is told of an attempt from the click to the connection', async () => {
    const { world, events } = openPage()
    act(() => void world.client.connectFlow('livechat', undefined, undefined).start())
    const [{ form }] = world.posted as [(typeof world.posted)[0]]
    const sessionId = form.fields.find(([name]) => name === 'sessionId')![1]
    await waitFor(() => expect(world.client.connectFlow('livechat').getState().phase).toBe('waiting'))
    world.finish(sessionId, 'approve')
    await screen.findByRole('button', { name: 'LiveChat Connected' })
    expect(events.map(({ event }) => event)).toEqual(['connect_started', 'window_opened', 'authorization_completed', 'connect_succeeded'])
    expect(events.at(-1)).toEqual({
      event: 'connect_succeeded',
      provider: 'livechat',
      mode: 'popup',
      sessionId,
      connectionId: expect.any(String),
      durationMs: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })
  })

  test('disturbs nothing where it throws', async () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const { world } = openPage({
      onEvent() {
        throw new Error('analytics are down')
      },
    })
    const flow = world.client.connectFlow('livechat')
    const sessionId = flow.start()
    await waitFor(() => expect(flow.getState().phase).toBe('waiting'))
    world.finish(sessionId, 'approve')
    expect(await screen.findByRole('button', { name: 'LiveChat Connected' })).toBeInTheDocument()
    expect(reported).toHaveBeenCalledWith(new Error('analytics are down'))
    vi.unstubAllGlobals()
  })

  test('is on the console too where the app debugs', async () => {
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {})
    const { world } = openPage({ debug: true })
    world.client.emit({ event: 'provider_searched', count: 2 })
    expect(debug).toHaveBeenCalledExactlyOnceWith('authpipe', { event: 'provider_searched', count: 2, at: expect.any(String) })
  })
})

test('goes on with an attempt from before a reload where no button shows it', async () => {
  const world = createConnectWorld()
  const flow = world.client.connectFlow('livechat', undefined, 'installation')
  const sessionId = flow.start()
  await waitFor(() => expect(flow.getState().phase).toBe('waiting'))
  const changed = vi.fn()
  const client = world.reload()
  client.onConnectionsChanged(changed)
  render(<AuthpipeProvider client={client} queryClient={new QueryClient()} />)
  world.finish(sessionId, 'approve')
  await waitFor(() => expect(changed).toHaveBeenCalledWith({ connection: expect.objectContaining({ provider: 'livechat' }) }))
})
