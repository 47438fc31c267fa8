import { defineQuery } from '../defineQuery.ts'
import type { EventRecord, ProviderStateRecord } from '../records.ts'
import { parseProviderStateRow, toProviderStateRow, type ProviderStateRow } from '../rows/providerStateRow.ts'
import { sql } from '../tables.ts'
import { first, write, type Work } from '../work.ts'
import { insertEvents } from './events.ts'

const byProvider = defineQuery<{ readonly provider: string }>(({ provider }) => sql.selectFrom('provider_state').selectAll().where('provider', '=', provider))

export function* findProviderState(provider: string): Work<ProviderStateRecord | undefined> {
  const row = yield* first(byProvider({ provider }))
  return row && parseProviderStateRow(row)
}

const insertion = defineQuery<ProviderStateRow>((state) => sql.insertInto('provider_state').values(state).onConflict((conflict) => conflict.doNothing()))

const update = defineQuery<ProviderStateRow & { readonly before: number }>(({ provider, before, ...state }) =>
  sql.updateTable('provider_state').set(state).where('provider', '=', provider).where('version', '=', before),
)

export function* putProviderState(state: ProviderStateRecord, events: readonly EventRecord[] = []): Work<boolean> {
  const row = toProviderStateRow(state)
  if ((yield* write(state.version === 1 ? insertion(row) : update({ ...row, before: state.version - 1 }))) !== 1) return false
  yield* insertEvents(events)
  return true
}
