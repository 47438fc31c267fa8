import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { MockAuthpipeProvider, mockConnection, mockProviders, type MockAuthpipeProviderProps } from '../testing/index.ts'
import { ProviderGrid, type ProviderGridProps } from './ProviderGrid.tsx'

beforeEach(() => sessionStorage.clear())

const show = (props: ProviderGridProps = {}, world: Omit<MockAuthpipeProviderProps, 'children'> = {}) =>
  render(
    <MockAuthpipeProvider latencyMs={1} {...world}>
      <ProviderGrid {...props} />
    </MockAuthpipeProvider>,
  )

/** The app takes the choice, so a tile is a plain button. */
const chosen: ProviderGridProps = { onSelect: () => {} }

const names = async () => (await screen.findAllByRole('listitem')).map((tile) => within(tile).getByText(/./, { selector: 'b' }).textContent)

describe('the tiles', () => {
  test('stand in the order in which the server has registered the providers', async () => {
    show()
    expect(await names()).toEqual(['LiveChat', 'Help Scout', 'Freshdesk', 'Freshservice', 'Crisp'])
  })

  test('are those that were named, in that order', async () => {
    show({ providers: ['crisp', 'livechat', 'unheard-of'] })
    expect(await names()).toEqual(['Crisp', 'LiveChat'])
  })

  test('stand below their categories where there are several', async () => {
    const initialProviders = mockProviders.map((provider) => (provider.id === 'freshservice' ? { ...provider, category: 'IT' } : provider))
    show({ categories: ['IT', 'Customer Support', 'Payroll'] }, { initialProviders })
    expect((await screen.findAllByRole('region')).map((region) => region.getAttribute('aria-label'))).toEqual(['IT', 'Customer Support'])
    expect(await names()).toEqual(['Freshservice', 'LiveChat', 'Help Scout', 'Freshdesk', 'Crisp'])
  })

  test('show the names and logos that the app gives', async () => {
    show({ providers: ['crisp'] }, { providers: { crisp: { name: 'Chat', logo: <i data-testid="own" /> } } })
    expect(await names()).toEqual(['Chat'])
    expect(screen.getByTestId('own')).toBeInTheDocument()
  })

  test('say which providers are connected and which need attention', async () => {
    const connections = [mockConnection(), mockConnection({ id: 'conn_2', provider: 'crisp', status: 'needs_reauth' }), mockConnection({ id: 'conn_3', provider: 'freshdesk', status: 'revoked' })]
    show(chosen, { connections })
    expect(await screen.findByRole('button', { name: /^LiveChat .*Connected$/ })).toHaveAttribute('data-status', 'active')
    expect(screen.getByRole('button', { name: /^Crisp .*Needs attention$/ })).toHaveAttribute('data-status', 'needs_reauth')
    expect(screen.getByRole('button', { name: /^Freshdesk .*authentication\.$/ })).toBeInTheDocument()
  })

  test('leave out what is connected on request, but nothing that needs attention', async () => {
    show({ hideConnected: true }, { connections: [mockConnection(), mockConnection({ id: 'conn_2', provider: 'crisp', status: 'failed' })] })
    await vi.waitFor(async () => expect(await names()).toEqual(['Help Scout', 'Freshdesk', 'Freshservice', 'Crisp']))
  })

  test('hand the chosen provider to the app and connect nothing', async () => {
    const onSelect = vi.fn()
    show({ onSelect })
    await userEvent.click(await screen.findByRole('button', { name: /^Help Scout/ }))
    expect(onSelect).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'help-scout' }))
    expect(screen.queryByText(/Finish in the/)).not.toBeInTheDocument()
  })

  test('connect their provider where nobody takes the choice', async () => {
    show({ providers: ['livechat'] })
    await userEvent.click(await screen.findByRole('button', { name: /^LiveChat/, busy: false }))
    expect(await screen.findByRole('button', { name: /^LiveChat .*Connected$/ })).toBeInTheDocument()
  })
})

describe('the search', () => {
  test('finds by every word of name, description and category, whatever their case and accents', async () => {
    show(chosen)
    await names()
    const box = screen.getByRole('searchbox', { name: 'Search integrations' })
    await userEvent.type(box, 'MANAGE  crísp')
    expect(await names()).toEqual(['Crisp'])
    expect(screen.getByRole('status')).toHaveTextContent('1 found')
  })

  test('says what it has not found and is cleared by one click', async () => {
    show(chosen)
    await names()
    await userEvent.type(screen.getByRole('searchbox'), 'payroll')
    expect(screen.getByText('Nothing matches “payroll”.')).toBeInTheDocument()
    expect(screen.getByRole('status')).toHaveTextContent('0 found')
    await userEvent.click(screen.getByRole('button', { name: 'Clear search' }))
    expect(await names()).toHaveLength(5)
    expect(screen.getByRole('searchbox')).toHaveValue('')
  })

  test('shows what it is told where the page controls it', async () => {
    const onQueryChange = vi.fn()
    show({ ...chosen, query: 'crisp', onQueryChange })
    expect(await names()).toEqual(['Crisp'])
    await userEvent.type(screen.getByRole('searchbox'), 's')
    expect(onQueryChange).toHaveBeenCalledExactlyOnceWith('crisps')
    expect(screen.getByRole('searchbox')).toHaveValue('crisp')
  })

  test('is left out on request', async () => {
    show({ ...chosen, search: false })
    await names()
    expect(screen.queryByRole('searchbox')).not.toBeInTheDocument()
    expect(screen.getByRole('status')).toBeEmptyDOMElement()
  })
})

test('says that it loads, and shows no tile yet', () => {
  show({}, { scenario: 'loading' })
  expect(screen.getByRole('status')).toHaveTextContent('Loading integrations')
  expect(screen.queryByRole('listitem')).not.toBeInTheDocument()
})

test('says that the providers could not be read, and offers to try again', async () => {
  show({}, { scenario: 'offline' })
  expect(await screen.findByText('The integrations could not be loaded.')).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument()
})

test('shows the words of the app where there is nothing to choose from', async () => {
  show({ empty: 'Everything is connected.' }, { initialProviders: [] })
  expect(await screen.findByText('Everything is connected.')).toBeInTheDocument()
  expect(screen.queryByRole('button')).not.toBeInTheDocument()
})

test('leads to where another integration can be asked for', async () => {
  show({ requestUrl: '/feedback' }, { messages: { providerGrid: { request: 'Etwas anderes' } } })
  expect(screen.getByRole('link', { name: /^Etwas anderes/ })).toHaveAttribute('href', '/feedback')
})
