import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect } from 'storybook/test'
import { mockConnection } from './testing/index.ts'
import { useConnection } from './useConnection.ts'

function ChatInbox({ provider }: { readonly provider: string }): ReactNode {
  const { data: connection, connectionStatus, isPending } = useConnection(provider)
  if (isPending) return <p role="status">Loading…</p>
  if (connectionStatus === 'active') return <p>Showing the chats of {connection?.account.label}.</p>
  return <p>Connect {provider} to see chats here ({connectionStatus}).</p>
}

const meta = {
  title: 'Hooks/useConnection',
  component: ChatInbox,
  args: { provider: 'livechat' },
  parameters: {
    docs: {
      description: {
        component: `Reads one connection: the one in use of a provider, or exactly the one with an id.

\`\`\`tsx
'use client'
import { ConnectButton, useConnection } from '@authpipe/react'

export function LiveChat() {
  const { data: connection, connectionStatus } = useConnection('livechat') // or { connectionId: 'conn_2' }
  return connectionStatus === 'active' ? <p>{connection?.account.label}</p> : <ConnectButton provider="livechat" />
}
\`\`\`

It returns the TanStack query result, and beside it \`connectionStatus\`: \`absent\`, \`active\`, \`needs_reauth\`, \`failed\` or \`revoked\`.
The \`status\` of the result is that of the query. Any number of these hooks makes one request, and a connection that is made or
lost on this page or in another tab is seen by all of them.`,
      },
    },
  },
} satisfies Meta<typeof ChatInbox>

export default meta
type Story = StoryObj<typeof meta>

export const Absent: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Connect livechat to see chats here (absent).')).toBeVisible()
  },
}

export const Active: Story = {
  parameters: { authpipe: { connections: [mockConnection()] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Showing the chats of acme-support.')).toBeVisible()
  },
}

export const NeedsReauth: Story = {
  parameters: { authpipe: { connections: [mockConnection({ status: 'needs_reauth', statusReason: 'grant_revoked' })] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Connect livechat to see chats here (needs_reauth).')).toBeVisible()
  },
}
