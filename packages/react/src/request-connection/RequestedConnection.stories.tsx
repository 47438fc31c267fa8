import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, screen, userEvent, waitFor } from 'storybook/test'
import { RequestedConnection } from './RequestedConnection.tsx'

const meta = {
  title: 'Components/RequestedConnection',
  component: RequestedConnection,
  args: { workspace: 'Northwind Traders' },
  argTypes: { workspace: { control: 'text' } },
  // As the link leaves it.
  beforeEach: () => {
    const before = location.href
    const url = new URL(before)
    url.searchParams.set('authpipe_connect', 'livechat')
    history.replaceState(null, '', url)
    return () => history.replaceState(null, '', before)
  },
  parameters: {
    authpipe: { latencyMs: 10, app: { name: 'Northwind Desk' } },
    docs: {
      story: { inline: false, height: '380px' },
      description: {
        component: `Asks whoever has opened a link of \`RequestConnectionLink\` whether to connect that provider; else it is nothing.

\`\`\`tsx
import { RequestedConnection } from '@authpipe/react'

/** On the page that links lead to. */
export const Asked = () => <RequestedConnection workspace="Acme" />
\`\`\`

Opening the link starts nothing: the question says what is connected to what, and a click of the person who is signed in is the start. What
the link names has to be a provider that the server has registered.`,
      },
    },
  },
} satisfies Meta<typeof RequestedConnection>

export default meta
type Story = StoryObj<typeof meta>

/** A question, and nothing that has happened. */
export const Opened: Story = {
  play: async () => {
    const dialog = await screen.findByRole('dialog', { name: 'Connect LiveChat?' })
    await expect(dialog).toHaveAccessibleDescription(/to connect LiveChat to Northwind Traders\. Go on only if you know why: Northwind Desk gets the access/)
  },
}

/** Once connected and closed, the address no longer asks. */
export const Answered: Story = {
  tags: ['!autodocs'],
  play: async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    await userEvent.click(await screen.findByRole('button', { name: 'Close' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await expect(location.search).not.toContain('authpipe_connect')
  },
}
