import type { Decorator, Meta, StoryObj } from '@storybook/react-vite'
import { useEffect, type ReactNode } from 'react'
import { expect, fn, screen, userEvent, waitFor, within } from 'storybook/test'
import { InstallButton } from '../install-button/InstallButton.tsx'
import { mockConnection } from '../testing/index.ts'
import { useConnect } from '../useConnect.ts'
import { ConnectionCard } from './ConnectionCard.tsx'

const meta = {
  title: 'Components/ConnectionCard',
  component: ConnectionCard,
  args: { provider: 'livechat', description: 'Bring the chats of your customers in.', onSuccess: fn() },
  argTypes: {
    provider: { control: 'text', table: { type: { summary: 'ProviderId' } } },
    connection: { control: false },
    description: { control: 'text' },
    headingLevel: { control: 'inline-radio', options: [2, 3, 4, 5, 6], table: { defaultValue: { summary: '3' } } },
    allowMultiple: { control: 'boolean', table: { defaultValue: { summary: 'false' } } },
    actions: { control: false },
    children: { control: false },
  },
  decorators: [(Story) => <div style={{ width: 'min(560px, 100vw - 32px)' }}>{<Story />}</div>],
  parameters: {
    authpipe: { latencyMs: 10 },
    docs: {
      description: {
        component: `An account with all that can be done in its state: one button to connect, mend or manage it, and in a few words how it is. A
second line says what happens, so that nothing moves while it does.

\`\`\`tsx
import { ConnectionCard } from '@authpipe/react'

export const LiveChat = () => <ConnectionCard provider="livechat" description="Bring the chats of your customers in." />
\`\`\`

Its parts (\`ConnectionCard.Logo\`, \`.Title\`, \`.Badge\`, \`.Status\`, \`.Account\`, \`.Meta\`, \`.Actions\`) can be arranged anew.`,
      },
    },
  },
} satisfies Meta<typeof ConnectionCard>

export default meta
type Story = StoryObj<typeof meta>

function Clicked({ children }: { readonly children: ReactNode }): ReactNode {
  const { mutate: connect } = useConnect('livechat')
  // oxlint-disable-next-line react/exhaustive-deps -- one click
  useEffect(() => connect(), [])
  return children
}
const clicked: Decorator = (Story) => (
  <Clicked>
    <Story />
  </Clicked>
)

/** By keyboard from nothing to a connection: the focus stays on the button, which becomes the one that manages it. */
export const Absent: Story = {
  play: async ({ args, canvas, step }) => {
    const button = await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false })
    await step('connects', async () => {
      await userEvent.tab()
      await expect(button).toHaveFocus()
      await userEvent.keyboard('{Enter}')
      await expect(await canvas.findByText('Finish in the LiveChat window.')).toBeVisible()
      await waitFor(() => expect(args.onSuccess).toHaveBeenCalledTimes(1))
    })
    await step('and is the same button afterwards', async () => {
      await waitFor(() => expect(canvas.getByRole('button', { name: 'Manage LiveChat' })).toHaveFocus())
      await expect(canvas.getByRole('button', { name: 'Manage LiveChat' })).toBe(button)
      await expect(canvas.getByRole('group', { name: 'LiveChat' })).toHaveAttribute('data-status', 'active')
    })
  },
}

/** Everything about the connection, and what can be done with it. Disconnecting asks first, and gives the focus back to the card. */
export const Connected: Story = {
  parameters: { authpipe: { latencyMs: 10, connections: [mockConnection()] } },
  play: async ({ canvas, step }) => {
    const manage = await canvas.findByRole('button', { name: 'Manage LiveChat' })
    await step('unfolds', async () => {
      await expect(manage).toHaveAttribute('aria-expanded', 'false')
      await userEvent.click(manage)
      await expect(manage).toHaveAttribute('aria-expanded', 'true')
      await expect(await canvas.findByText('Last checked')).toBeVisible()
      await userEvent.click(canvas.getByRole('button', { name: 'Check now' }))
    })
    await step('asks before it disconnects, with the focus on what does no harm', async () => {
      const disconnect = canvas.getByRole('button', { name: 'Disconnect LiveChat' })
      await userEvent.click(disconnect)
      const dialog = await screen.findByRole('alertdialog', { name: 'Disconnect LiveChat?' })
      await expect(dialog).toHaveAccessibleDescription(/acme-support/)
      await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Cancel' })).toHaveFocus())
      await userEvent.keyboard('{Enter}')
      await waitFor(() => expect(disconnect).toHaveFocus())
    })
    await step('disconnects', async () => {
      await userEvent.keyboard('{Enter}')
      await userEvent.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Disconnect' }))
      await waitFor(() => expect(canvas.getByRole('button', { name: 'Connect LiveChat' })).toHaveFocus())
      await expect(canvas.getByRole('group', { name: 'LiveChat' })).toHaveAttribute('data-status', 'absent')
    })
  },
}

