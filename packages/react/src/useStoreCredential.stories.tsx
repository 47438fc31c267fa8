import type { Meta, StoryObj } from '@storybook/react-vite'
import type { ReactNode } from 'react'
import { expect, fn, userEvent, waitFor } from 'storybook/test'
import { useStoreCredential } from './useStoreCredential.ts'

interface OwnKeyFormProps {
  readonly onSuccess: (connectionId: string) => void
}

function OwnKeyForm({ onSuccess }: OwnKeyFormProps): ReactNode {
  const { mutate: storeKey, isPending, error } = useStoreCredential('freshdesk', { onSuccess: ({ id }) => onSuccess(id) })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const typed = (name: string): string => {
          const value = form.get(name)
          return typeof value === 'string' ? value : ''
        }
        storeKey({ settings: { subdomain: typed('domain') }, fields: { apiKey: typed('key') } })
      }}
      style={{ display: 'grid', gap: 8, justifyItems: 'start' }}
    >
      <label>
        Domain <input name="domain" />
      </label>
      <label>
        Key <input name="key" type="password" autoComplete="off" />
      </label>
      <button>{isPending ? 'Checking…' : 'Save'}</button>
      {error && (
        <p role="alert">
          {error.code}: {String(error.details?.field ?? error.details?.setting)}
        </p>
      )}
    </form>
  )
}

const meta = {
  title: 'Hooks/useStoreCredential',
  component: OwnKeyForm,
  args: { onSuccess: fn() },
  parameters: {
    authpipe: { latencyMs: 10 },
    docs: {
      description: {
        component: `Stores an API key from a form of your own, once its provider has accepted it. \`CredentialDialog\` is such a form.

\`\`\`tsx
'use client'
import { useStoreCredential } from '@authpipe/react'

export function FreshdeskKey() {
  const { mutate: storeKey, isPending, error } = useStoreCredential('freshdesk', { onSuccess: (connection) => console.log(connection) })
  return (
    <form action={(form) => storeKey({ settings: { subdomain: 'acme' }, fields: { apiKey: String(form.get('apiKey')) } })}>
      <input name="apiKey" type="password" autoComplete="off" aria-label="API key" />
      <button disabled={isPending}>Store</button>
      {error && <p role="alert">{error.code}</p>}
    </form>
  )
}
\`\`\`

\`error.code\` says what went wrong, and \`error.details\` which \`field\` or \`setting\` it was. With \`connectionId\` the key takes the place
of that connection's. It returns the TanStack mutation result without \`variables\`: the key is in no cache, no result and no callback, so
read it from the form as it is submitted, and keep it in no state.`,
      },
    },
  },
} satisfies Meta<typeof OwnKeyForm>

export default meta
type Story = StoryObj<typeof meta>

export const Stored: Story = {
  play: async ({ args, canvas }) => {
    await userEvent.type(canvas.getByLabelText('Domain'), 'acme')
    await userEvent.type(canvas.getByLabelText('Key'), 'fd_key_0123456789{Enter}')
    await waitFor(() => expect(args.onSuccess).toHaveBeenCalledTimes(1))
  },
}

export const Rejected: Story = {
  parameters: { authpipe: { latencyMs: 10, scenario: 'key_rejected' } },
  play: async ({ canvas }) => {
    await userEvent.type(canvas.getByLabelText('Domain'), 'acme')
    await userEvent.type(canvas.getByLabelText('Key'), 'fd_key_0123456789{Enter}')
    await expect(await canvas.findByText('credential_rejected: apiKey')).toBeVisible()
  },
}
