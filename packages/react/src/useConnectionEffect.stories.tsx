import type { Meta, StoryObj } from '@storybook/react-vite'
import { useState, type ReactNode } from 'react'
import { expect, userEvent } from 'storybook/test'
import { mockConnection } from './testing/index.ts'
import { useConnections } from './useConnections.ts'
import { useConnectionEffect } from './useConnectionEffect.ts'
import { useDisconnect } from './useDisconnect.ts'

function Notices(): ReactNode {
  const [notice, setNotice] = useState('Nothing has happened yet.')
  useConnectionEffect({
    onConnect: ({ account }) => setNotice(`${account.label} is connected.`),
    onDisconnect: ({ account }) => setNotice(`${account.label} is disconnected.`),
  })
  const { data: connections = [] } = useConnections()
  const { mutate: disconnect } = useDisconnect()
  return (
    <>
      <p role="status">{notice}</p>
      {connections.map(({ id, account }) => (
        <button key={id} type="button" onClick={() => disconnect({ connectionId: id })}>
          Disconnect {account.label}
        </button>
      ))}
    </>
  )
}

const meta = {
  title: 'Hooks/useConnectionEffect',
  component: Notices,
  parameters: {
    authpipe: { connections: [mockConnection()] },
    docs: {
      description: {
        component: `Does something when a connection is made, mended, lost or ended while the page is open, such as a notice.

\`\`\`tsx
'use client'
import { useConnectionEffect } from '@authpipe/react'

export function Notices({ notify }: { readonly notify: (text: string) => void }) {
  useConnectionEffect({
    onConnect: ({ account }) => notify(\`\${account.label ?? 'An account'} is connected.\`),
    onNeedsReauth: ({ provider }) => notify(\`\${provider} needs you to connect again.\`),
  })
  return null
}
\`\`\`

\`onConnect\`, \`onReconnect\`, \`onDisconnect\` and \`onNeedsReauth\` are each called once for each time that it happens, also where the
component that started an attempt is gone, or after a reload. What the page finds when it opens is no reason, nor is a connection that another
tab has made. The functions may be new in every render.`,
      },
    },
  },
} satisfies Meta<typeof Notices>

export default meta
type Story = StoryObj<typeof meta>

/** Silent about the connection that was there, and told of its end. */
export const Disconnected: Story = {
  play: async ({ canvas }) => {
    const button = await canvas.findByRole('button', { name: 'Disconnect acme-support' })
    await expect(canvas.getByRole('status')).toHaveTextContent('Nothing has happened yet.')
    await userEvent.click(button)
    await expect(await canvas.findByText('acme-support is disconnected.')).toBeVisible()
  },
}
