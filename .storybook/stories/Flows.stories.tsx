import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, screen, spyOn, userEvent, waitFor, within } from 'storybook/test'
import { ConnectButton, ConnectionCard, ConnectionList, InstallButton, ReconnectBanner } from '../../packages/react/src/index.ts'
import { mockConnection } from '../../packages/react/src/testing/index.ts'
import { FlowProvider, type FlowOptions } from '../flows/FlowProvider.tsx'

const meta = {
  title: 'Flows',
  component: FlowProvider,
  args: { children: null },
  argTypes: { children: { control: false }, providers: { control: false }, connections: { control: false }, judgeKey: { control: false }, blocked: { control: 'boolean' } },
  parameters: {
    layout: 'padded',
    docs: {
      description: {
        component: `The real engine with real windows: click, and a provider that Storybook plays asks for consent in a window of its own. Approve, deny,
close the window, or cut it off from this page as a provider's \`Cross-Origin-Opener-Policy\` does, and see what the page makes of it.`,
      },
    },
  },
} satisfies Meta<FlowOptions>

export default meta
type Story = StoryObj<typeof meta>

/** From nothing to a connection. */
export const Connect: Story = {
  render: (args) => (
    <FlowProvider {...args}>
      <ConnectButton provider="livechat" />
    </FlowProvider>
  ),
}

/** The same in a card, which says in its second line what happens. */
export const ConnectInACard: Story = {
  render: (args) => (
    <FlowProvider {...args}>
      <div style={{ maxWidth: 560 }}>
        <ConnectionCard provider="livechat" description="Bring the chats of your customers in." />
      </div>
    </FlowProvider>
  ),
}

/** As if the browser blocked the window: two real submit buttons, which it never blocks. */
export const WindowBlocked: Story = { ...Connect, args: { blocked: true } }

/** A page of accounts, one of which has to be mended. It keeps its id. */
export const Reconnect: Story = {
  args: { connections: [mockConnection({ status: 'needs_reauth', statusReason: 'grant_revoked' }), mockConnection({ id: 'conn_2', provider: 'help-scout' })] },
  render: (args) => (
    <FlowProvider {...args}>
      <div style={{ display: 'grid', gap: 16, maxWidth: 620 }}>
        <ReconnectBanner />
        <ConnectionList title="Connected accounts" />
      </div>
    </FlowProvider>
  ),
}

/** A key is tried before it is stored. Any key is accepted here but one that begins with “wrong”. */
export const Key: Story = {
  args: { judgeKey: ({ fields }) => (fields.apiKey?.startsWith('wrong') ? 'credential_rejected' : 'approve') },
  render: (args) => (
    <FlowProvider {...args}>
      <ConnectButton provider="freshdesk" />
    </FlowProvider>
  ),
}

/** An app of yours in the provider's workspace. */
export const Install: Story = {
  render: (args) => (
    <FlowProvider {...args}>
      <InstallButton provider="crisp" />
    </FlowProvider>
  ),
}

// The same by a script, which has no click that would open a window in a visitor's browser: run by the tests, and shown to nobody.
const driven = { ...Connect, tags: ['!dev', '!autodocs'] }

const openConsent = async (button: HTMLElement): Promise<Window> => {
  const open = spyOn(window, 'open')
  await userEvent.click(button)
  const opened: unknown = open.mock.results[0]?.value
  open.mockRestore()
  if (!opened || !(typeof opened === 'object' && 'document' in opened)) throw new Error('No window was opened.')
  const popup = opened as Window
  await waitFor(() => expect(popup.document.querySelector('[data-ready]')).not.toBeNull())
  return popup
}
const choose = (popup: Window, name: RegExp): Promise<void> => userEvent.click(within(popup.document.body).getByRole('button', { name }))

export const ApprovedInAWindow: Story = {
  ...driven,
  play: async ({ canvas }) => {
    const popup = await openConsent(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    await choose(popup, /Approve/)
    await expect(await canvas.findByRole('button', { name: 'LiveChat Connected' })).toBeVisible()
    await waitFor(() => expect(popup.closed).toBe(true))
  },
}

export const DeniedInAWindow: Story = {
  ...driven,
  play: async ({ canvas }) => {
    await choose(await openConsent(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false })), /Deny/)
    await expect(await canvas.findByText('LiveChat access wasn’t approved. Nothing was changed.')).toBeVisible()
  },
}

/** Cut off it reads as closed, and the page waits without a lie; the connection still arrives. */
export const CutOffAndApproved: Story = {
  ...driven,
  play: async ({ canvas }) => {
    const popup = await openConsent(await canvas.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    await choose(popup, /COOP/)
    await choose(popup, /Approve/)
    await expect(await screen.findByRole('button', { name: 'LiveChat Connected' })).toBeVisible()
  },
}
