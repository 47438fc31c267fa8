import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect } from 'storybook/test'
import { useProvider } from './useProvider.ts'

function About({ provider }: { readonly provider: string }): ReactNode {
  const { data, isPending } = useProvider(provider)
  if (isPending) return <p role="status">Loading…</p>
  if (data === null) return <p>There is no such provider here.</p>
  return <p>{data?.description}</p>
}

const meta = {
  title: 'Hooks/useProvider',
  component: About,
  args: { provider: 'livechat' },
  parameters: {
    docs: {
      description: {
        component: `Reads one provider: its name, ways to connect, scopes and the fields of its forms.

\`\`\`tsx
'use client'
import { useProvider } from '@authpipe/react'

export function Permissions() {
  const { data: provider } = useProvider('livechat')
  return provider?.auth.flatMap((way) => way.scopes).map(({ id, description }) => <p key={id}>{description}</p>)
}
\`\`\`

\`data\` is \`null\` where the server has not registered it. It makes no request of its own beside \`useProviders\`: both read the same list.`,
      },
    },
  },
} satisfies Meta<typeof About>

export default meta
type Story = StoryObj<typeof meta>

export const Registered: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/Manage agents, chats/)).toBeVisible()
  },
}

/** Such as a provider that this deployment does not offer. */
export const NotRegistered: Story = {
  args: { provider: 'acme' },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('There is no such provider here.')).toBeVisible()
  },
}
