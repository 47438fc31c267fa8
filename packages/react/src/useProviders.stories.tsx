import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect } from 'storybook/test'
import { useProviders } from './useProviders.ts'

function Catalog(): ReactNode {
  const { data: providers = [], isPending } = useProviders()
  if (isPending) return <p role="status">Loading…</p>
  return (
    <dl>
      {providers.map(({ id, name, description }) => (
        <div key={id}>
          <dt>{name}</dt>
          <dd>{description}</dd>
        </div>
      ))}
    </dl>
  )
}

const meta = {
  title: 'Hooks/useProviders',
  component: Catalog,
  parameters: {
    docs: {
      description: {
        component: `Lists the providers that your server has registered, in their order; fresh for one hour.

\`\`\`tsx
'use client'
import { useProviders } from '@authpipe/react'

export function Names() {
  const { data: providers = [] } = useProviders()
  return providers.map(({ id, name }) => <p key={id}>{name}</p>)
}
\`\`\`

A provider has its \`id\`, \`name\`, \`description\`, the scopes it asks for with what each permits, and the fields of its forms;
never an endpoint or a client id.`,
      },
    },
  },
} satisfies Meta<typeof Catalog>

export default meta
type Story = StoryObj<typeof meta>

export const Registered: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('LiveChat')).toBeVisible()
    await expect(canvas.getByText('Help Scout')).toBeVisible()
  },
}