/** Unfolded. */
export const Managed: Story = {
  args: { allowMultiple: true },
  parameters: { authpipe: { latencyMs: 10, connections: [mockConnection()] } },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Manage LiveChat' }))
    await expect(await canvas.findByRole('button', { name: 'Connect another account LiveChat' })).toBeVisible()
  },
}

/** The user is in the provider's window. */
export const Connecting: Story = {
  parameters: { authpipe: { scenario: 'never_finishes' } },
  decorators: [clicked],
  play: async ({ canvas }) => {
    const button = await canvas.findByRole('button', { name: /^Connecting…/, busy: true })
    await expect(canvas.getByRole('status')).toHaveTextContent('Finish in the LiveChat window.')
    await userEvent.click(await canvas.findByRole('button', { name: 'Cancel' }))
    await expect(await canvas.findByText('Connecting was cancelled. Nothing was changed.')).toBeVisible()
    await waitFor(() => expect(button).toHaveFocus())
  },
}

/** The provider has cut its window off from this page. */
export const Detached: Story = {
  parameters: { authpipe: { scenario: 'severed_abandoned', latencyMs: 10 } },
  decorators: [clicked],
  play: async ({ canvas }) => expect(await canvas.findByRole('button', { name: 'Try again' })).toBeVisible(),
}

/** The browser opened no window. */
export const Blocked: Story = {
  parameters: { authpipe: { scenario: 'blocked', latencyMs: 10 } },
  decorators: [clicked],
  play: async ({ canvas }) => expect(await canvas.findByRole('button', { name: 'Open in a new tab' })).toBeVisible(),
}

/** The user refused at the provider: a decision, not a fault. */
export const Denied: Story = {
  parameters: { authpipe: { scenario: 'denied', latencyMs: 10 } },
  decorators: [clicked],
  play: async ({ canvas }) => expect(await canvas.findByText('LiveChat access wasn’t approved. Nothing was changed.')).toBeVisible(),
}

/** Only the user can mend it. Everything else about it is behind the three dots. */
export const NeedsReauth: Story = {
  parameters: { authpipe: { latencyMs: 10, connections: [mockConnection({ status: 'needs_reauth', statusReason: 'grant_revoked' })] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'Reconnect LiveChat' })).toBeVisible()
    await expect(canvas.getByRole('status')).toHaveTextContent('LiveChat needs you to sign in again to keep syncing.')
    await expect(canvas.getByRole('button', { name: 'Manage LiveChat' })).toHaveAttribute('aria-expanded', 'false')
  },
}

/** A key that its provider no longer accepts is typed anew. */
export const FailedKey: Story = {
  args: { provider: 'freshdesk', description: undefined },
  parameters: {
    authpipe: {
      latencyMs: 10,
      connections: [mockConnection({ provider: 'freshdesk', credentialType: 'api_key', status: 'failed', statusReason: 'credential_rejected', settings: { subdomain: 'acme' } })],
    },
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Update key Freshdesk' }))
    const dialog = await screen.findByRole('dialog', { name: 'Update your Freshdesk key' })
    await userEvent.click(await within(dialog).findByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(canvas.getByRole('button', { name: 'Update key Freshdesk' })).toHaveFocus())
  },
}

