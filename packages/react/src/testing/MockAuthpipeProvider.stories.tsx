import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent } from 'storybook/test'
import { ConnectButton } from '../connect-button/ConnectButton.tsx'
import { MockAuthpipeProvider } from './MockAuthpipeProvider.tsx'

const meta = {
  title: 'Testing/MockAuthpipeProvider',
  component: MockAuthpipeProvider,
  argTypes: {
    scenario: {
      control: 'select',
      options: [
        'success', 'denied', 'provider_error', 'forbidden', 'account_mismatch', 'timeout', 'blocked', 'never_finishes', 'user_closes', 'late_success',
        'severed_success', 'severed_abandoned', 'start_fails', 'key_rejected', 'key_allows_too_little', 'unknown_account', 'unreachable', 'loading', 'offline',
      ],
    },
  },
  args: { scenario: 'success', latencyMs: 100 },
  parameters: {
    docs: {
      description: {
        component: `A mock client for your own tests and stories: the real client and engine, with a server in memory behind \`fetch\`,
windows that do not open, and a user who follows a scenario. Choose one below, then click.

\`\`\`tsx
import { ConnectionList } from '@authpipe/react'
import { MockAuthpipeProvider, mockConnection } from '@authpipe/react/testing'

/** To be rendered by a test. */
export const refusedReconnect = (
  <MockAuthpipeProvider scenario="denied" connections={[mockConnection({ status: 'needs_reauth' })]}>
    <ConnectionList />
  </MockAuthpipeProvider>
)
\`\`\`

\`createMockClient\` is the same without React, and \`createMockHandler\` the server alone: a function from \`Request\` to \`Response\`.`,
      },
    },
  },
  render: (args) => (
    <MockAuthpipeProvider key={args.scenario} {...args}>
      <ConnectButton provider="livechat" />
    </MockAuthpipeProvider>
  ),
} satisfies Meta<typeof MockAuthpipeProvider>

export default meta
type Story = StoryObj<typeof meta>

export const Scenarios: Story = {}

/** The provider cuts its window off, and the connection is still found. */
export const SeveredSuccess: Story = {
  args: { scenario: 'severed_success', latencyMs: 10 },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    await expect(await canvas.findByRole('button', { name: 'LiveChat Connected' })).toBeVisible()
  },
}

/** The server is never reached: the button waits and can be cancelled, and says so when it has waited long enough. */
export const StartFails: Story = {
  args: { scenario: 'start_fails', latencyMs: 10 },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    await expect(await canvas.findByRole('button', { name: 'Cancel' })).toBeVisible()
  },
}
