import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { QueryClient } from '@tanstack/react-query'
import { createConnectWorld } from '../../test/connectWorld.ts'
import { AuthpipeProvider } from '../AuthpipeProvider.tsx'
import { ConnectButton } from '../connect-button/ConnectButton.tsx'
import { MockAuthpipeProvider, mockConnection } from '../testing/index.ts'
import { InstallButton } from './InstallButton.tsx'

beforeEach(() => sessionStorage.clear())

const installed = mockConnection({ id: 'inst_1', provider: 'crisp', kind: 'installation', attachment: 'tenant', credentialType: 'api_key' })
const ready = (name: string) => screen.findByRole('button', { name, busy: false })

test('starts an installation in a window, also where the provider takes keys too', async () => {
  const world = createConnectWorld()
  render(
    <AuthpipeProvider client={world.client} queryClient={new QueryClient()}>
      <InstallButton provider="crisp" />
    </AuthpipeProvider>,
  )
  await userEvent.click(await ready('Install Crisp'))
  expect(world.windows).toHaveLength(1)
  expect(world.posted[0]?.form.fields).toContainEqual(['kind', 'installation'])
  expect(screen.getByRole('button', { name: 'Installing…' })).toBeInTheDocument()
  expect(await screen.findByText('Finish in the Crisp window.')).toBeInTheDocument()
})

test('shows the installation and hands it to onInstall', async () => {
  const onInstall = vi.fn()
  render(
    <MockAuthpipeProvider latencyMs={1}>
      <InstallButton provider="crisp" onInstall={onInstall} />
    </MockAuthpipeProvider>,
  )
  await userEvent.click(await ready('Install Crisp'))
  expect(await screen.findByRole('button', { name: 'Crisp Installed' })).toHaveAttribute('data-status', 'active')
  expect(onInstall).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ provider: 'crisp', kind: 'installation' }), { reconnected: false })
})

test('is told apart from a connection of the same provider', async () => {
  render(
    <MockAuthpipeProvider latencyMs={1} connections={[installed]}>
      <InstallButton provider="crisp" />
      <ConnectButton provider="crisp" />
    </MockAuthpipeProvider>,
  )
  expect(await ready('Crisp Installed')).toBeInTheDocument()
  expect(await ready('Connect Crisp')).toBeInTheDocument()
})

test('has an attempt of its own beside the sign-in of the provider', async () => {
  const world = createConnectWorld()
  render(
    <AuthpipeProvider client={world.client} queryClient={new QueryClient()}>
      <InstallButton provider="livechat" />
      <ConnectButton provider="livechat" />
    </AuthpipeProvider>,
  )
  await userEvent.click(await ready('Install LiveChat'))
  await userEvent.click(await ready('Connect LiveChat'))
  expect(await screen.findAllByText('Finish in the LiveChat window.')).toHaveLength(2)
  expect(world.windows).toHaveLength(2)
  expect(world.posted[1]?.form.fields.map(([name]) => name)).not.toContain('kind')
})

test('goes on after a reload, and the sign-in of the provider does not go on in its place', async () => {
  const world = createConnectWorld()
  const page = (client = world.client) => (
    <AuthpipeProvider client={client} queryClient={new QueryClient()}>
      <InstallButton provider="livechat" />
      <ConnectButton provider="livechat" />
    </AuthpipeProvider>
  )
  const before = render(page())
  await userEvent.click(await ready('Install LiveChat'))
  await vi.waitFor(() => expect(sessionStorage).toHaveLength(1))
  before.unmount()
  render(page(world.reload()))
  expect(await screen.findByRole('button', { name: 'Installing…' })).toBeInTheDocument()
  expect(await ready('Connect LiveChat')).toBeInTheDocument()
})

test('mends an installation as one', async () => {
  const world = createConnectWorld({ connections: [{ ...installed, status: 'needs_reauth' }] })
  render(
    <AuthpipeProvider client={world.client} queryClient={new QueryClient()}>
      <InstallButton provider="crisp" />
    </AuthpipeProvider>,
  )
  expect(await screen.findByText('Crisp has to be installed again to keep syncing.')).toBeInTheDocument()
  await userEvent.click(await ready('Install Crisp again'))
  expect(world.posted[0]?.form.fields).toEqual(expect.arrayContaining([['kind', 'installation'], ['connectionId', 'inst_1']]))
})

test('reads as the app says', async () => {
  render(
    <MockAuthpipeProvider latencyMs={1} messages={{ connect: 'Verbinden', installButton: { connect: '{provider} einbauen' } }}>
      <InstallButton provider="crisp" />
    </MockAuthpipeProvider>,
  )
  expect(await ready('Crisp einbauen')).toBeInTheDocument()
})
