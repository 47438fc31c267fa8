// The tables of the newest schema, and the builder of queries over them.
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type Generated } from 'kysely'
import type { ConnectionRow } from './rows/connectionRow.ts'
import type { EventRow } from './rows/eventRow.ts'
import type { ProviderStateRow } from './rows/providerStateRow.ts'
import type { RevocationRow } from './rows/revocationRow.ts'
import type { LeaseRow, ScheduleRow } from './rows/scheduleRow.ts'
import type { SecretRow } from './rows/secretRow.ts'
import type { SessionRow } from './rows/sessionRow.ts'
import type { TenantKeyRow } from './rows/tenantKeyRow.ts'
import type { WebhookEndpointRow } from './rows/webhookEndpointRow.ts'
import type { WebhookRow } from './rows/webhookRow.ts'

export interface Tables {
  connection: ConnectionRow & { refresh_at: Generated<number | null> }
  secret: SecretRow & { tenant_id: string; connection_id: string }
  schedule: ScheduleRow & Optional<LeaseRow> & { due_at: Generated<number | null>; claimed_until: Generated<number | null> }
  session: SessionRow
  tenant_key: TenantKeyRow & { seq: number }
  key_check: { kid: string; wrapped: string; digest: Uint8Array }
  credential_read: { tenant_id: string; connection_id: string; day: string; reads: number; last_read_at: number }
  event: EventRow & { seq: Generated<number> }
  revocation: RevocationRow
  webhook_endpoint: WebhookEndpointRow
  webhook: WebhookRow
  provider_state: ProviderStateRow
}

type Optional<T> = { readonly [K in keyof T]: Generated<T[K]> }

/** Builds queries and runs none; each kind of database writes them in its own way. */
export const sql = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
