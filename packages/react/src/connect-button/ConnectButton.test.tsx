import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { Connection } from '@authpipe/core'
import { createConnectWorld, type ConnectWorld } from '../../test/connectWorld.ts'
import type { AppDisplay } from '../AuthpipeContext.ts'
import { AuthpipeProvider } from '../AuthpipeProvider.tsx'
import { InstallButton } from '../install-button/InstallButton.tsx'
import { MockAuthpipeProvider, mockConnection } from '../testing/index.ts'
import { ConnectButton, type ConnectButtonProps } from './ConnectButton.tsx'

beforeEach(() => sessionStorage.clear())

const ready = (name: string) => screen.findByRole('button', { name, busy: false })

describe('connecting', () => {
  test('opens the window, shows the connection and calls onSuccess once, in StrictMode too', async () => {
    const onSuccess = vi.fn()
    render(
      <StrictMode>
        <MockAuthpipeProvider latencyMs={1}>
          <ConnectButton provider="livechat" onSuccess={onSuccess} />
        </MockAuthpipeProvider>
      </StrictMode>,
    )
    await userEvent.click(await ready('Connect LiveChat'))
    expect(await screen.findByRole('button', { name: 'Connected' })).toHaveAttribute('data-status', 'active')
    expect(onSuccess).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ provider: 'livechat' }), { reconnected: false })
  })

  test('calls the callback of the last render', async () => {
    const first = vi.fn()
    const last = vi.fn()
    const tree = (onSuccess: () => void) => (
      <MockAuthpipeProvider latencyMs={1}>
        <ConnectButton provider="livechat" onSuccess={onSuccess} />
      </MockAuthpipeProvider>
    )
    const { rerender } = render(tree(first))
    await userEvent.click(await ready('Connect LiveChat'))
    rerender(tree(last))
    await waitFor(() => expect(last).toHaveBeenCalledTimes(1))
    expect(first).not.toHaveBeenCalled()
  })

  test('shows on both buttons of a provider, and tells the one that was clicked', async () => {
    const [top, bottom] = [vi.fn(), vi.fn()]
    render(
      <MockAuthpipeProvider latencyMs={1}>
        <ConnectButton provider="livechat" onSuccess={top} />
        <ConnectButton provider="livechat" onSuccess={bottom} />
      </MockAuthpipeProvider>,
    )
    await ready('Connect LiveChat').catch(() => undefined)
    const buttons = await screen.findAllByRole('button', { name: 'Connect LiveChat', busy: false })
    await userEvent.click(buttons[1]!)
    expect(screen.getAllByRole('button', { name: 'Connecting…' })).toHaveLength(2)
    await waitFor(() => expect(bottom).toHaveBeenCalledTimes(1))
    expect(top).not.toHaveBeenCalled()
  })

  test('goes on when the button is unmounted, and shows the connection when it is back', async () => {
    const { client, windows, finish, posted } = createConnectWorld()
    const queryClient = new QueryClient()
    const tree = (shown: boolean) => (
      <AuthpipeProvider client={client} queryClient={queryClient}>
        {shown && <ConnectButton provider="livechat" />}
      </AuthpipeProvider>
    )
    const { rerender } = render(tree(true))
    await userEvent.click(await ready('Connect LiveChat'))
    rerender(tree(false))
    const sessionId = posted[0]!.form.fields.find(([name]) => name === 'sessionId')![1]
    finish(sessionId, 'approve')
    rerender(tree(true))
    expect(windows[0]!.closed).toBe(false)
    expect(await screen.findByRole('button', { name: 'Connected' })).toBeInTheDocument()
  })

  test('opens the window before onMutate has been waited for', async () => {
    const world = createConnectWorld()
    render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient({ defaultOptions: { mutations: { onMutate: () => new Promise(() => {}) } } })}>
        <ConnectButton provider="livechat" />
      </AuthpipeProvider>,
    )
    const button = await ready('Connect LiveChat')
    act(() => button.click())
    expect(world.windows).toHaveLength(1)
  })

  test('leaves the window shut where the app’s own onClick prevents it', async () => {
    const world = createConnectWorld()
    render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient()}>
        <ConnectButton provider="livechat" onClick={(event) => event.preventDefault()} />
      </AuthpipeProvider>,
    )
    await userEvent.click(await ready('Connect LiveChat'))
    expect(world.windows).toHaveLength(0)
  })
})

