import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, userEvent, waitFor, within } from 'storybook/test'
import { mockConnection, mockProviders } from '../testing/index.ts'
import { ProviderGrid } from './ProviderGrid.tsx'

const meta = {
  title: 'Components/ProviderGrid',
  component: ProviderGrid,
  args: { onSelect: fn() },
  argTypes: {
    providers: { control: 'object', table: { type: { summary: 'ProviderId[]' } } },
    categories: { control: 'object', table: { type: { summary: 'string[]' } } },
    onSelect: { control: false, table: { type: { summary: '(provider: ProviderSummary) => void' } } },
    search: { control: 'boolean', table: { defaultValue: { summary: 'true' } } },
    query: { control: false },
    defaultQuery: { control: 'text' },
    onQueryChange: { control: false, table: { type: { summary: '(query: string) => void' } } },
    layout: { control: 'inline-radio', options: ['grid', 'list'], table: { type: { summary: 'grid | list' }, defaultValue: { summary: 'grid' } } },
    hideConnected: { control: 'boolean', table: { defaultValue: { summary: 'false' } } },
    empty: { control: 'text' },
    requestUrl: { control: 'text' },
    className: { control: false },
    style: { control: false },
  },
  parameters: {
    layout: 'padded',
    authpipe: { latencyMs: 20 },
    docs: {
      description: {
        component: `The catalog: every provider that the server has registered, with a search, and a mark on those that are connected.

\`\`\`tsx
'use client'
import { ProviderGrid } from '@authpipe/react'
import { useRouter } from 'next/navigation'

export function Catalog() {
  const router = useRouter()
  return <ProviderGrid onSelect={({ id }) => router.push(\`/integrations/\${id}\`)} />
}
\`\`\`

Without \`onSelect\` a tile connects its provider itself, in a window or by the dialog for keys.`,
      },
    },
  },
} satisfies Meta<typeof ProviderGrid>

export default meta
type Story = StoryObj<typeof meta>

const connections = [
  mockConnection(),
  mockConnection({ id: 'conn_2', provider: 'crisp', credentialType: 'api_key', status: 'needs_reauth' }),
  mockConnection({ id: 'conn_3', provider: 'freshdesk', credentialType: 'api_key', status: 'failed', statusReason: 'account_suspended' }),
]

/** Reached, searched and chosen by keyboard alone. */
export const Catalog: Story = {
  parameters: { authpipe: { connections, latencyMs: 20 } },
  play: async ({ args, canvas, step }) => {
    const tile = await canvas.findByRole('button', { name: /^LiveChat .*Connected$/ })
    await step('searches', async () => {
      await userEvent.tab()
      await expect(canvas.getByRole('searchbox', { name: 'Search integrations' })).toHaveFocus()
      await userEvent.keyboard('livechat')
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('1 found'))
    })
    await step('chooses', async () => {
      await userEvent.tab()
      await expect(tile).toHaveFocus()
      await userEvent.keyboard('{Enter}')
      await expect(args.onSelect).toHaveBeenCalledTimes(1)
    })
    await userEvent.clear(canvas.getByRole('searchbox'))
  },
}

/** One below the other, in a narrow column. */
export const List: Story = {
  args: { layout: 'list', style: { maxWidth: 560 } },
  parameters: { authpipe: { connections, latencyMs: 20 } },
  play: async ({ canvas }) => expect(await canvas.findByRole('button', { name: /^LiveChat .*Connected$/ })).toBeVisible(),
}

/** Several categories, and a way to ask for what is missing. */
export const CategoriesAndRequest: Story = {
  args: { requestUrl: '#request' },
  parameters: { authpipe: { initialProviders: mockProviders.map((provider) => (provider.id === 'freshservice' ? { ...provider, category: 'IT Service' } : provider)) } },
  play: async ({ canvas }) => {
    await expect(within(await canvas.findByRole('region', { name: 'IT Service' })).getByRole('button', { name: /^Freshservice/ })).toBeVisible()
    await expect(canvas.getByRole('link', { name: /[Rr]equest/ })).toHaveAttribute('href', '#request')
  },
}

/** Nobody takes the choice, so a tile is the button that connects. */
export const Connects: Story = {
  render: (args) => <ProviderGrid {...args} onSelect={undefined} providers={['livechat', 'help-scout']} search={false} />,
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: /^LiveChat/, busy: false }))
    await expect(await canvas.findByRole('button', { name: /^LiveChat .*Connected$/ })).toBeVisible()
  },
}

export const NothingFound: Story = {
  args: { defaultQuery: 'payroll' },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Nothing matches “payroll”.')).toBeVisible()
    await expect(canvas.getByRole('status')).toHaveTextContent('0 found')
  },
}

export const Loading: Story = {
  parameters: { authpipe: { scenario: 'loading' } },
  play: async ({ canvas }) => expect(canvas.queryByRole('button', { name: /^LiveChat/, busy: false })).toBeNull(),
}

export const Offline: Story = {
  parameters: { authpipe: { scenario: 'offline' } },
  play: async ({ canvas }) => expect(await canvas.findByRole('button', { name: 'Try again' })).toBeVisible(),
}
