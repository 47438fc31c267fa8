import type { Meta, StoryObj } from '@storybook/react-vite'
import { Suspense, type ReactNode } from 'react'
import { expect } from 'storybook/test'
import { mockConnection } from './testing/index.ts'
import { useSuspenseConnections } from './useSuspenseConnections.ts'

function Accounts(): ReactNode {
  const { data: connections } = useSuspenseConnections()
  return (
    <ul>
      {connections.map(({ id, account }) => (
        <li key={id}>{account.label}</li>
      ))}
    </ul>
  )
}

const meta = {
  title: 'Hooks/useSuspenseConnections',
  component: Accounts,
  render: () => (
    <Suspense fallback={<p role="status">Loading…</p>}>
      <Accounts />
    </Suspense>
  ),
  parameters: {
    authpipe: { connections: [mockConnection(), mockConnection({ id: 'conn_2', provider: 'freshdesk', account: { id: '2', label: 'northwind' } })] },
    docs: {
      description: {
        component: `Lists connections as \`useConnections\` does, and suspends until they are there, so \`data\` is always a list.

\`\`\`tsx
'use client'
import { useSuspenseConnections } from '@authpipe/react'

/** Below a \`Suspense\` and an error boundary. */
export function Accounts() {
  const { data: connections } = useSuspenseConnections({ provider: 'livechat' })
  return connections.map(({ id, account }) => <p key={id}>{account.label}</p>)
}
\`\`\`

It takes the same filter. On a server nothing can be read from here: give the connections to it by \`initialConnections\` or a
\`HydrationBoundary\`.`,
      },
    },
  },
} satisfies Meta<typeof Accounts>

export default meta
type Story = StoryObj<typeof meta>

export const Several: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('acme-support')).toBeVisible()
    await expect(canvas.getByText('northwind')).toBeVisible()
  },
}
