import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect, userEvent } from 'storybook/test'
import { mockConnection } from './testing/index.ts'
import { useCheckConnection } from './useCheckConnection.ts'
import { useConnection } from './useConnection.ts'

function Health({ provider }: { readonly provider: string }): ReactNode {
  const { data: connection } = useConnection(provider)
  const { mutate: check, isPending, isSuccess } = useCheckConnection()
  if (!connection) return <p role="status">Loading…</p>
  return (
    <p>
      {connection.account.label}: {isSuccess ? `${connection.health.state}, checked just now` : connection.health.state}{' '}
      <button type="button" disabled={isPending} onClick={() => check({ connectionId: connection.id })}>
        Check now
      </button>
    </p>
  )
}

const meta = {
  title: 'Hooks/useCheckConnection',
  component: Health,
  args: { provider: 'livechat' },
  parameters: {
    authpipe: { connections: [mockConnection()] },
    docs: {
      description: {
        component: `Has the server ask the provider now whether a connection works, and shows what it says.

\`\`\`tsx
'use client'
import { useCheckConnection } from '@authpipe/react'

export function CheckNow({ connectionId }: { readonly connectionId: string }) {
  const { mutate: check, data, isPending } = useCheckConnection()
  return (
    <button disabled={isPending} onClick={() => check({ connectionId })}>
      {data ? \`It is \${data.health.state}\` : 'Check now'}
    </button>
  )
}
\`\`\`

A connection that does not work is no error: it comes back with its new \`status\` and \`health\`, and every list on the page shows it.
The server checks by itself every few hours, so this is for a person who wants to know at once. It returns the TanStack mutation result.`,
      },
    },
  },
} satisfies Meta<typeof Health>

export default meta
type Story = StoryObj<typeof meta>

export const Healthy: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/acme-support: healthy/)).toBeVisible()
    await userEvent.click(canvas.getByRole('button', { name: 'Check now' }))
    await expect(await canvas.findByText(/healthy, checked just now/)).toBeVisible()
  },
}
