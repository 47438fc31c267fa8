import type { ProviderSummary } from '@authpipe/core'

const summary = (id: string, name: string, description: string): ProviderSummary => ({
  id,
  name,
  description,
  category: 'Customer Support',
  website: `https://${id}.example`,
  docsUrl: `https://${id}.example/docs`,
  attachment: 'user',
  auth: [{ kind: 'oauth2', scopes: [{ id: 'chats--all:ro', description: 'Read-only access to all chats' }], fields: [] }],
  settings: [],
  setup: { steps: [] },
})

/** The providers that a mock server has registered unless it is told others. */
export const mockProviders: readonly ProviderSummary[] = [
  summary('livechat', 'LiveChat', 'Manage agents, chats, and customer interactions through the LiveChat Platform API.'),
  summary('help-scout', 'Help Scout', 'Connect to Help Scout for customer conversations, mailbox management, and reporting via OAuth.'),
]
