import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { ProviderLogo } from './ProviderLogo.tsx'

const ids = ['livechat', 'help-scout', 'freshdesk', 'freshservice', 'crisp', 'acme']

const meta = {
  title: 'Components/ProviderLogo',
  component: ProviderLogo,
  args: { provider: 'livechat' },
  argTypes: { provider: { control: 'text' }, name: { control: 'text' } },
  parameters: {
    docs: {
      description: {
        component: `A provider's logo on a white tile: the one that \`AuthpipeProvider\` was given for it, else the first letter of its name.

\`\`\`tsx
'use client'
import { AuthpipeProvider, ProviderLogo } from '@authpipe/react'

const mark = (
  <svg viewBox="0 0 24 24">
    <circle cx="12" cy="12" r="10" />
  </svg>
)

export const Heading = () => (
  <AuthpipeProvider providers={{ acme: { name: 'Acme', logo: mark } }}>
    <h2>
      <ProviderLogo provider="acme" /> Acme
    </h2>
  </AuthpipeProvider>
)
\`\`\`

It is decorative, so write the name beside it. The variable \`--logo\` is its size, 40px unless set. Logos belong to their owners and do not
come with the kit: give your own copies.`,
      },
    },
  },
} satisfies Meta<typeof ProviderLogo>

export default meta
type Story = StoryObj<typeof meta>

/** The last one was given no logo. */
export const All: Story = {
  render: () => (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12 }}>
      {ids.map((id) => (
        <ProviderLogo key={id} provider={id} />
      ))}
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText('A')).toHaveAttribute('aria-hidden', 'true')
  },
}

/** Half its size, by the variable. */
export const Small: Story = { args: { style: { '--logo': '20px' } as Record<string, string> } }
