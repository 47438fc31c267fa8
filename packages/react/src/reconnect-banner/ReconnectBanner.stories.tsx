import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent, waitFor } from 'storybook/test'
import { ConnectionCard } from '../connection-card/ConnectionCard.tsx'
import { mockConnection } from '../testing/index.ts'
import { ReconnectBanner } from './ReconnectBanner.tsx'

const broken = mockConnection({ status: 'needs_reauth', statusReason: 'grant_revoked' })

const meta = {
  title: 'Components/ReconnectBanner',
  component: ReconnectBanner,
  parameters: {
    layout: 'padded',
    authpipe: { latencyMs: 10, connections: [broken] },
    docs: {
      description: {
        component: `Stands at the top of a page while connections need attention; else it is nothing.

\`\`\`tsx
import { ReconnectBanner } from '@authpipe/react'
import type { ReactNode } from 'react'

export function Page({ children }: { readonly children: ReactNode }) {
  return (
    <main>
      <ReconnectBanner />
      {children}
    </main>
  )
}
\`\`\``,
      },
    },
  },
} satisfies Meta<typeof ReconnectBanner>

export default meta
type Story = StoryObj<typeof meta>

/** What has been mended stays until the user turns away, so that the focus has a place. */
export const One: Story = {
  render: (args) => (
    <>
      <ReconnectBanner {...args} />
      <p>The page.</p>
    </>
  ),
  play: async ({ canvas }) => {
    const button = await canvas.findByRole('button', { name: 'Reconnect LiveChat' })
    await expect(canvas.getByRole('region', { name: 'Connections that need attention' })).toHaveTextContent('A connection needs your attention')
    await userEvent.click(button)
    await expect(await canvas.findByText('Everything is connected again')).toBeVisible()
    await expect(button).toHaveFocus()
    await userEvent.click(canvas.getByText('The page.'))
    await waitFor(() => expect(canvas.queryByRole('region')).toBeNull())
  },
}

export const Several: Story = {
  parameters: {
    authpipe: {
      connections: [broken, mockConnection({ id: 'conn_2', provider: 'freshdesk', credentialType: 'api_key', status: 'failed', statusReason: 'credential_rejected' })],
    },
  },
  play: async ({ canvas }) => expect(await canvas.findByText('2 connections need your attention')).toBeVisible(),
}

/** A card of the same connection shows the same attempt, and only one of the two is spoken. */
export const BesideACard: Story = {
  parameters: { authpipe: { latencyMs: 10, connections: [broken], scenario: 'never_finishes' } },
  render: (args) => (
    <div style={{ display: 'grid', gap: 16 }}>
      <ReconnectBanner {...args} />
      <ConnectionCard provider="livechat" />
    </div>
  ),
  play: async ({ canvas }) => {
    const [first] = await canvas.findAllByRole('button', { name: 'Reconnect LiveChat' })
    await userEvent.click(first!)
    await waitFor(() => expect(canvas.getAllByText('Finish in the LiveChat window.')).toHaveLength(2))
    await waitFor(() => expect(canvas.getAllByRole('status').map((region) => region.getAttribute('aria-live'))).toEqual(['polite', 'off']))
  },
}

/** Nothing needs attention, so there is nothing. */
export const Nothing: Story = {
  parameters: { authpipe: { connections: [mockConnection()] } },
  play: async ({ canvas }) => expect(canvas.queryByRole('region')).toBeNull(),
}
