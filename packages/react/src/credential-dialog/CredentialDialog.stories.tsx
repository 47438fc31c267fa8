import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, screen, userEvent, waitFor, within } from 'storybook/test'
import { ConnectButton } from '../connect-button/ConnectButton.tsx'
import { mockConnection, mockProviders } from '../testing/index.ts'
import { CredentialDialog } from './CredentialDialog.tsx'

const domain = (): Promise<HTMLElement> => screen.findByRole('textbox', { name: 'Domain' })
const key = (): HTMLElement => screen.getByLabelText('API key')

const meta = {
  title: 'Components/CredentialDialog',
  component: CredentialDialog,
  args: { provider: 'freshdesk', onSuccess: fn(), onError: fn(), onCancel: fn(), onOpenChange: fn() },
  argTypes: {
    provider: { control: 'text', table: { type: { summary: 'ProviderId' } } },
    authMethod: { control: 'inline-radio', options: ['oauth2', 'api_key'], table: { type: { summary: 'oauth2 | api_key' } } },
    open: { control: false },
    defaultOpen: { control: false, table: { defaultValue: { summary: 'true' } } },
    settings: { control: 'object' },
    onSuccess: { control: false, table: { type: { summary: '(connection, { reconnected }) => void' } } },
    onError: { control: false, table: { type: { summary: '(error: AuthpipeError) => void' } } },
    onCancel: { control: false, table: { type: { summary: '({ reason }) => void' } } },
    onOpenChange: { control: false, table: { type: { summary: '(open: boolean) => void' } } },
    onSignIn: { control: false, table: { type: { summary: '(settings) => void' } } },
  },
  parameters: {
    authpipe: { latencyMs: 10 },
    docs: {
      // Each dialog on a page of its own: two modal ones would lie over each other.
      story: { inline: false, height: '600px' },
      description: {
        component: `Asks for what a provider's key is made of, and stores the key once the provider has accepted it. \`ConnectButton\` opens it
by itself for providers that take keys; use it alone where you have a button of your own.

\`\`\`tsx
'use client'
import { CredentialDialog } from '@authpipe/react'
import { useState } from 'react'

export function AddFreshdesk() {
  const [isAdding, setAdding] = useState(false)
  return (
    <>
      <button onClick={() => setAdding(true)}>Add Freshdesk</button>
      {isAdding && <CredentialDialog provider="freshdesk" onOpenChange={setAdding} onSuccess={(conn) => console.log('Connected!', conn)} />}
    </>
  )
}
\`\`\`

What the user types stays in the browser's own inputs until it is sent: in no state, no cache and no callback. \`useStoreCredential\` is
the same without any looks.`,
      },
    },
  },
} satisfies Meta<typeof CredentialDialog>

export default meta
type Story = StoryObj<typeof meta>

const fillIn = async (secret = 'fd_key_0123456789'): Promise<void> => {
  await userEvent.type(await domain(), 'acme')
  await userEvent.type(key(), secret)
}
const submit = (): Promise<void> => userEvent.click(screen.getByRole('button', { name: 'Connect' }))

/** As it opens: labelled, with the focus in the first field. */
export const Empty: Story = {
  play: async () => {
    await waitFor(async () => expect(await domain()).toHaveFocus())
    await waitFor(() => expect(screen.getByRole('dialog', { name: 'Connect Freshdesk' })).toBeVisible())
    await expect(key()).toHaveAttribute('type', 'password')
  },
}

/** Filled in; the key can be looked at. */
export const Filled: Story = {
  play: async () => {
    await fillIn()
    await userEvent.click(screen.getByRole('button', { name: 'Show API key' }))
    await expect(key()).toHaveAttribute('type', 'text')
    await userEvent.click(screen.getByRole('button', { name: 'Hide API key' }))
    await expect(key()).toHaveAttribute('type', 'password')
  },
}

/** A whole address in the field for the domain is read as a person means it. */
export const PastedAddress: Story = {
  play: async () => {
    await userEvent.click(await domain())
    await userEvent.paste('https://Acme.freshdesk.com/a/tickets/1')
    await expect(await domain()).toHaveValue('acme')
  },
}

