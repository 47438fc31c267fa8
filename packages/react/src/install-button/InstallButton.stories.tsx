import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, userEvent } from 'storybook/test'
import { mockConnection } from '../testing/index.ts'
import { InstallButton } from './InstallButton.tsx'

const meta = {
  title: 'Components/InstallButton',
  component: InstallButton,
  args: { provider: 'crisp', onInstall: fn() },
  argTypes: {
    provider: { control: 'text', table: { type: { summary: 'ProviderId' } } },
    onInstall: { control: false, table: { type: { summary: '(installation, { reconnected }) => void' } } },
  },
  parameters: {
    authpipe: { latencyMs: 20 },
    docs: {
      description: {
        component: `Installs your app in a provider's workspace. The looks and the engine of a ConnectButton; the installation and its attempts are apart
from a person's own connection of the same provider.

\`\`\`tsx
'use client'
import { InstallButton } from '@authpipe/react'

export const Install = () => <InstallButton provider="crisp" onInstall={(inst) => console.log('Installed!', inst)} />
\`\`\``,
      },
    },
  },
} satisfies Meta<typeof InstallButton>

export default meta
type Story = StoryObj<typeof meta>

const installation = mockConnection({ provider: 'crisp', kind: 'installation', attachment: 'tenant', credentialType: 'api_key' })

/** Nothing is installed. A click opens the provider's page; here a mock user installs after a moment. */
export const Absent: Story = {
  play: async ({ args, canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Install Crisp', busy: false }))
    await expect(await canvas.findByRole('button', { name: 'Crisp Installed' })).toBeVisible()
    await expect(args.onInstall).toHaveBeenCalledTimes(1)
  },
}

export const Installed: Story = {
  parameters: { authpipe: { connections: [installation] } },
  play: async ({ canvas }) => expect(await canvas.findByText('Installed')).toBeVisible(),
}

/** The workspace is suspended: the provider refuses, and installing again is the way out once it is not. */
export const Suspended: Story = {
  parameters: { authpipe: { connections: [{ ...installation, status: 'failed', statusReason: 'account_suspended' }] } },
  play: async ({ canvas }) => expect(await canvas.findByText('This Crisp workspace is suspended.')).toBeVisible(),
}
