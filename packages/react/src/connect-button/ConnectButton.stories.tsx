import type { Decorator, Meta, StoryObj } from '@storybook/react-vite'
import { useEffect, type ReactNode } from 'react'
import { expect, fn, userEvent, waitFor, within } from 'storybook/test'
import { connectFlowOf } from '../client/connectFlow.ts'
import { mockConnection } from '../testing/index.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { ConnectButton } from './ConnectButton.tsx'

const meta = {
  title: 'Components/ConnectButton',
  component: ConnectButton,
  args: { provider: 'livechat', onSuccess: fn(), onCancel: fn(), onError: fn() },
  argTypes: {
    provider: { control: 'text', table: { type: { summary: 'ProviderId' } } },
    variant: { control: 'inline-radio', options: ['outline', 'primary', 'ghost'], table: { type: { summary: 'outline | primary | ghost' }, defaultValue: { summary: 'outline' } } },
    size: { control: 'inline-radio', options: ['sm', 'md', 'lg'], table: { type: { summary: 'sm | md | lg' }, defaultValue: { summary: 'md' } } },
    fullWidth: { control: 'boolean', table: { defaultValue: { summary: 'false' } } },
    showLogo: { control: 'boolean', table: { defaultValue: { summary: 'true' } } },
    showStatus: { control: 'boolean', table: { defaultValue: { summary: 'true' } } },
    connectedAction: { control: 'inline-radio', options: ['none', 'menu', 'reconnect', 'disconnect'], table: { type: { summary: 'none | menu | reconnect | disconnect' }, defaultValue: { summary: 'none; menu with allowMultiple' } } },
    allowMultiple: { control: 'boolean', table: { defaultValue: { summary: 'false' } } },
    label: { control: 'text', table: { type: { summary: 'string | ConnectLabels' } } },
    connectionId: { control: false, table: { type: { summary: 'string' } } },
    children: { control: false },
    className: { control: false, table: { type: { summary: 'string | (state) => string' } } },
    style: { control: false, table: { type: { summary: 'CSSProperties | (state) => CSSProperties' } } },
    onSuccess: { control: false, table: { type: { summary: '(connection, { reconnected }) => void' } } },
    onError: { control: false, table: { type: { summary: '(error: AuthpipeError) => void' } } },
    onCancel: { control: false, table: { type: { summary: '({ reason }) => void' } } },
    onStatusChange: { control: false, table: { type: { summary: '(next, previous) => void' } } },
  },
  parameters: {
    docs: {
      description: {
        component: `Connects a provider in a window of its own, and shows the connection there is.

\`\`\`tsx
'use client'
import { ConnectButton } from '@authpipe/react'

export const Connect = () => <ConnectButton provider="livechat" onSuccess={(conn) => console.log('Connected!', conn)} />
\`\`\`

It needs no provider around it. \`onSuccess\` is called once per attempt on the page that started it, also after a reload, and also
when the window was closed or cut off before. The server's word decides; no message and no closed window does.`,
      },
    },
  },
} satisfies Meta<typeof ConnectButton>

export default meta
type Story = StoryObj<typeof meta>

/** Starts an attempt as a click would, so that a page of documentation shows the state too. */
function Clicked({ children }: { readonly children: ReactNode }): ReactNode {
  const { client } = useAuthpipe()
  useEffect(() => {
    connectFlowOf(client, { provider: 'livechat' }).start()
  }, [client])
  return children
}
const clicked: Decorator = (Story) => (
  <Clicked>
    <Story />
  </Clicked>
)