/** From the button to the connection without a mouse, and the focus is back on the button. */
export const ByKeyboard: Story = {
  render: ({ onSuccess, onCancel }) => <ConnectButton provider="freshdesk" onSuccess={onSuccess} onCancel={onCancel} />,
  play: async ({ args, canvas, step }) => {
    const button = await canvas.findByRole('button', { name: 'Connect Freshdesk', busy: false })
    await step('Escape closes it and gives the focus back', async () => {
      button.focus()
      await userEvent.keyboard('{Enter}')
      await waitFor(async () => expect(await domain()).toHaveFocus())
      // A script cannot press the browser's own Escape; this is what it does.
      screen.getByRole<HTMLDialogElement>('dialog').requestClose()
      await waitFor(() => expect(button).toHaveFocus())
      await expect(args.onCancel).toHaveBeenCalledWith({ reason: 'user' })
    })
    await step('Enter in the last field connects', async () => {
      await userEvent.keyboard('{Enter}')
      await waitFor(async () => expect(await domain()).toHaveFocus())
      await userEvent.keyboard('acme')
      await userEvent.tab()
      await userEvent.keyboard('fd_key_0123456789{Enter}')
      await waitFor(() => expect(args.onSuccess).toHaveBeenCalledTimes(1))
      await expect(screen.queryByRole('dialog')).toBeNull()
      await expect(button).toHaveFocus()
      await waitFor(() => expect(button).toHaveAccessibleName('Freshdesk Connected'))
    })
  },
}

/** The provider refuses the key: said under its field, which has the focus. The domain stays. */
export const RejectedKey: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'key_rejected' } },
  play: async ({ args }) => {
    await fillIn()
    await submit()
    await waitFor(() => expect(key()).toHaveFocus())
    await expect(key()).toBeInvalid()
    await expect(key()).toHaveAccessibleDescription(/^Freshdesk rejected this key. Copy it again and paste it here./)
    await expect(await domain()).toHaveValue('acme')
    await expect(args.onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'credential_rejected' }))
  },
}

/** There is no such account at the provider. */
export const WrongDomain: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'unknown_account' } },
  play: async () => {
    await fillIn()
    await submit()
    await waitFor(async () => expect(await domain()).toHaveFocus())
    await expect(await domain()).toHaveAccessibleDescription('.freshdesk.com Freshdesk knows no such account. Check this and try again.')
  },
}

/** What cannot be right is said at once, without a request. */
export const Malformed: Story = {
  play: async ({ args }) => {
    await userEvent.type(await domain(), 'acme.freshdesk.com.evil.example')
    await submit()
    await expect(await domain()).toHaveFocus()
    await expect(await domain()).toHaveAccessibleDescription('.freshdesk.com Enter just the name, such as “acme”.')
    await expect(key()).toHaveAccessibleDescription(/^Fill this in./)
    await expect(args.onError).not.toHaveBeenCalled()
  },
}

/** Nobody can tell whether the key is right. Everything stays as it was typed. */
export const Unreachable: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'unreachable' } },
  play: async () => {
    await fillIn()
    await submit()
    await expect(await screen.findByRole('button', { name: 'Try again' })).toHaveFocus()
    await expect(screen.getByRole('alert')).toHaveTextContent('Freshdesk isn’t answering right now, so nothing was saved. What you typed is still here.')
    await expect(key()).toHaveValue('fd_key_0123456789')
  },
}

/** The key is being checked; the button keeps the focus. */
export const Pending: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'never_finishes' } },
  play: async () => {
    await fillIn()
    await submit()
    const button = screen.getByRole('button', { name: 'Checking…', busy: true })
    await expect(button).toHaveFocus()
    await expect(button).toHaveAttribute('aria-disabled', 'true')
  },
}

/** Two ways lead to this provider, so the user chooses first. */
export const TwoWays: Story = {
  args: { provider: 'freshservice', onSignIn: fn() },
  play: async ({ step }) => {
    await step('a key', async () => {
      await userEvent.click(await screen.findByRole('button', { name: /^Use an API key/ }))
      await waitFor(async () => expect(await domain()).toHaveFocus())
      await expect(screen.queryByRole('textbox', { name: 'Organization' })).toBeNull()
      await userEvent.click(screen.getByRole('button', { name: 'Back' }))
    })
    await step('or a sign-in, for an account that is named first', async () => {
      await userEvent.click(await screen.findByRole('button', { name: /^Sign in to Freshservice/ }))
      await waitFor(() => expect(screen.getByRole('textbox', { name: 'Organization' })).toHaveFocus())
      await expect(screen.getByRole('button', { name: 'Continue' })).toBeVisible()
      await expect(screen.queryByLabelText('API key')).toBeNull()
    })
  },
}