describe('a note that cannot be loaded', () => {
  test('leaves a button that says that the server can’t be reached', async () => {
    vi.doMock('./ConnectNote.tsx', () => {
      throw new TypeError('Failed to fetch dynamically imported module')
    })
    render(
      <MockAuthpipeProvider scenario="never_finishes" latencyMs={1}>
        <ConnectButton provider="livechat" />
      </MockAuthpipeProvider>,
    )
    await userEvent.click(await ready('Connect LiveChat'))
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('The server can’t be reached right now.'))
    vi.doUnmock('./ConnectNote.tsx')
  })
})

describe('an engine that cannot be loaded', () => {
  test('leaves the window that the click has opened, says so, and lets the next click open another', async () => {
    vi.doMock('./connectButtonEngine.tsx', () => {
      throw new TypeError('Failed to fetch dynamically imported module')
    })
    const onError = vi.fn()
    const world = createConnectWorld()
    render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient()}>
        <ConnectButton provider="livechat" onError={onError} />
      </AuthpipeProvider>,
    )
    await userEvent.click(await ready('Connect LiveChat'))
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('The server can’t be reached right now.'))
    const failure = { code: 'network_error', message: 'More code of this page could not be loaded.', retryable: true }
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(failure))
    await userEvent.click(await ready('Connect LiveChat'))
    expect(world.windows.map(({ closed }) => closed)).toEqual([false, false])
    vi.doUnmock('./connectButtonEngine.tsx')
  })
})

describe('a connection that is there', () => {
  test('is shown, and a click does nothing', async () => {
    const { client, windows, requests } = createConnectWorld({ connections: [mockConnection()] })
    render(
      <AuthpipeProvider client={client} queryClient={new QueryClient()}>
        <ConnectButton provider="livechat" />
      </AuthpipeProvider>,
    )
    const button = await ready('LiveChat Connected')
    expect(button).toHaveAttribute('aria-disabled', 'true')
    await userEvent.click(button)
    expect(windows).toHaveLength(0)
    expect(requests).toEqual(['GET /api/authpipe/connections'])
  })

  test('that needs attention is mended under its id', async () => {
    const { client, posted } = createConnectWorld({ connections: [mockConnection({ id: 'conn_1', status: 'needs_reauth' })] })
    render(
      <AuthpipeProvider client={client} queryClient={new QueryClient()}>
        <ConnectButton provider="livechat" />
      </AuthpipeProvider>,
    )
    await userEvent.click(await ready('Reconnect LiveChat'))
    expect(posted[0]!.form.fields).toContainEqual(['connectionId', 'conn_1'])
  })

  test('tells of a change of its status, and not of the first one', async () => {
    const onStatusChange = vi.fn()
    render(
      <MockAuthpipeProvider latencyMs={1} connections={[mockConnection()]}>
        <ConnectButton provider="livechat" connectedAction="disconnect" onStatusChange={onStatusChange} />
      </MockAuthpipeProvider>,
    )
    const button = await ready('LiveChat Connected')
    expect(onStatusChange).not.toHaveBeenCalled()
    await userEvent.click(button)
    await ready('Connect LiveChat')
    expect(onStatusChange).toHaveBeenCalledExactlyOnceWith('absent', 'active')
  })

  test('shows text that came from the provider as text only', async () => {
    render(
      <MockAuthpipeProvider connections={[mockConnection()]} providers={{ livechat: { name: '<img src=x onerror=alert(1)>' } }}>
        <ConnectButton provider="livechat" />
      </MockAuthpipeProvider>,
    )
    await ready('<img src=x onerror=alert(1)> Connected')
    expect(document.querySelector('img')).toBeNull()
  })
})

