import { defineQuery } from '../defineQuery.ts'
import type { ProviderStateRecord } from '../records.ts'
import { parseProviderStateRow, toProviderStateRow, type ProviderStateRow } from '../rows/providerStateRow.ts'
import { sql } from '../tables.ts'
import { first, write, type Work } from '../work.ts'

const byProvider = defineQuery<{ readonly provider: string }>(({ provider }) => sql.selectFrom('provider_state').selectAll().where('provider', '=', provider))

export function* findProviderState(provider: string): Work<ProviderStateRecord | undefined> {
  const row = yield* first(byProvider({ provider }))
  return row && parseProviderStateRow(row)
}

const insertion = defineQuery<ProviderStateRow>((state) => sql.insertInto('provider_state').values(state).onConflict((conflict) => conflict.doNothing()))

const update = defineQuery<ProviderStateRow & { readonly before: number }>(({ provider, before, ...state }) =>
  sql.updateTable('provider_state').set(state).where('provider', '=', provider).where('version', '=', before),
)

export function* putProviderState(state: ProviderStateRecord): Work<boolean> {
  const row = toProviderStateRow(state)
  return (yield* write(state.version === 1 ? insertion(row) : update({ ...row, before: state.version - 1 }))) === 1
}