/** The choice as it opens. */
export const Choice: Story = {
  args: { provider: 'freshservice', onSignIn: fn() },
  play: async () => {
    await waitFor(async () => expect(await screen.findByRole('button', { name: /^Use an API key/ })).toHaveFocus())
  },
}

/** A key that is a pair, and an account that is told apart by an id. */
export const TokenPair: Story = {
  args: { provider: 'crisp' },
  play: async () => {
    const dialog = await screen.findByRole('dialog', { name: /Crisp/ })
    await waitFor(() => expect(dialog.querySelectorAll('input[type="password"]').length).toBeGreaterThan(0))
    await expect(dialog.querySelectorAll('input').length).toBeGreaterThan(1)
  },
}

/** A new key for a connection that is there, which keeps its id. The present key stays in use until then. */
export const Update: Story = {
  args: { connectionId: 'conn_before' },
  parameters: {
    authpipe: {
      latencyMs: 10,
      connections: [
        mockConnection({
          id: 'conn_before',
          provider: 'freshdesk',
          credentialType: 'api_key',
          status: 'needs_reauth',
          statusReason: 'credential_rejected',
          account: { id: 'acme:1', label: 'lena@acme.example · acme.freshdesk.com' },
          settings: { subdomain: 'acme' },
        }),
      ],
    },
  },
  play: async () => {
    await expect(await screen.findByText(/lena@acme.example · acme.freshdesk.com/)).toBeInTheDocument()
    await expect(screen.queryByRole('textbox', { name: 'Domain' })).toBeNull()
    await expect(screen.getByRole('button', { name: 'Update key' })).toBeInTheDocument()
  },
}

/** The providers are being read. */
export const Loading: Story = {
  parameters: { authpipe: { scenario: 'loading' } },
  play: async () => {
    await expect(await screen.findByRole('dialog')).toBeInTheDocument()
    await expect(screen.queryByRole('textbox')).toBeNull()
  },
}

/** The providers cannot be read. */
export const Offline: Story = {
  parameters: { authpipe: { scenario: 'offline', latencyMs: 1 } },
  play: async () => {
    await expect(await screen.findByRole('alert')).toHaveTextContent('The server can’t be reached right now.')
    await waitFor(() => expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible())
  },
}

const long = 'Contoso Omnichannel Customer Engagement Suite for Enterprises'

/** Long words wrap, and nothing is cut off. */
export const LongLabels: Story = {
  args: { provider: 'contoso' },
  parameters: {
    authpipe: {
      initialProviders: mockProviders.slice(2, 3).map((freshdesk) => ({
        ...freshdesk,
        id: 'contoso',
        name: long,
        settings: [{ id: 'subdomain', label: `Subdomain of your ${long}`, pattern: '.+', prefix: 'https://', suffix: '.engagement-suite.contoso.example', placeholder: 'acme' }],
        auth: [
          {
            kind: 'api_key',
            scopes: [],
            fields: [
              {
                id: 'apiKey',
                label: `Non-expiring integration key of the technical administrator of ${long}`,
                secret: true,
                description: 'Found under Administration, Organization, Integrations, External applications, Keys, as "Key for applications of other vendors".',
                helpUrl: 'https://provider.example/keys',
              },
            ],
          },
        ],
      })),
    },
  },
  play: async () => {
    const dialog = await screen.findByRole('dialog', { name: /Contoso|Enterprises/ })
    await waitFor(() => expect(within(dialog).getByRole('textbox')).toBeVisible())
    await expect(dialog.scrollWidth).toBeLessThanOrEqual(dialog.clientWidth)
  },
}

/** On a telephone it is a sheet at the lower edge, and its buttons are as wide as it is. */
export const PhoneWidth: Story = {
  globals: { viewport: { value: 'phone' } },
  parameters: { viewport: { options: { phone: { name: 'Phone', styles: { width: '390px', height: '760px' } } } } },
  play: async () => {
    const dialog = await screen.findByRole('dialog')
    await domain()
    await waitFor(() => expect(dialog.getBoundingClientRect()).toMatchObject({ left: 0, width: innerWidth, bottom: innerHeight }))
    await expect(screen.getByRole('button', { name: 'Connect' }).offsetWidth).toBeGreaterThan(innerWidth - 60)
  },
}
