import { defineQuery } from '../defineQuery.ts'
import type { WebhookEndpointRecord, WebhookRecord } from '../records.ts'
import { parseWebhookEndpointRow, toWebhookEndpointRow, type WebhookEndpointRow } from '../rows/webhookEndpointRow.ts'
import { parseWebhookRow, toWebhookRow, type WebhookRow } from '../rows/webhookRow.ts'
import { sql } from '../tables.ts'
import { all, first, write, writeReturning, type Work } from '../work.ts'

const endpointInsertion = defineQuery<WebhookEndpointRow>((endpoint) => sql.insertInto('webhook_endpoint').values(endpoint).onConflict((conflict) => conflict.doNothing()))

export function* insertWebhookEndpoint(endpoint: WebhookEndpointRecord): Work<boolean> {
  return (yield* write(endpointInsertion(toWebhookEndpointRow(endpoint)))) === 1
}

const endpointsOfTenant = defineQuery<{ readonly tenantId: string }>(({ tenantId }) =>
  sql.selectFrom('webhook_endpoint').selectAll().where('tenant_id', '=', tenantId).orderBy('created_at').orderBy('id_hash'),
)

export function* listWebhookEndpoints(tenantId: string): Work<WebhookEndpointRecord[]> {
  return (yield* all(endpointsOfTenant({ tenantId }))).map(parseWebhookEndpointRow)
}

const endpointByHash = defineQuery<{ readonly idHash: Uint8Array }>(({ idHash }) => sql.selectFrom('webhook_endpoint').selectAll().where('id_hash', '=', idHash))

export function* findWebhookEndpoint(idHash: Uint8Array): Work<WebhookEndpointRecord | undefined> {
  const row = yield* first(endpointByHash({ idHash }))
  return row && parseWebhookEndpointRow(row)
}

const endpointDeletion = defineQuery<{ readonly tenantId: string; readonly idHash: Uint8Array }>(({ tenantId, idHash }) =>
  sql.deleteFrom('webhook_endpoint').where('tenant_id', '=', tenantId).where('id_hash', '=', idHash),
)

export function* deleteWebhookEndpoint(tenantId: string, idHash: Uint8Array): Work<boolean> {
  return (yield* write(endpointDeletion({ tenantId, idHash }))) === 1
}

const insertion = defineQuery<WebhookRow>((webhook) => sql.insertInto('webhook').values(webhook).onConflict((conflict) => conflict.doNothing()))

export function* insertWebhook(webhook: WebhookRecord): Work<boolean> {
  return (yield* write(insertion(toWebhookRow(webhook)))) === 1
}

const due = defineQuery<{ readonly now: number; readonly limit: number }>(({ now, limit }) =>
  sql.selectFrom('webhook').selectAll().where('next_attempt_at', '<=', now).orderBy('next_attempt_at').limit(limit),
)

export function* listDueWebhooks(now: number, limit: number): Work<WebhookRecord[]> {
  return (yield* all(due({ now, limit }))).map(parseWebhookRow)
}

const claim = defineQuery<{ readonly id: string; readonly attempts: number; readonly next: number; readonly nextAttemptAt: number }>(({ id, attempts, next, nextAttemptAt }) =>
  sql
    .updateTable('webhook')
    .set({ attempts: next, next_attempt_at: nextAttemptAt })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('next_attempt_at', 'is not', null),
)

export function* claimWebhook(id: string, attempts: number, nextAttemptAt: number): Work<boolean> {
  return (yield* write(claim({ id, attempts, next: attempts + 1, nextAttemptAt }))) === 1
}

const delivered = defineQuery<{ readonly id: string }>(({ id }) => sql.updateTable('webhook').set({ sealed: null, next_attempt_at: null }).where('id', '=', id))

export function* markWebhookDelivered(id: string): Work<void> {
  yield* write(delivered({ id }))
}

const deletion = defineQuery<{ readonly before: number; readonly limit: number }>(({ before, limit }) =>
  sql
    .deleteFrom('webhook')
    .where('id', 'in', sql.selectFrom('webhook').select('id').where('received_at', '<', before).orderBy('received_at').limit(limit))
    .returning('next_attempt_at'),
)

export function* deleteWebhooks(receivedBefore: number, limit: number): Work<{ readonly count: number; readonly undelivered: number }> {
  const rows = yield* writeReturning(deletion({ before: receivedBefore, limit }))
  return { count: rows.length, undelivered: rows.filter((row) => row['next_attempt_at'] !== null).length }
}
