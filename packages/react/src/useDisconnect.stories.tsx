import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect, userEvent } from 'storybook/test'
import { mockConnection } from './testing/index.ts'
import { useConnection } from './useConnection.ts'
import { useDisconnect } from './useDisconnect.ts'

function Account({ provider }: { readonly provider: string }): ReactNode {
  const { data: connection } = useConnection(provider)
  const { mutate: disconnect } = useDisconnect()
  if (!connection) return <p>Nothing is connected.</p>
  return (
    <p>
      {connection.account.label}{' '}
      <button type="button" onClick={() => disconnect({ connectionId: connection.id })}>
        Disconnect
      </button>
    </p>
  )
}

const meta = {
  title: 'Hooks/useDisconnect',
  component: Account,
  args: { provider: 'livechat' },
  parameters: {
    authpipe: { connections: [mockConnection()] },
    docs: {
      description: {
        component: `Disconnects a connection: here at once, at the provider soon after.

\`\`\`tsx
'use client'
import { useDisconnect } from '@authpipe/react'

export function Disconnect({ connectionId }: { readonly connectionId: string }) {
  const { mutate: disconnect, isPending, error } = useDisconnect()
  return (
    <button disabled={isPending} onClick={() => disconnect({ connectionId })}>
      {error ? 'Try again' : 'Disconnect'}
    </button>
  )
}
\`\`\`

The lists show it gone while the request runs, and show it again if the server refuses. It returns the TanStack mutation result.`,
      },
    },
  },
} satisfies Meta<typeof Account>

export default meta
type Story = StoryObj<typeof meta>

export const Disconnects: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Disconnect' }))
    await expect(await canvas.findByText('Nothing is connected.')).toBeVisible()
  },
}
