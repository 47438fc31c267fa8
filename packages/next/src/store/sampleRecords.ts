// Records for tests: complete, plausible, changed by what a test cares about.
import type { Change, ConnectionRecord, EventRecord, RevocationRecord, ScheduleRecord, SecretRecord, SessionRecord, TenantKeyRecord, WebhookEndpointRecord, WebhookRecord } from './store.ts'

export const sampleTime = Date.UTC(2026, 10, 22, 12)

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export function sampleConnection(changes: Partial<ConnectionRecord> = {}): ConnectionRecord {
  const id = changes.id ?? 'conn_1'
  return {
    id,
    tenantId: 'org_acme',
    provider: 'livechat',
    ownerId: 'user_1',
    attachment: 'user',
    kind: 'user',
    credentialType: 'oauth_token',
    account: { id: `account of ${id}` },
    status: 'active',
    isDefault: false,
    scopes: [],
    missingScopes: [],
    settings: {},
    healthState: 'unknown',
    connectedAt: sampleTime,
    updatedAt: sampleTime,
    revision: 1,
    grantGeneration: 1,
    tokenGeneration: 1,
    ...changes,
  }
}

type Place = Pick<ConnectionRecord, 'tenantId' | 'id' | 'provider' | 'grantGeneration' | 'tokenGeneration'>

export function sampleSecret({ tenantId, id, grantGeneration, tokenGeneration }: Place, changes: Partial<SecretRecord> = {}): SecretRecord {
  return { tenantId, connectionId: id, field: 'credential', sealed: bytesOf(`sealed for ${id}`), grantGeneration, tokenGeneration, ...changes }
}

/** The schedule that comes of a change which wrote `patch`. */
export function sampleSchedule({ tenantId, id, provider }: Place, patch: Partial<ScheduleRecord> = {}): ScheduleRecord {
  return { tenantId, connectionId: id, provider, failureCount: 0, ...patch }
}

export function sampleRevocation({ tenantId, id, provider, grantGeneration, tokenGeneration }: Place, changes: Partial<RevocationRecord> = {}): RevocationRecord {
  return {
    id: `revocation of ${id}`,
    tenantId,
    connectionId: id,
    provider,
    field: 'refresh_token',
    sealed: bytesOf(`sealed for ${id}`),
    grantGeneration,
    tokenGeneration,
    settings: {},
    attempts: 0,
    nextAttemptAt: sampleTime,
    createdAt: sampleTime,
    ...changes,
  }
}

export function sampleEvent({ tenantId, id, provider }: Place, changes: Partial<EventRecord> = {}): EventRecord {
  return { id: `event of ${id}`, type: 'connection.created', tenantId, connectionId: id, provider, data: {}, occurredAt: sampleTime, connectionRevision: 1, ...changes }
}

/** A new connection with its credential. */
export function sampleChange(connection: ConnectionRecord, changes: Partial<Change> = {}): Change {
  const { tenantId, id: connectionId } = connection
  return { tenantId, connectionId, expect: 'absent', connection, secrets: [sampleSecret(connection)], ...changes }
}

export function sampleSession(changes: Partial<SessionRecord> = {}): SessionRecord {
  const id = changes.id ?? 'session_1'
  return {
    id,
    tenantId: 'org_acme',
    userId: 'user_1',
    provider: 'livechat',
    stateHash: bytesOf(`state of ${id}`),
    bindingHash: bytesOf('binding'),
    requestHash: bytesOf('request'),
    sealed: bytesOf('sealed'),
    redirectUri: 'https://app.example.com/api/authpipe/callback/livechat',
    scopes: [],
    settings: {},
    mode: 'popup',
    status: 'pending',
    createdAt: sampleTime,
    expiresAt: sampleTime + 600_000,
    ...changes,
  }
}

export function sampleTenantKey(changes: Partial<TenantKeyRecord> = {}): TenantKeyRecord {
  return { tenantId: 'org_acme', keyId: '00000000000000aa', kid: 'k1', wrapped: 'wrapped', sealCount: 0, createdAt: sampleTime, ...changes }
}

export function sampleWebhookEndpoint(changes: Partial<WebhookEndpointRecord> = {}): WebhookEndpointRecord {
  return { idHash: bytesOf('hash'), tenantId: 'org_acme', provider: 'crisp', isSigned: true, createdAt: sampleTime, ...changes }
}

export function sampleWebhook(changes: Partial<WebhookRecord> = {}): WebhookRecord {
  return {
    id: 'webhook_1',
    tenantId: 'org_acme',
    provider: 'crisp',
    sealed: bytesOf('sealed'),
    attempts: 0,
    nextAttemptAt: sampleTime,
    receivedAt: sampleTime,
    ...changes,
  }
}
