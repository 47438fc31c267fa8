import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, test } from 'vitest'
import { createConnectWorld } from '../../test/connectWorld.ts'
import { AuthpipeProvider } from '../AuthpipeProvider.tsx'
import { MockAuthpipeProvider, mockConnection, type MockAuthpipeProviderProps } from '../testing/index.ts'
import { ConnectionList, type ConnectionListProps } from './ConnectionList.tsx'

beforeEach(() => sessionStorage.clear())

const show = (props: ConnectionListProps = {}, world: Omit<MockAuthpipeProviderProps, 'children'> = {}) =>
  render(
    <MockAuthpipeProvider latencyMs={1} {...world}>
      <ConnectionList {...props} />
      <p>Elsewhere</p>
    </MockAuthpipeProvider>,
  )
const rows = async (): Promise<(string | undefined)[]> => (await screen.findAllByRole('listitem')).map(({ dataset: { provider, status } }) => `${provider} ${status}`)

const livechat = mockConnection()
const broken = mockConnection({ id: 'conn_2', provider: 'help-scout', status: 'needs_reauth' })

test('puts what needs attention first', async () => {
  show({}, { connections: [livechat, broken] })
  expect(await rows()).toEqual(['help-scout needs_reauth', 'livechat active'])
})

test('leaves a row where it is when its connection is mended', async () => {
  show({}, { connections: [livechat, broken] })
  await userEvent.click(await screen.findByRole('button', { name: 'Reconnect Help Scout' }))
  await screen.findByRole('button', { name: 'Manage Help Scout' })
  expect(await rows()).toEqual(['help-scout active', 'livechat active'])
})

test('lists integrations that are not connected, and every account of those that are', async () => {
  const second = mockConnection({ id: 'conn_3', account: { id: '3', label: 'acme-sales' } })
  show({ providers: ['crisp', 'livechat'] }, { connections: [livechat, second] })
  expect(await rows()).toEqual(['crisp absent', 'livechat active', 'livechat active'])
  expect(screen.getByText('acme-sales')).toBeInTheDocument()
})

test('tells an app in a workspace from an account of the user’s own', async () => {
  show({ providers: ['crisp', { provider: 'crisp', kind: 'installation', title: 'Crisp plugin' }] }, { connections: [mockConnection({ provider: 'crisp', kind: 'installation' })] })
  expect(await rows()).toEqual(['crisp absent', 'crisp active'])
  expect(screen.getByRole('button', { name: 'Manage Crisp plugin' })).toBeInTheDocument()
})

test('keeps a row that was disconnected until the user turns to something else', async () => {
  show({}, { connections: [livechat] })
  await userEvent.click(await screen.findByRole('button', { name: 'Manage LiveChat' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Disconnect LiveChat' }))
  await userEvent.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Disconnect' }))
  await waitFor(() => expect(screen.getByRole('button', { name: 'Connect LiveChat' })).toHaveFocus())
  expect(await rows()).toEqual(['livechat absent'])
  await userEvent.click(screen.getByText('Elsewhere'))
  expect(await screen.findByText('No connections yet')).toBeInTheDocument()
})

test('counts in its title what is connected, in the digits of the language', async () => {
  show({ title: 'Accounts' }, { connections: [livechat, broken], locale: 'ar-EG' })
  expect(await screen.findByRole('heading', { level: 2, name: 'Accounts ١' })).toBeInTheDocument()
})

test('groups by status and by category', async () => {
  const { unmount } = show({ groupBy: 'status' }, { connections: [livechat, broken] })
  expect((await screen.findAllByRole('region')).map((group) => group.getAttribute('aria-label'))).toEqual(['Needs attention', 'Connected'])
  unmount()
  show({ groupBy: 'category' }, { connections: [livechat, broken] })
  expect(await screen.findByRole('region', { name: 'Customer Support' })).toBeInTheDocument()
})

test('draws rows as the app does', async () => {
  show({ renderItem: ({ provider, connection }) => `${provider} is ${connection?.status}` }, { connections: [livechat] })
  expect(await screen.findByRole('listitem')).toHaveTextContent('livechat is active')
})

test('shows nothing as absent that could not be read, and reads it again on request', async () => {
  const world = createConnectWorld({ connections: [livechat] })
  world.offline = true
  render(
    <AuthpipeProvider client={world.client} queryClient={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ConnectionList providers={['livechat']} />
    </AuthpipeProvider>,
  )
  expect(await screen.findByText('The connections could not be loaded.')).toBeInTheDocument()
  expect(screen.queryByRole('listitem')).not.toBeInTheDocument()
  world.offline = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await rows()).toEqual(['livechat active'])
})

test('says once that it loads', () => {
  show({ skeletonCount: 2 }, { scenario: 'loading' })
  expect(screen.getByRole('status')).toHaveTextContent('Loading connections')
  expect(screen.queryByRole('listitem')).not.toBeInTheDocument()
})