/** The provider was asked for more than it granted. */
export const MissingScopes: Story = {
  parameters: { authpipe: { latencyMs: 10, connections: [mockConnection({ missingScopes: ['chats--all:rw'] })] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Update available')).toBeVisible()
    await expect(canvas.getByRole('button', { name: 'Update permissions LiveChat' })).toBeVisible()
  },
}

/** The last check found trouble at the provider, which changes nothing here. */
export const Degraded: Story = {
  parameters: { authpipe: { connections: [mockConnection({ health: { state: 'degraded', checkedAt: '2026-11-22T09:00:00.000Z' } })] } },
  play: async ({ canvas }) => expect(await canvas.findByText('Has trouble right now')).toBeVisible(),
}

/** Of the size that it will have. */
export const Loading: Story = {
  parameters: { authpipe: { scenario: 'loading' } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('heading', { name: 'LiveChat' })).toBeVisible()
    await expect(canvas.queryByRole('button', { busy: false })).toBeNull()
  },
}

export const Offline: Story = {
  parameters: { authpipe: { scenario: 'offline', latencyMs: 1 } },
  play: async ({ canvas }) => expect(await canvas.findByRole('button', { name: 'Try again' })).toBeVisible(),
}

/** An app of ours in the provider's workspace speaks of installing. */
export const Installation: Story = {
  args: { provider: 'crisp', kind: 'installation', title: 'Crisp plugin', description: 'For everybody in the workspace.' },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Install Crisp plugin', busy: false }))
    await expect(await canvas.findByText('Installed', { selector: '.ap-pill *' })).toBeVisible()
  },
}

/** Parts in an order of your own, with a button of your own. */
export const OwnArrangement: Story = {
  args: {
    provider: 'crisp',
    kind: 'installation',
    children: (
      <>
        <div style={{ flex: 1 }}>
          <ConnectionCard.Title>Crisp, for the whole workspace</ConnectionCard.Title>
          <ConnectionCard.Status>
            <ConnectionCard.Meta />
          </ConnectionCard.Status>
        </div>
        <ConnectionCard.Logo />
        <ConnectionCard.Actions>
          <InstallButton provider="crisp" variant="primary" size="sm" />
        </ConnectionCard.Actions>
      </>
    ),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: /Crisp/, busy: false })).toBeVisible()
    await expect(canvas.getByText('Crisp, for the whole workspace')).toBeVisible()
  },
}

/** As narrow as a telephone, with long words. */
export const Narrow: Story = {
  args: { provider: 'contoso', description: undefined },
  parameters: {
    authpipe: {
      latencyMs: 10,
      connections: [mockConnection({ provider: 'contoso', account: { id: '1', label: 'a-very-long-workspace-name-that-somebody-chose@contoso-enterprises.example' } })],
      providers: { contoso: { name: 'Contoso Omnichannel Customer Engagement Suite for Enterprises' } },
    },
  },
  decorators: [(Story) => <div style={{ width: 288 }}>{<Story />}</div>],
  play: async ({ canvas }) => {
    const card = await canvas.findByRole('group')
    await waitFor(() => expect(card).toHaveAttribute('data-status', 'active'))
    await expect(card.scrollWidth).toBeLessThanOrEqual(card.offsetWidth)
  },
}

/** From the placeholder to the connection nothing below the card moves, and its button keeps its edge. */
export const NothingMoves: Story = {
  tags: ['!autodocs'],
  parameters: { authpipe: { latencyMs: 60 } },
  render: (args) => (
    <>
      <ConnectionCard {...args} />
      <p>What stands below.</p>
    </>
  ),
  play: async ({ canvas }) => {
    const below = canvas.getByText('What stands below.')
    const seen = new Set<string>()
    const measure = (): void => {
      const button = canvas.getByRole('button', { name: /LiveChat$/ }).getBoundingClientRect()
      seen.add(`${Math.round(below.getBoundingClientRect().top)} ${Math.round(button.right)} ${Math.round(button.width)} ${Math.round(button.top)}`)
    }
    measure()
    const button = await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false })
    measure()
    await userEvent.click(button)
    await canvas.findByText('Finish in the LiveChat window.')
    measure()
    await canvas.findByRole('button', { name: 'Manage LiveChat' })
    await waitFor(() => expect(canvas.getByText(/^Connected (now|\d)/)).toBeVisible())
    measure()
    await expect([...seen]).toHaveLength(1)
  },
}
