import type { Connection } from '@authpipe/core'

/** Makes a connection for tests and stories: an active one of LiveChat, with what you name changed. */
export function mockConnection(changes: Partial<Connection> = {}): Connection {
  return {
    id: 'conn_mock',
    provider: 'livechat',
    kind: 'user',
    tenantId: 'org_acme',
    userId: 'user_123',
    attachment: 'user',
    credentialType: 'oauth_token',
    status: 'active',
    isDefault: false,
    account: { id: 'acc_1', label: 'acme-support' },
    scopes: ['chats--all:ro', 'agents--my:ro'],
    missingScopes: [],
    settings: {},
    health: { state: 'healthy', checkedAt: '2026-11-22T09:00:00.000Z' },
    connectedAt: '2026-11-19T09:00:00.000Z',
    updatedAt: '2026-11-22T09:00:00.000Z',
    expiresAt: '2026-11-22T17:00:00.000Z',
    ...changes,
  }
}