describe('the menu of a connection', () => {
  const show = (props: Partial<ConnectButtonProps>, connection: Partial<Connection> = {}): ConnectWorld & { readonly queryClient: QueryClient } => {
    const world = createConnectWorld({ connections: [mockConnection({ id: 'conn_1', ...connection })] })
    const queryClient = new QueryClient()
    render(
      <AuthpipeProvider client={world.client} queryClient={queryClient}>
        <ConnectButton provider="livechat" connectedAction="menu" {...props} />
      </AuthpipeProvider>,
    )
    return { ...world, queryClient }
  }
  const open = async (name = 'LiveChat Connected'): Promise<HTMLElement> => {
    const button = await ready(name)
    expect(button).toHaveAttribute('aria-expanded', 'false')
    await userEvent.click(button)
    await screen.findByRole('button', { name: 'Disconnect' })
    expect(button).toHaveAttribute('aria-expanded', 'true')
    return button
  }
  const offered = () => screen.getAllByRole('button').slice(1).map(({ textContent }) => textContent)

  test('is shown and hidden by the button', async () => {
    show({})
    const button = await open()
    expect(offered()).toEqual(['Reconnect', 'Disconnect'])
    await userEvent.click(button)
    expect(offered()).toEqual([])
    expect(button).toHaveAttribute('aria-expanded', 'false')
  })

  test('is left by Escape, and gives the focus back', async () => {
    show({})
    const button = await open()
    await userEvent.tab()
    expect(screen.getByRole('button', { name: 'Reconnect' })).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    expect(offered()).toEqual([])
    expect(button).toHaveFocus()
  })

  test('mends the connection under its id', async () => {
    const { posted } = show({})
    await open()
    await userEvent.click(screen.getByRole('button', { name: 'Reconnect' }))
    expect(posted[0]!.form.fields).toContainEqual(['connectionId', 'conn_1'])
    expect(screen.queryByRole('button', { name: 'Disconnect' })).not.toBeInTheDocument()
  })

  test('connects another account beside it, where several are allowed', async () => {
    const { posted } = show({ allowMultiple: true, connectedAction: undefined })
    await open()
    expect(offered()).toEqual(['Reconnect', 'Connect another account', 'Disconnect'])
    await userEvent.click(screen.getByRole('button', { name: 'Connect another account' }))
    expect(posted).toHaveLength(1)
    expect(posted[0]!.form.fields.map(([name]) => name)).not.toContain('connectionId')
  })

  test('asks for the key of another account', async () => {
    const { windows } = show({ provider: 'freshdesk', allowMultiple: true }, { provider: 'freshdesk', credentialType: 'api_key', settings: { subdomain: 'acme' } })
    await open('Freshdesk Connected')
    expect(offered()).toEqual(['Update key', 'Connect another account', 'Disconnect'])
    await userEvent.click(screen.getByRole('button', { name: 'Connect another account' }))
    const dialog = await screen.findByRole('dialog')
    expect(await within(dialog).findByLabelText('Domain')).toHaveValue('')
    expect(windows).toEqual([])
  })

  test('asks before it disconnects, and gives the focus to the button that connects again', async () => {
    const { requests } = show({})
    const button = await open()
    await userEvent.click(screen.getByRole('button', { name: 'Disconnect' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Disconnect LiveChat?' })
    expect(requests.filter((request) => request.startsWith('DELETE'))).toEqual([])
    await userEvent.click(within(dialog).getByRole('button', { name: 'Disconnect' }))
    await waitFor(() => expect(offered()).toEqual([]))
    expect(button).toHaveTextContent('Connect LiveChat')
    expect(button).toHaveFocus()
    expect(button).not.toHaveAttribute('aria-expanded')
  })

  test('goes when the connection needs attention, which is what a click is for then', async () => {
    const { change, queryClient } = show({})
    await open()
    change('conn_1', { status: 'needs_reauth' })
    await act(() => queryClient.invalidateQueries())
    expect(await ready('Reconnect LiveChat')).not.toHaveAttribute('aria-expanded')
    expect(screen.queryByRole('button', { name: 'Disconnect' })).not.toBeInTheDocument()
  })
})

describe('a user who may not connect', () => {
  const show = async (app?: AppDisplay, Button: typeof ConnectButton | typeof InstallButton = ConnectButton): Promise<void> => {
    const world = createConnectWorld()
    world.refuses = (request) => request.startsWith('GET /api/authpipe/sessions/')
    render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient()} {...(app && { app })}>
        <Button provider="livechat" />
      </AuthpipeProvider>,
    )
    await userEvent.click(await screen.findByRole('button', { name: /LiveChat/, busy: false }))
    await screen.findByText(/^You are not allowed/)
  }
  const app = { name: 'Northwind Desk', requestPage: '/integrations' }

  test('is offered a link for somebody who may', async () => {
    await show(app)
    await userEvent.setup().click(screen.getByRole('button', { name: 'Copy a link for somebody else' }))
    expect(await navigator.clipboard.readText()).toBe(`${location.origin}/integrations?authpipe_connect=livechat`)
  })

  test.each([
    ['where the app has no page for it', undefined, ConnectButton],
    ['for an installation, which such a link does not ask for', app, InstallButton],
  ] as const)('is offered none %s', async (_, display, Button) => {
    await show(display, Button)
    expect(screen.queryByRole('button', { name: 'Copy a link for somebody else' })).not.toBeInTheDocument()
  })
})

describe('without an AuthpipeProvider', () => {
  test('uses the QueryClient of the app and the default base path', async () => {
    const fetch = vi.fn(async () => Response.json({ connections: [mockConnection()] }))
    vi.stubGlobal('fetch', fetch)
    const queryClient = new QueryClient()
    render(
      <QueryClientProvider client={queryClient}>
        <ConnectButton provider="livechat" />
      </QueryClientProvider>,
    )
    expect(await ready('LiveChat Connected')).toBeInTheDocument()
    expect(fetch).toHaveBeenCalledExactlyOnceWith('/api/authpipe/connections', expect.anything())
    expect(queryClient.getQueryCache().getAll()).toHaveLength(1)
    vi.unstubAllGlobals()
  })

  test('makes one request for any number of buttons with a QueryClient of its own', async () => {
    const fetch = vi.fn(async () => Response.json({ connections: [] }))
    vi.stubGlobal('fetch', fetch)
    render(
      <>
        <ConnectButton provider="livechat" onSuccess={(conn) => conn.id} />
        <ConnectButton provider="help-scout" />
      </>,
    )
    await ready('Connect LiveChat')
    await ready('Connect Help Scout')
    expect(fetch).toHaveBeenCalledTimes(1)
    vi.unstubAllGlobals()
  })
})

describe('on a server', () => {
  const connections = [mockConnection()]
  const app = (initialConnections?: typeof connections) => (
    <AuthpipeProvider queryClient={new QueryClient()} {...(initialConnections && { initialConnections })} client={createConnectWorld({ connections }).client}>
      <ConnectButton provider="livechat" />
    </AuthpipeProvider>
  )

  test.each([
    ['a placeholder of the same size', undefined, 'aria-busy="true"'],
    ['the connection that it was given', connections, 'Connected'],
  ])('renders %s, which the first paint in a browser matches', async (_, initial, expected) => {
    const html = renderToString(app(initial))
    expect(html).toContain(expected)
    const container = document.createElement('div')
    container.innerHTML = html
    document.body.append(container)
    const recovered = vi.fn()
    const root = await act(() => hydrateRoot(container, app(initial), { onRecoverableError: recovered }))
    expect(recovered).not.toHaveBeenCalled()
    await ready('LiveChat Connected')
    act(() => root.unmount())
    container.remove()
  })
})

describe('without a network', () => {
  const goOffline = (offline: boolean) =>
    act(async () => {
      vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(!offline)
      window.dispatchEvent(new Event(offline ? 'offline' : 'online'))
    })
  const open = () => {
    const world = createConnectWorld()
    render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient()}>
        <ConnectButton provider="livechat" />
      </AuthpipeProvider>,
    )
    return world
  }
  afterEach(() => goOffline(false))

  test('begins nothing and says why, until the network is back', async () => {
    const { windows } = open()
    const button = await ready('Connect LiveChat')
    await goOffline(true)
    await waitFor(() => expect(button).toHaveAttribute('aria-disabled', 'true'))
    await waitFor(() => expect(button).toHaveAccessibleDescription('You’re offline.'))
    await userEvent.click(button)
    expect(windows).toHaveLength(0)

    await goOffline(false)
    await waitFor(() => expect(button).toHaveAttribute('aria-disabled', 'false'))
    expect(button).toHaveAccessibleDescription('')
    await userEvent.click(button)
    expect(windows).toHaveLength(1)
  })

  test('leaves an attempt that is under way as it is, and asks at once when the network is back', async () => {
    const world = open()
    await userEvent.click(await ready('Connect LiveChat'))
    const flow = world.client.connectFlow('livechat')
    await waitFor(() => expect(flow.getState().phase).toBe('waiting'))
    world.offline = true
    await goOffline(true)
    world.finish(flow.getState().sessionId!, 'approve')
    expect(screen.getByRole('button', { name: 'Connecting…' })).toBeInTheDocument()
    world.offline = false
    await goOffline(false)
    expect(await screen.findByRole('button', { name: 'LiveChat Connected' })).toBeInTheDocument()
  })
})
