import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect, fn, userEvent } from 'storybook/test'
import type { CancelReason } from './client/connectFlow.ts'
import { useConnect } from './useConnect.ts'

interface OwnConnectButtonProps {
  readonly provider: string
  readonly onSuccess: (connectionId: string) => void
  readonly onCancel: (reason: CancelReason) => void
}

function OwnConnectButton({ provider, onSuccess, onCancel }: OwnConnectButtonProps): ReactNode {
  const { mutate: connect, phase, cancel, connectError } = useConnect(provider, {
    onSuccess: ({ id }) => onSuccess(id),
    onCancel: ({ reason }) => onCancel(reason),
  })
  return (
    <div style={{ display: 'grid', gap: 8, justifyItems: 'start' }}>
      <button type="button" onClick={() => connect({ scopes: ['customers:ro'] })}>
        Add {provider}
      </button>
      {(phase === 'waiting' || phase === 'detached') && (
        <button type="button" onClick={cancel}>
          Stop
        </button>
      )}
      <output>
        {phase}
        {connectError && ` (${connectError.code})`}
      </output>
    </div>
  )
}

const meta = {
  title: 'Hooks/useConnect',
  component: OwnConnectButton,
  args: { provider: 'livechat', onSuccess: fn(), onCancel: fn() },
  parameters: {
    docs: {
      description: {
        component: `Connects a provider with a button of your own.

\`\`\`tsx
'use client'
import { useConnect } from '@authpipe/react'

export function ConnectLiveChat() {
  const { mutate: connect, phase, cancel } = useConnect('livechat', { onSuccess: (connection, { reconnected }) => console.log(connection, reconnected) })
  if (phase === 'waiting') return <button onClick={cancel}>Stop</button>
  return <button onClick={() => connect({ scopes: ['customers:ro'] })}>Connect</button>
}
\`\`\`

\`mutate\` opens the window at once, so call it in the click. The result is that of the TanStack mutation, and beside it \`phase\`
(\`idle\`, \`opening\`, \`waiting\`, \`detached\`, \`confirming\`, \`done\`, \`blocked\`, \`error\`), \`sessionId\`, \`connectError\`,
\`cancel\`, \`focusWindow\`, \`reopen\` and \`getFormProps\`, the form for a blocked window. Two components with the same provider
share one attempt. \`onSuccess\` also hears of a success after a reload, or after the user seemed to have closed the window.`,
      },
    },
  },
} satisfies Meta<typeof OwnConnectButton>

export default meta
type Story = StoryObj<typeof meta>

export const Success: Story = {
  parameters: { authpipe: { latencyMs: 10 } },
  play: async ({ args, canvas }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Add livechat' }))
    await expect(await canvas.findByText('done')).toBeVisible()
    await expect(args.onSuccess).toHaveBeenCalledTimes(1)
  },
}

export const Cancelled: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'never_finishes' } },
  play: async ({ args, canvas }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Add livechat' }))
    await userEvent.click(await canvas.findByRole('button', { name: 'Stop' }))
    await expect(canvas.getByText('idle (connect_cancelled)')).toBeVisible()
    await expect(args.onCancel).toHaveBeenCalledWith('user')
  },
}
