import { expect, it } from 'vitest'
import { sampleConnection, sampleTime } from '../store/sampleRecords.ts'
import type { ConnectionEventType, ProviderEventType } from '@authpipe/core'
import { createEvent, createProviderEvent, toAuthpipeEvent } from './authpipeEvent.ts'

const connectionTypes = Object.keys({
  'connection.created': true,
  'connection.reconnected': true,
  'connection.needs_reauth': true,
  'connection.recovered': true,
  'connection.failed': true,
  'connection.revoked': true,
  'token.refreshed': true,
  'token.refresh_failed': true,
  'credential.expiring': true,
  'credential.stored': true,
  'tenant.erased': true,
  'tenant.exported': true,
  'tenant.imported': true,
} satisfies Record<ConnectionEventType, true>) as ConnectionEventType[]
const providerTypes = Object.keys({ 'provider.outage': true, 'provider.recovered': true } satisfies Record<ProviderEventType, true>) as ProviderEventType[]

const canary = 'CANARY'
const connection = sampleConnection({
  account: { id: `${canary} id`, label: `${canary} label` },
  scopes: [`${canary}:scope`],
  missingScopes: [`${canary}:missing`],
  settings: { [canary]: canary },
})

// WO-2
it.each(connectionTypes)('%s tells whose connection it is about, and nothing of its account, scopes and settings', (type) => {
  const event = toAuthpipeEvent({ ...createEvent(type, connection, sampleTime, { reason: 'grant_revoked' }), connectionRevision: 7 })
  expect(event).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    type,
    tenantId: 'org_acme',
    userId: 'user_1',
    connectionId: 'conn_1',
    connectionRevision: 7,
    provider: 'livechat',
    data: { reason: 'grant_revoked' },
    occurredAt: '2026-11-22T12:00:00.000Z',
  })
  expect(JSON.stringify(event)).not.toContain(canary)
})

it('an event of a connection of the whole tenant names no user', () => {
  const event = toAuthpipeEvent(createEvent('connection.created', sampleConnection({ ownerId: '' }), sampleTime))
  expect(Object.keys(event)).not.toContain('userId')
})

it.each(providerTypes)('%s tells of a provider alone', (type) => {
  expect(toAuthpipeEvent(createProviderEvent(type, 'livechat', sampleTime))).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    type,
    provider: 'livechat',
    data: {},
    occurredAt: '2026-11-22T12:00:00.000Z',
  })
})
