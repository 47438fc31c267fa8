import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect, within } from 'storybook/test'
import { mockConnection } from './testing/index.ts'
import { useConnections } from './useConnections.ts'

function ConnectedAccounts({ revoked }: { readonly revoked: boolean }): ReactNode {
  const { data: connections, isPending, error } = useConnections({ revoked })
  if (isPending) return <p role="status">Loading…</p>
  if (error) return <p role="alert">{error.code}</p>
  if (connections.length === 0) return <p>No connections yet.</p>
  return (
    <ul aria-label="Connected accounts">
      {connections.map(({ id, provider, account, status }) => (
        <li key={id}>
          {provider}: {account.label ?? account.id} ({status})
        </li>
      ))}
    </ul>
  )
}

const meta = {
  title: 'Hooks/useConnections',
  component: ConnectedAccounts,
  args: { revoked: false },
  parameters: {
    authpipe: {
      connections: [
        mockConnection({ id: 'a' }),
        mockConnection({ id: 'b', provider: 'help-scout', account: { id: '7', label: 'support@acme.example' } }),
        mockConnection({ id: 'c', status: 'revoked', statusReason: 'disconnected', account: { id: '9', label: 'old-support' } }),
      ],
    },
    docs: {
      description: {
        component: `Lists the connections of the signed-in user; fresh for 30 seconds, and read again when the page gets the focus.

\`\`\`tsx
'use client'
import { useConnections } from '@authpipe/react'

export function Accounts() {
  const { data: connections = [] } = useConnections({ provider: 'livechat' })
  return connections.map(({ id, account }) => <p key={id}>{account.label}</p>)
}
\`\`\`

Disconnected ones are left out unless \`revoked\` is set. The second argument takes TanStack options as \`{ query }\`; the result carries its \`queryKey\`.`,
      },
    },
  },
} satisfies Meta<typeof ConnectedAccounts>

export default meta
type Story = StoryObj<typeof meta>

export const Connected: Story = {
  play: async ({ canvas }) => {
    const list = await canvas.findByRole('list', { name: 'Connected accounts' })
    await expect(within(list).getAllByRole('listitem')).toHaveLength(2)
  },
}

export const WithDisconnectedOnes: Story = {
  args: { revoked: true },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('livechat: old-support (revoked)')).toBeVisible()
  },
}

export const Empty: Story = {
  parameters: { authpipe: { connections: [] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('No connections yet.')).toBeVisible()
  },
}
