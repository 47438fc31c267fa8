import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, spyOn, userEvent, waitFor } from 'storybook/test'
import { RequestConnectionLink } from './RequestConnectionLink.tsx'

const meta = {
  title: 'Components/RequestConnectionLink',
  component: RequestConnectionLink,
  args: { provider: 'livechat', page: '/integrations', onCopied: fn() },
  argTypes: { provider: { control: 'text' }, page: { control: 'text' } },
  parameters: {
    authpipe: { latencyMs: 10, app: { name: 'Northwind Desk' } },
    docs: {
      description: {
        component: `The person who looks at your page is often not the one who may connect the account. This copies a link for that person; on the page
that it leads to stands a \`RequestedConnection\`.

\`\`\`tsx
import { RequestConnectionLink, RequestedConnection } from '@authpipe/react'

export const AskSomebody = () => <RequestConnectionLink provider="livechat" page="/integrations" />

/** On /integrations. */
export const Asked = () => <RequestedConnection workspace="Acme" />
\`\`\`

The link carries no authority and no name: it asks whoever opens it and is signed in there, who then decides by a click.`,
      },
    },
  },
} satisfies Meta<typeof RequestConnectionLink>

export default meta
type Story = StoryObj<typeof meta>

export const Copied: Story = {
  play: async ({ args, canvas }) => {
    const write = spyOn(navigator.clipboard, 'writeText').mockResolvedValue(undefined)
    await userEvent.click(canvas.getByRole('button', { name: 'Copy a link for somebody else' }))
    await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('Link copied. Whoever opens it and is signed in can connect LiveChat.'))
    await expect(write).toHaveBeenCalledWith(`${location.origin}/integrations?authpipe_connect=livechat`)
    await expect(args.onCopied).toHaveBeenCalledTimes(1)
    write.mockRestore()
  },
}

/** Where the browser lets nobody copy, the link is there to be copied by hand. */
export const ByHand: Story = {
  play: async ({ canvas }) => {
    const write = spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('No.', 'NotAllowedError'))
    await userEvent.click(canvas.getByRole('button', { name: 'Copy a link for somebody else' }))
    await expect(await canvas.findByRole('textbox', { name: 'Link to connect LiveChat' })).toHaveValue(`${location.origin}/integrations?authpipe_connect=livechat`)
    write.mockRestore()
  },
}
