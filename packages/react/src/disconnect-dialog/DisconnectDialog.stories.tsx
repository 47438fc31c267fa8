import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, screen, userEvent, waitFor } from 'storybook/test'
import { mockConnection } from '../testing/index.ts'
import { DisconnectDialog } from './DisconnectDialog.tsx'

const connection = mockConnection()

const meta = {
  title: 'Components/DisconnectDialog',
  component: DisconnectDialog,
  args: { connection, onOpenChange: fn(), onConfirm: fn(), onDisconnect: fn(), onError: fn() },
  argTypes: { connection: { control: false }, open: { control: false }, defaultOpen: { control: false } },
  parameters: {
    authpipe: { latencyMs: 10, connections: [connection], app: { name: 'Northwind Desk' } },
    docs: {
      story: { inline: false, height: '360px' },
      description: {
        component: `Asks before it disconnects, and names what follows. Should the server refuse, it stays open and says so. \`ConnectionCard\` opens it by
itself; use it alone where you have a button of your own.

\`\`\`tsx
'use client'
import { DisconnectDialog, type Connection } from '@authpipe/react'
import { useState } from 'react'

export function Leave({ connection }: { readonly connection: Connection }) {
  const [isLeaving, setLeaving] = useState(false)
  return (
    <>
      <button onClick={() => setLeaving(true)}>Disconnect</button>
      {isLeaving && <DisconnectDialog connection={connection} onOpenChange={setLeaving} />}
    </>
  )
}
\`\`\``,
      },
    },
  },
} satisfies Meta<typeof DisconnectDialog>

export default meta
type Story = StoryObj<typeof meta>

/** As it opens: the focus is on what does no harm. */
export const Asking: Story = {
  play: async () => {
    const dialog = await screen.findByRole('alertdialog', { name: 'Disconnect LiveChat?' })
    await expect(dialog).toHaveAccessibleDescription(/^Northwind Desk gives its access to acme-support back/)
    await waitFor(() => expect(screen.getByRole('button', { name: 'Cancel' })).toHaveFocus())
  },
}

export const Confirmed: Story = {
  play: async ({ args }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Disconnect' }))
    await waitFor(() => expect(args.onDisconnect).toHaveBeenCalledWith(connection))
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
  },
}

/** The server refuses: it says so and can be tried again. */
export const Refused: Story = {
  args: { connection: mockConnection({ id: 'unknown' }) },
  play: async ({ args }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Disconnect' }))
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('LiveChat could not be disconnected. Try again.'))
    await expect(args.onError).toHaveBeenCalledTimes(1)
    await expect(screen.getByRole('button', { name: 'Disconnect' })).toHaveFocus()
  },
}
