import type { AuthSummary, ProviderSummary, SettingDefinition } from '@authpipe/core'

const signIn: AuthSummary = { kind: 'oauth2', scopes: [{ id: 'chats--all:ro', description: 'Read-only access to all chats' }], fields: [] }

const apiKey: AuthSummary = {
  kind: 'api_key',
  scopes: [],
  fields: [{ id: 'apiKey', label: 'API key', secret: true, description: 'Found under Profile settings.', helpUrl: 'https://provider.example/keys' }],
}

const tokenPair: AuthSummary = {
  kind: 'api_key',
  scopes: [],
  fields: [
    { id: 'identifier', label: 'Token identifier', secret: true, description: 'Found under Workspace Settings.', helpUrl: 'https://provider.example/keys' },
    { id: 'key', label: 'Token key', secret: true, pattern: '[0-9a-f]{64}', description: 'Shown once, beside the identifier.' },
  ],
}

const domain = (suffix: string, more?: Partial<SettingDefinition>): SettingDefinition => ({
  id: 'subdomain',
  label: 'Domain',
  pattern: '[a-z0-9-]+',
  prefix: 'https://',
  suffix,
  placeholder: 'acme',
  ...more,
})
const organization = domain('.myfreshworks.com', { id: 'organization', label: 'Organization', onlyFor: ['oauth2'] })
const websiteId: SettingDefinition = {
  id: 'websiteId',
  label: 'Website ID',
  pattern: '[0-9a-f-]{36}',
  placeholder: '8c842203-7ed8-4e29-a608-7cf78a7d2fcc',
}

const summary = (
  id: string,
  name: string,
  description: string,
  auth: readonly AuthSummary[],
  settings: readonly SettingDefinition[] = [],
): ProviderSummary => ({
  id,
  name,
  description,
  category: 'Customer Support',
  website: `https://${id}.example`,
  docsUrl: `https://${id}.example/docs`,
  attachment: 'user',
  auth,
  settings,
  setup: { steps: [] },
})

/** The providers that a mock server has registered unless it is told others: two that sign in, two that take keys, one that does both. */
export const mockProviders: readonly ProviderSummary[] = [
  summary('livechat', 'LiveChat', 'Manage agents, chats, and customer interactions through the LiveChat Platform API.', [signIn]),
  summary('help-scout', 'Help Scout', 'Connect to Help Scout for customer conversations, mailbox management, and reporting via OAuth.', [signIn]),
  summary('freshdesk', 'Freshdesk', 'Access Freshdesk tickets, contacts, and support data using API key authentication.', [apiKey], [domain('.freshdesk.com')]),
  summary(
    'freshservice',
    'Freshservice',
    'Manage IT service requests, incidents, and assets through Freshservice API.',
    [apiKey, signIn],
    [organization, domain('.freshservice.com')],
  ),
  summary('crisp', 'Crisp', 'Manage conversations and contacts through the Crisp messaging platform.', [tokenPair], [websiteId]),
]