/** Nothing is connected. A click opens the provider's window; here a mock user approves after a moment. */
export const Absent: Story = {
  parameters: { authpipe: { latencyMs: 20 } },
  play: async ({ args, canvas, step }) => {
    const button = await canvas.findByRole('button', { name: 'Connect LiveChat' })
    await waitFor(() => expect(button).toHaveAttribute('aria-busy', 'false'))
    await step('is reached and used by keyboard', async () => {
      await userEvent.tab()
      await expect(button).toHaveFocus()
      await userEvent.keyboard('{Enter}')
      await expect(button).toHaveAttribute('aria-busy', 'true')
    })
    await step('shows the connection, and keeps the focus', async () => {
      await waitFor(() => expect(button).toHaveAttribute('data-status', 'active'))
      await expect(button).toHaveFocus()
      await waitFor(() => expect(canvas.getByText('Connected', { selector: '.ap-pill' })).toBeVisible())
      await expect(args.onSuccess).toHaveBeenCalledTimes(1)
    })
  },
}

/** Three heights, and three weights: the page's main action, one among others, one in a toolbar. */
export const SizesAndVariants: Story = {
  render: (args) => (
    <div style={{ display: 'grid', gap: 16, justifyItems: 'start' }}>
      {(['outline', 'primary', 'ghost'] as const).map((variant) => (
        <div key={variant} style={{ display: 'flex', gap: 12, alignItems: 'center' }}>
          {(['sm', 'md', 'lg'] as const).map((size) => (
            <ConnectButton key={size} {...args} variant={variant} size={size} />
          ))}
        </div>
      ))}
    </div>
  ),
}

/** The user is in the provider's window. A click brings that window to the front instead of opening another. */
export const Connecting: Story = {
  parameters: { authpipe: { scenario: 'never_finishes' } },
  decorators: [clicked],
  play: async ({ args, canvas, step }) => {
    const button = await canvas.findByRole('button', { name: 'Connecting…' })
    await step('says what happens to those who listen too', async () => {
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('Finish in the LiveChat window.'))
      await waitFor(() => expect(button).toHaveAccessibleDescription('Finish in the LiveChat window.'))
    })
    await step('can be clicked again', async () => {
      await userEvent.click(button)
      await expect(button).toHaveFocus()
      await expect(args.onCancel).not.toHaveBeenCalled()
    })
    await step('offers to cancel', () => expect(canvas.getByRole('button', { name: 'Cancel' })).toBeVisible())
  },
}

/** Cancel is quiet: nothing red, and the focus is back on the button. */
export const Cancelled: Story = {
  parameters: { authpipe: { scenario: 'never_finishes' } },
  play: async ({ args, canvas }) => {
    const button = await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false })
    await userEvent.click(button)
    const cancel = await canvas.findByRole('button', { name: 'Cancel' })
    await userEvent.tab()
    await expect(cancel).toHaveFocus()
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(button).toHaveAccessibleName('Connect LiveChat'))
    await waitFor(() => expect(button).toHaveFocus())
    await expect(canvas.getByRole('status')).toHaveTextContent('Connecting was cancelled. Nothing was changed.')
    await expect(args.onCancel).toHaveBeenCalledWith({ reason: 'user' })
  },
}

/** The provider has cut its window off from this page (COOP), so it reads as closed while it may be open. */
export const Detached: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'severed_abandoned' } },
  decorators: [clicked],
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'Continue in window…' })).toBeVisible()
    await expect(await canvas.findByRole('button', { name: 'Try again' })).toBeVisible()
    await expect(canvas.getByRole('button', { name: 'Cancel' })).toBeVisible()
  },
}

/** The browser opened no window: two real submit buttons, which it does not block. */
export const Blocked: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'blocked' } },
  decorators: [clicked],
  play: async ({ args, canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'Open in a new tab' })).toBeVisible()
    await expect(canvas.getByRole('button', { name: 'Continue in this tab' })).toBeVisible()
    await expect(canvas.getByRole('status')).toHaveTextContent('Your browser blocked the LiveChat window.')
    await expect(args.onError).not.toHaveBeenCalled()
  },
}

/** From the blocked window on: the focus is on the first choice, and the new tab leads to the same connection. */
export const BlockedThenConnected: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'blocked' } },
  play: async ({ args, canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    const newTab = await canvas.findByRole('button', { name: 'Open in a new tab' })
    await waitFor(() => expect(newTab).toHaveFocus())
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(args.onSuccess).toHaveBeenCalledTimes(1))
    await expect(await canvas.findByText('Connected', { selector: '.ap-pill' })).toBeVisible()
  },
}

