import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createConnectWorld } from '../../test/connectWorld.ts'
import { AuthpipeProvider } from '../AuthpipeProvider.tsx'
import { MockAuthpipeProvider, mockConnection, type MockAuthpipeProviderProps } from '../testing/index.ts'
import { ConnectionCard, type ConnectionCardProps } from './ConnectionCard.tsx'

beforeEach(() => sessionStorage.clear())

const show = (props: ConnectionCardProps = {}, world: Omit<MockAuthpipeProviderProps, 'children'> = {}) =>
  render(
    <MockAuthpipeProvider latencyMs={1} {...world}>
      <ConnectionCard provider="livechat" {...props} />
    </MockAuthpipeProvider>,
  )
const action = (name: string) => screen.findByRole('button', { name, busy: false })

describe('a card', () => {
  test.each([
    ['Connect LiveChat', undefined],
    ['Manage LiveChat', {}],
    ['Manage LiveChat', { health: { state: 'degraded' } }],
    ['Update permissions LiveChat', { missingScopes: ['chats--all:rw'] }],
    ['Reconnect LiveChat', { status: 'needs_reauth' }],
    ['Update key LiveChat', { status: 'failed', credentialType: 'api_key' }],
    ['Connect LiveChat', { status: 'revoked' }],
  ] as const)('offers “%s” where the connection is %o', async (name, changes) => {
    show({}, { connections: changes ? [mockConnection(changes)] : [] })
    expect(await action(name)).toBeInTheDocument()
  })

  test('keeps its button, and the focus on it, from nothing to a connection', async () => {
    show()
    const button = await action('Connect LiveChat')
    await userEvent.click(button)
    expect(await action('Manage LiveChat')).toBe(button)
    expect(button).toHaveFocus()
  })

  test('says what it is for while it is not connected, and which account once it is', async () => {
    show({ description: 'Bring chats in.' })
    await userEvent.click(await action('Connect LiveChat'))
    expect(screen.queryByText('Bring chats in.')).not.toBeInTheDocument()
    expect(await screen.findByText('acme-support')).toBeInTheDocument()
  })

  test('acts on exactly the connection that it was given', async () => {
    const { client, posted } = createConnectWorld({ connections: [mockConnection({ id: 'a', isDefault: true }), mockConnection({ id: 'b', status: 'needs_reauth' })] })
    render(
      <AuthpipeProvider client={client} queryClient={new QueryClient()}>
        <ConnectionCard connection={mockConnection({ id: 'b' })} />
      </AuthpipeProvider>,
    )
    await userEvent.click(await action('Reconnect LiveChat'))
    expect(posted[0]?.form.fields).toContainEqual(['connectionId', 'b'])
  })

  test('shows what the app puts in the place of its button, and tells it the state', async () => {
    show({ actions: ({ connectionStatus }) => <b>{connectionStatus}</b> }, { connections: [mockConnection()] })
    expect(await screen.findByText('active')).toBeInTheDocument()
    expect(screen.queryByRole('button')).not.toBeInTheDocument()
  })

  test('disconnects after asking, where a browser has no modal dialogs too', async () => {
    show({}, { connections: [mockConnection()] })
    await userEvent.click(await action('Manage LiveChat'))
    await userEvent.click(await screen.findByRole('button', { name: 'Disconnect LiveChat' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Disconnect LiveChat?' })
    expect(dialog).toHaveAccessibleDescription(/^This app gives its access to acme-support back/)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Disconnect' }))
    await waitFor(() => expect(screen.getByRole('button', { name: 'Connect LiveChat' })).toHaveFocus())
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument()
  })

  test('keeps the account in sight while the connections cannot be read again', async () => {
    const { client } = createConnectWorld({ connections: [mockConnection()] })
    const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
    render(
      <AuthpipeProvider client={client} queryClient={queryClient}>
        <ConnectionCard provider="livechat" />
      </AuthpipeProvider>,
    )
    await action('Manage LiveChat')
    vi.spyOn(client, 'call').mockRejectedValue(new TypeError('Failed to fetch'))
    await act(() => queryClient.invalidateQueries())
    expect(screen.getByText('acme-support')).toBeInTheDocument()
  })

  test('needs to be told a provider or a connection', () => {
    expect(() => renderToString(<ConnectionCard />)).toThrow('A ConnectionCard shows a provider or a connection: give it one of the two.')
  })

  test('has parts that say where they belong', () => {
    expect(() => renderToString(<ConnectionCard.Title />)).toThrow('put them inside a ConnectionCard')
  })
})

test('a server renders what the first paint in a browser matches, without a time that both would tell differently', async () => {
  const app = () => (
    <AuthpipeProvider queryClient={new QueryClient()} initialConnections={[mockConnection()]} client={createConnectWorld({ connections: [mockConnection()] }).client}>
      <ConnectionCard provider="livechat" />
    </AuthpipeProvider>
  )
  const html = renderToString(app())
  expect(html).toContain('acme-support')
  expect(html).not.toContain('ago')
  const container = document.createElement('div')
  container.innerHTML = html
  document.body.append(container)
  const recovered = vi.fn()
  const root = await act(() => hydrateRoot(container, app(), { onRecoverableError: recovered }))
  expect(recovered).not.toHaveBeenCalled()
  expect(await screen.findByText(/^Connected (now|.+ ago)$/)).toBeInTheDocument()
  act(() => root.unmount())
  container.remove()
})
