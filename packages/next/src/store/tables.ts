// The tables of the newest schema, and the builder of queries over them.
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type Generated } from 'kysely'
import type { ConnectionRow } from './rows/connectionRow.ts'
import type { EventRow } from './rows/eventRow.ts'
import type { RevocationRow } from './rows/revocationRow.ts'
import type { ScheduleRow } from './rows/scheduleRow.ts'
import type { SecretRow } from './rows/secretRow.ts'
import type { SessionRow } from './rows/sessionRow.ts'
import type { TenantKeyRow } from './rows/tenantKeyRow.ts'
import type { WebhookEndpointRow } from './rows/webhookEndpointRow.ts'
import type { WebhookRow } from './rows/webhookRow.ts'

export interface Tables {
  connection: ConnectionRow & { seq: Generated<number>; refresh_at: Generated<number | null> }
  secret: SecretRow
  schedule: ScheduleRow & { connection_seq: number }
  session: SessionRow
  tenant_key: TenantKeyRow & { seq: Generated<number> }
  key_check: { kid: string; wrapped: string; digest: Uint8Array }
  event: EventRow & { seq: Generated<number>; delivered_at: Generated<number | null> }
  revocation: RevocationRow
  webhook_endpoint: WebhookEndpointRow
  webhook: WebhookRow
}

/** Builds queries and runs none: with nothing to await inside a transaction, no other caller gets in between. */
export const sql = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