/** The button does nothing then, unless `connectedAction` says so. */
export const Connected: Story = {
  parameters: { authpipe: { connections: [mockConnection()] } },
  play: async ({ canvas }) => {
    const button = await canvas.findByRole('button', { name: 'LiveChat Connected' })
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await expect(button).toBeEnabled()
  },
}

/** `connectedAction="menu"`: a click shows what can be done. With `allowMultiple` that includes another account. */
export const ConnectedWithMenu: Story = {
  args: { allowMultiple: true },
  parameters: { authpipe: { latencyMs: 10, connections: [mockConnection()] } },
  play: async ({ canvas, step }) => {
    const button = await canvas.findByRole('button', { name: 'LiveChat Connected' })
    await step('is opened by keyboard', async () => {
      await userEvent.tab()
      await userEvent.keyboard('{Enter}')
      await expect(await canvas.findByRole('button', { name: 'Reconnect' })).toBeVisible()
      await expect(button).toHaveAttribute('aria-expanded', 'true')
      await userEvent.tab()
      await userEvent.tab()
      await expect(canvas.getByRole('button', { name: 'Connect another account' })).toHaveFocus()
    })
    await step('asks before it disconnects, and gives the focus back', async () => {
      await userEvent.tab()
      await userEvent.keyboard('{Enter}')
      const dialog = await canvas.findByRole('alertdialog', { name: 'Disconnect LiveChat?' })
      await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }))
      await waitFor(() => expect(canvas.getByRole('button', { name: 'Disconnect' })).toHaveFocus())
      await userEvent.keyboard('{Escape}')
      await waitFor(() => expect(button).toHaveFocus())
      await expect(canvas.queryByRole('button', { name: 'Disconnect' })).toBeNull()
    })
    await step('stays where the reader can see it', async () => {
      await userEvent.click(button)
      await expect(await canvas.findByRole('button', { name: 'Disconnect' })).toBeVisible()
    })
  },
}

/** The app lets this user connect nothing. Where it names a page for it, there is a link for somebody who may. */
export const Forbidden: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'forbidden', app: { name: 'Northwind Desk', requestPage: '/integrations' } } },
  decorators: [clicked],
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByRole('status')[0]).toHaveTextContent('You are not allowed to connect LiveChat.'))
    await expect(await canvas.findByRole('button', { name: 'Copy a link for somebody else' })).toBeVisible()
  },
}

/** Only the user can mend it. Reconnecting keeps the connection's id. */
export const NeedsReauth: Story = {
  parameters: { authpipe: { latencyMs: 20, connections: [mockConnection({ status: 'needs_reauth', statusReason: 'grant_revoked' })] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'Reconnect LiveChat' })).toBeVisible()
    await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('LiveChat needs you to sign in again to keep syncing.'))
  },
}

/** The same connection, mended. */
export const Reconnected: Story = {
  parameters: { authpipe: { latencyMs: 10, connections: [mockConnection({ id: 'conn_before', status: 'needs_reauth' })] } },
  play: async ({ args, canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Reconnect LiveChat' }))
    await waitFor(() => expect(args.onSuccess).toHaveBeenCalledWith(expect.objectContaining({ id: 'conn_before', status: 'active' }), { reconnected: true }))
  },
}

/** The provider refuses for a reason that signing in again may not mend. */
export const Failed: Story = {
  parameters: { authpipe: { connections: [mockConnection({ status: 'failed', statusReason: 'account_suspended' })] } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Failed')).toBeVisible()
    await expect(canvas.getByRole('status')).toHaveTextContent('This LiveChat account is suspended.')
  },
}

/** The attempt failed at the provider. The button is ready for another. */
export const AttemptFailed: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'provider_error' } },
  decorators: [clicked],
  play: async ({ args, canvas }) => {
    await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('LiveChat could not be connected.'))
    await expect(canvas.getByRole('button', { name: 'Connect LiveChat' })).toHaveAttribute('data-phase', 'error')
    await expect(args.onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'authorization_failed' }))
  },
}

