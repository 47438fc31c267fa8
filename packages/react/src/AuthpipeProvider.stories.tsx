import type { Meta, StoryObj } from '@storybook/react-vite'
import { useState, type ReactNode } from 'react'
import { expect } from 'storybook/test'
import { AuthpipeProvider, type AuthpipeProviderProps } from './AuthpipeProvider.tsx'
import { ConnectButton } from './connect-button/ConnectButton.tsx'
import { createMockClient, mockConnection } from './testing/index.ts'

function App(props: AuthpipeProviderProps): ReactNode {
  const [client] = useState(() => createMockClient({ connections: [mockConnection()] }))
  return (
    <AuthpipeProvider {...props} client={client}>
      <ConnectButton provider="livechat" />
    </AuthpipeProvider>
  )
}

const meta = {
  title: 'Components/AuthpipeProvider',
  component: AuthpipeProvider,
  parameters: {
    docs: {
      description: {
        component: `Gives the components and hooks below it their base path, data and texts. You need it for a base path other than
\`/api/authpipe\`, for data that a server component has read, and for texts, names and logos of your own.

\`\`\`tsx
// app/integrations/layout.tsx
import { AuthpipeProvider } from '@authpipe/react'
import type { ReactNode } from 'react'
import { authpipe } from '@/lib/authpipe'
import { readSession } from '@/lib/session'

export default async function Layout({ children }: { readonly children: ReactNode }) {
  const session = await readSession()
  const connections = session ? await authpipe.listConnections({ tenantId: session.organizationId, userId: session.userId }) : []
  return <AuthpipeProvider initialConnections={connections}>{children}</AuthpipeProvider>
}
\`\`\`

It uses the QueryClient of your app, or makes one.`,
      },
    },
  },
  render: (props) => <App {...props} />,
} satisfies Meta<typeof AuthpipeProvider>

export default meta
type Story = StoryObj<typeof meta>

/** What a server component has read is there in the first paint, without a request. */
export const InitialConnections: Story = {
  args: { initialConnections: [mockConnection()] },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('button', { name: 'LiveChat Connected' })).toBeVisible()
  },
}

/** Every text can be replaced; what is left out stays English. */
export const OwnTexts: Story = {
  args: { messages: { active: 'Verbunden' }, providers: { livechat: { name: 'LiveChat (Berlin)' } } },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'LiveChat (Berlin) Verbunden' })).toBeVisible()
  },
}
