import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, userEvent } from 'storybook/test'
import { ScopePicker } from './ScopePicker.tsx'

const scopes = [
  { id: 'agents--my:ro', description: 'See your own profile' },
  { id: 'chats--all:ro', description: 'See all chats' },
  { id: 'chats--all:rw', description: 'See and answer all chats', minimumRole: 'administrator' },
  { id: 'customers:ro', description: 'See your customers' },
]

const meta = {
  title: 'Components/ScopePicker',
  component: ScopePicker,
  args: { provider: 'livechat', scopes, onValueChange: fn() },
  argTypes: {
    value: { control: false },
    defaultValue: { control: 'object' },
    required: { control: 'object' },
    granted: { control: 'object' },
    presets: { control: 'object' },
    groups: { control: 'object' },
    legend: { control: 'text' },
  },
  decorators: [(Story) => <div style={{ width: 'min(440px, 100vw - 32px)' }}>{<Story />}</div>],
  parameters: {
    authpipe: { latencyMs: 10 },
    docs: {
      description: {
        component: `What an app may do at a provider, to choose from: in plain words first, as the provider calls it second.

\`\`\`tsx
'use client'
import { ConnectButton, ScopePicker } from '@authpipe/react'
import { useState } from 'react'

export function ConnectWithScopes() {
  const [scopes, setScopes] = useState<readonly string[]>([])
  return (
    <>
      <ScopePicker provider="livechat" value={scopes} onValueChange={setScopes} />
      <ConnectButton provider="livechat" scopes={scopes} />
    </>
  )
}
\`\`\`

It is a fieldset of real checkboxes, so it works in a form of yours too.`,
      },
    },
  },
} satisfies Meta<typeof ScopePicker>

export default meta
type Story = StoryObj<typeof meta>

/** By keyboard alone. */
export const Choosing: Story = {
  play: async ({ args, canvas }) => {
    await userEvent.tab()
    await expect(canvas.getByRole('checkbox', { name: 'See your own profile' })).toHaveFocus()
    await userEvent.keyboard(' ')
    await expect(args.onValueChange).toHaveBeenCalledWith(['agents--my:ro'])
    await expect(canvas.getByRole('checkbox', { name: 'See your own profile' })).toBeChecked()
    await expect(canvas.getByRole('checkbox', { name: 'See and answer all chats' })).toHaveAccessibleDescription('chats--all:rw · Needs administrator')
  },
}

/** What cannot be left out says so, and what is added to a connection is marked. */
export const RequiredAndNew: Story = {
  args: { required: ['agents--my:ro'], granted: ['agents--my:ro', 'chats--all:ro'] },
  play: async ({ args, canvas }) => {
    const required = canvas.getByRole('checkbox', { name: 'See your own profile' })
    await userEvent.click(required)
    await expect(required).toBeChecked()
    await expect(args.onValueChange).not.toHaveBeenCalled()
    await expect(canvas.getAllByText('New')).toHaveLength(2)
  },
}

/** Several at once, below headings. */
export const PresetsAndGroups: Story = {
  args: {
    presets: { 'Only look': ['agents--my:ro', 'chats--all:ro'], Everything: scopes.map(({ id }) => id) },
    groups: [{ title: 'Chats', scopes: ['chats--all:ro', 'chats--all:rw'] }],
  },
  play: async ({ canvas }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Only look' }))
    await expect(canvas.getByRole('button', { name: 'Only look', pressed: true })).toBeVisible()
    await expect(canvas.getByRole('group', { name: 'Chats' })).toBeVisible()
  },
}

/** What the server says of the provider. */
export const OfTheServer: Story = {
  args: { scopes: undefined },
  play: async ({ canvas }) => expect(await canvas.findByRole('checkbox', { name: 'Read-only access to all chats' })).toBeVisible(),
}

export const Loading: Story = {
  args: { scopes: undefined },
  parameters: { authpipe: { scenario: 'loading' } },
  play: async ({ canvas }) => expect(canvas.queryByRole('checkbox')).toBeNull(),
}

export const Offline: Story = {
  args: { scopes: undefined },
  parameters: { authpipe: { scenario: 'offline', latencyMs: 1 } },
  play: async ({ canvas }) => expect(await canvas.findByRole('button', { name: 'Try again' })).toBeVisible(),
}

export const NothingToChoose: Story = {
  args: { scopes: [] },
  play: async ({ canvas }) => expect(canvas.getByText('LiveChat has no permissions to choose from.')).toBeVisible(),
}