/** Another account was connected than before. Nothing is changed, and the user chooses what they meant. */
export const AnotherAccount: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'account_mismatch', connections: [mockConnection({ status: 'needs_reauth' })] } },
  play: async ({ args, canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Reconnect LiveChat', busy: false }))
    await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('This is another LiveChat account than before. Nothing was changed.'))
    await expect(args.onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'account_mismatch' }))
    await expect(canvas.getByRole('button', { name: 'Use the right account' })).toBeVisible()
    await userEvent.click(canvas.getByRole('button', { name: 'Add as a second account' }))
    await waitFor(() => expect(canvas.getByRole('button', { name: /Connecting|Reconnect/ })).toBeVisible())
  },
}

/** The user refused at the provider: a decision, not a fault. */
export const Denied: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'denied' } },
  play: async ({ args, canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('LiveChat access wasn’t approved. Nothing was changed.'))
    await expect(args.onCancel).toHaveBeenCalledWith({ reason: 'denied' })
    await expect(args.onError).not.toHaveBeenCalled()
  },
}

/** The server's first answer is awaited: a placeholder of the size that the button will have. */
export const Loading: Story = {
  parameters: { authpipe: { scenario: 'loading' } },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('button')).toHaveAttribute('aria-busy', 'true')
    await expect(canvas.getByRole('status')).toHaveTextContent('Loading connections')
  },
}

/** The connections cannot be read. */
export const Offline: Story = {
  parameters: { authpipe: { scenario: 'offline', latencyMs: 1 } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'Try again' })).toBeVisible()
    await expect(canvas.getByRole('status')).toHaveTextContent('The server can’t be reached right now.')
  },
}

/** A long name wraps, and nothing is cut off. */
export const LongName: Story = {
  args: { provider: 'contoso' },
  parameters: { authpipe: { providers: { contoso: { name: 'Contoso Omnichannel Customer Engagement Suite for Enterprises' } } } },
  render: (args) => (
    <div style={{ width: 280 }}>
      <ConnectButton {...args} fullWidth />
    </div>
  ),
  play: async ({ canvas }) => {
    const button = await canvas.findByRole('button', { name: /Contoso Omnichannel/, busy: false })
    await expect(button.scrollWidth).toBeLessThanOrEqual(button.clientWidth)
  },
}

/** Your own logo, beside your own words. */
export const OwnLogoAndLabel: Story = {
  args: { label: { connect: 'Add your {provider} inbox' } },
  parameters: {
    authpipe: {
      providers: {
        livechat: {
          logo: (
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <circle cx="12" cy="12" r="8" fill="#7c3aed" />
            </svg>
          ),
        },
      },
    },
  },
  play: async ({ canvas }) => expect(await canvas.findByRole('button', { name: 'Add your LiveChat inbox', busy: false })).toBeVisible(),
}

/** `ConnectButton.Custom` gives all the state and draws nothing. */
export const Custom: Story = {
  parameters: { authpipe: { latencyMs: 10 } },
  render: ({ provider }) => (
    <ConnectButton.Custom provider={provider}>
      {({ connectionStatus, provider: { name }, label, connection, disconnect, getButtonProps, getStatusProps }) => (
        <div style={{ display: 'grid', gap: 8, justifyItems: 'start' }}>
          <strong>{name}</strong>
          <button {...getButtonProps()}>{label}</button>
          {connectionStatus === 'active' && (
            <button type="button" onClick={disconnect}>
              Disconnect {connection?.account.label}
            </button>
          )}
          <small {...getStatusProps()} />
        </div>
      )}
    </ConnectButton.Custom>
  ),
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement)
    await userEvent.click(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    await userEvent.click(await canvas.findByRole('button', { name: 'Disconnect acme-support' }))
    await expect(await canvas.findByRole('button', { name: 'Connect LiveChat' })).toBeVisible()
  },
}
