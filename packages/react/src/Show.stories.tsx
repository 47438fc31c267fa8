import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { ConnectButton } from './connect-button/ConnectButton.tsx'
import { Show } from './Show.tsx'
import { mockConnection } from './testing/index.ts'

const meta = {
  title: 'Components/Show',
  component: Show,
  args: {
    when: { provider: 'livechat' },
    children: <p>Your chats</p>,
    fallback: <ConnectButton provider="livechat" />,
  },
  argTypes: { when: { control: 'object' }, children: { control: false }, fallback: { control: false }, loading: { control: false } },
  parameters: {
    docs: {
      description: {
        component: `Shows a part of a page only with a connection, or only without one.

\`\`\`tsx
'use client'
import { ConnectButton, Show } from '@authpipe/react'

export const Inbox = () => (
  <Show when={{ provider: 'livechat' }} fallback={<ConnectButton provider="livechat" />}>
    <p>Your chats</p>
  </Show>
)
\`\`\`

It hides, it does not guard: what a user may see is decided on the server.`,
      },
    },
  },
} satisfies Meta<typeof Show>

export default meta
type Story = StoryObj<typeof meta>

export const Connected: Story = {
  parameters: { authpipe: { connections: [mockConnection()] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Your chats')).toBeVisible()
  },
}

export const Absent: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'Connect LiveChat' })).toBeVisible()
    await expect(canvas.queryByText('Your chats')).toBeNull()
  },
}

/** `is` takes another status than `active`, or several. */
export const NeedsAttention: Story = {
  args: { when: { provider: 'livechat', is: ['needs_reauth', 'failed'] }, children: <p>LiveChat needs you to connect again.</p>, fallback: null },
  parameters: { authpipe: { connections: [mockConnection({ status: 'needs_reauth', statusReason: 'grant_revoked' })] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('LiveChat needs you to connect again.')).toBeVisible()
  },
}
