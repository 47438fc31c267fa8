import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, waitFor } from 'storybook/test'
import { mockConnection } from '../testing/index.ts'
import type { BadgeStatus } from './badgeStatus.ts'
import { HealthBadge } from './HealthBadge.tsx'

const statuses: readonly BadgeStatus[] = ['active', 'degraded', 'missing_scopes', 'needs_reauth', 'failed', 'absent', 'revoked']

const meta = {
  title: 'Components/HealthBadge',
  component: HealthBadge,
  args: { status: 'active' },
  argTypes: {
    status: { control: 'inline-radio', options: statuses },
    size: { control: 'inline-radio', options: ['sm', 'md'], table: { defaultValue: { summary: 'md' } } },
    showLabel: { control: 'boolean', table: { defaultValue: { summary: 'true' } } },
    connection: { control: false },
    checkedAt: { control: 'text' },
  },
  parameters: {
    docs: {
      description: {
        component: `How a connection is, in one word. Icon, word and colour say the same, so that none of them is needed alone.

\`\`\`tsx
'use client'
import { HealthBadge, useConnection } from '@authpipe/react'

export function LiveChatHealth() {
  const { data: connection } = useConnection('livechat')
  return <HealthBadge connection={connection} checkedAt={connection?.health.checkedAt} />
}
\`\`\``,
      },
    },
  },
} satisfies Meta<typeof HealthBadge>

export default meta
type Story = StoryObj<typeof meta>

export const Statuses: Story = {
  render: (args) => (
    <div style={{ display: 'grid', gap: 12, justifyItems: 'start' }}>
      {(['md', 'sm'] as const).map((size) => (
        <span key={size} style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
          {statuses.map((status) => (
            <HealthBadge key={status} {...args} status={status} size={size} />
          ))}
        </span>
      ))}
    </div>
  ),
}

/** Without its word it is still spoken. */
export const IconOnly: Story = {
  args: { showLabel: false, status: 'failed' },
  play: async ({ canvas }) => {
    await expect(canvas.getByText('Failed')).toBeInTheDocument()
    await expect(canvas.getByText('Failed').offsetWidth).toBe(1)
  },
}

/** When it was checked is said once the page has woken up: a server cannot know the time of a browser. */
export const Checked: Story = {
  args: { connection: mockConnection(), status: undefined, checkedAt: new Date(Date.now() - 250_000).toISOString() },
  play: async ({ canvas }) => waitFor(() => expect(canvas.getByText('Connected · checked 4 minutes ago')).toBeVisible()),
}
