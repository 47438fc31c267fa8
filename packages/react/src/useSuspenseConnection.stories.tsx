import type { Meta, StoryObj } from '@storybook/react-vite'
import { Suspense, type ReactNode } from 'react'
import { expect } from 'storybook/test'
import { mockConnection } from './testing/index.ts'
import { useSuspenseConnection } from './useSuspenseConnection.ts'

function Inbox({ provider }: { readonly provider: string }): ReactNode {
  const { data: connection } = useSuspenseConnection(provider)
  return <p>{connection ? `Showing the chats of ${connection.account.label}.` : 'Nothing is connected.'}</p>
}

const meta = {
  title: 'Hooks/useSuspenseConnection',
  component: Inbox,
  args: { provider: 'livechat' },
  render: (args) => (
    <Suspense fallback={<p role="status">Loading…</p>}>
      <Inbox {...args} />
    </Suspense>
  ),
  parameters: {
    docs: {
      description: {
        component: `Reads a connection as \`useConnection\` does, and suspends until it is known whether there is one, so \`data\` is never \`undefined\`.

\`\`\`tsx
'use client'
import { Suspense } from 'react'
import { useSuspenseConnection } from '@authpipe/react'

function Account() {
  const { data: connection, connectionStatus } = useSuspenseConnection('livechat')
  return <p>{connection?.account.label ?? connectionStatus}</p>
}

export const LiveChat = () => (
  <Suspense fallback={<p>Loading…</p>}>
    <Account />
  </Suspense>
)
\`\`\`

An error goes to the error boundary. On a server nothing can be read from here: give the connections to it by \`initialConnections\` or a
\`HydrationBoundary\`. \`useSuspenseConnections\` is the same for lists.`,
      },
    },
  },
} satisfies Meta<typeof Inbox>

export default meta
type Story = StoryObj<typeof meta>

export const Active: Story = {
  parameters: { authpipe: { connections: [mockConnection()] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Showing the chats of acme-support.')).toBeVisible()
  },
}

/** `data` is `null` then, and `connectionStatus` is `absent`. */
export const Absent: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Nothing is connected.')).toBeVisible()
  },
}
