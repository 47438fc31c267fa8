import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, screen, userEvent, waitFor, within } from 'storybook/test'
import { ProviderGrid } from '../provider-grid/ProviderGrid.tsx'
import { mockConnection } from '../testing/index.ts'
import { ConnectionList } from './ConnectionList.tsx'

const connections = [
  mockConnection(),
  mockConnection({ id: 'conn_2', provider: 'help-scout', status: 'needs_reauth', statusReason: 'grant_revoked', account: { id: '2', label: 'support@acme.example' } }),
  mockConnection({ id: 'conn_3', provider: 'freshdesk', credentialType: 'api_key', status: 'failed', statusReason: 'credential_rejected', account: { id: '3', label: 'acme.freshdesk.com' } }),
]

const meta = {
  title: 'Components/ConnectionList',
  component: ConnectionList,
  args: { title: 'Connected accounts' },
  argTypes: {
    providers: { control: 'object' },
    groupBy: { control: 'inline-radio', options: ['none', 'status', 'category'], table: { defaultValue: { summary: 'none' } } },
    skeletonCount: { control: 'number', table: { defaultValue: { summary: '3' } } },
    emptyState: { control: false },
    renderItem: { control: false },
    card: { control: false },
  },
  decorators: [(Story) => <div style={{ width: 'min(620px, 100vw - 32px)' }}>{<Story />}</div>],
  parameters: {
    authpipe: { latencyMs: 10, connections },
    docs: {
      description: {
        component: `What is connected, what needs attention first. A row keeps its place while the page is open, and one that goes stays until the
user turns away from it.

\`\`\`tsx
import { ConnectionList } from '@authpipe/react'

export const Accounts = () => <ConnectionList title="Connected accounts" />
\`\`\`

With \`providers\` it lists integrations that are not connected too.`,
      },
    },
  },
} satisfies Meta<typeof ConnectionList>

export default meta
type Story = StoryObj<typeof meta>

/** What needs attention stands first, and the title counts what is connected. */
export const Accounts: Story = {
  play: async ({ canvas }) => {
    const rows = await canvas.findAllByRole('listitem')
    await expect(rows.map((row) => row.dataset.status)).toEqual(['needs_reauth', 'failed', 'active'])
    await expect(canvas.getByRole('heading', { level: 2 })).toHaveTextContent('Connected accounts 1')
  },
}

/** Integrations are listed before anybody has connected them. */
export const Integrations: Story = {
  args: { title: 'Integrations', providers: ['livechat', 'help-scout', 'freshdesk', { provider: 'crisp', description: 'Read the conversations of your website.' }] },
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByRole('listitem')).toHaveLength(4))
    await expect(canvas.getByText('Read the conversations of your website.')).toBeVisible()
  },
}

/** Two accounts of one provider are two rows, each with its own actions. */
export const SeveralAccounts: Story = {
  parameters: {
    authpipe: {
      latencyMs: 10,
      connections: [
        mockConnection({ id: 'a', isDefault: true }),
        mockConnection({ id: 'b', account: { id: '2', label: 'acme-sales' }, status: 'needs_reauth' }),
      ],
    },
  },
  play: async ({ canvas }) => {
    const [mended] = await canvas.findAllByRole('listitem')
    await userEvent.click(within(mended!).getByRole('button', { name: 'Reconnect LiveChat' }))
    await waitFor(() => expect(mended).toHaveAttribute('data-status', 'active'))
    await waitFor(() => expect(within(mended!).getByRole('button', { name: 'Manage LiveChat' })).toHaveFocus())
    await expect(mended).toHaveTextContent('acme-sales')
  },
}

export const GroupedByStatus: Story = {
  args: { groupBy: 'status' },
  play: async ({ canvas }) => expect((await canvas.findAllByRole('list')).length).toBeGreaterThan(1),
}

/** A row that was disconnected stays until the user turns away, so that the focus has a place. */
export const Disconnecting: Story = {
  parameters: { authpipe: { latencyMs: 10, connections: [mockConnection()] } },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Manage LiveChat' }))
    await userEvent.click(await canvas.findByRole('button', { name: 'Disconnect LiveChat' }))
    await userEvent.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Disconnect' }))
    await waitFor(() => expect(canvas.getByRole('button', { name: 'Connect LiveChat' })).toHaveFocus())
    await userEvent.click(document.body)
    await expect(await canvas.findByText('No connections yet')).toBeVisible()
  },
}

/** Nothing is connected, and the catalog is where to begin. */
export const Empty: Story = {
  parameters: { authpipe: { latencyMs: 10, connections: [] } },
  render: (args) => (
    <>
      <ConnectionList {...args} />
      <ProviderGrid search={false} layout="list" providers={['livechat', 'help-scout']} />
    </>
  ),
  play: async ({ canvas }) => expect(await canvas.findByText('No connections yet')).toBeVisible(),
}

export const Loading: Story = {
  parameters: { authpipe: { scenario: 'loading' } },
  play: async ({ canvas }) => expect(canvas.getByRole('status')).toHaveTextContent('Loading connections'),
}

export const Offline: Story = {
  parameters: { authpipe: { scenario: 'offline', latencyMs: 1 } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('The connections could not be loaded.')).toBeVisible()
    await expect(canvas.getByRole('button', { name: 'Try again' })).toBeVisible()
  },
}
