import { defineQuery } from '../defineQuery.ts'
import { optionalInteger } from '../rows/columns.ts'
import { sql } from '../tables.ts'
import { first, type Work } from '../work.ts'

type Time = { readonly before: number }

// Only what nobody but maintenance does: events and webhooks also wait where the app no longer takes them.
const oldestScheduled = defineQuery<Time>(({ before }) =>
  sql
    .selectFrom('schedule')
    .select(({ fn }) => fn.min('due_at').as('since'))
    .where('due_at', '<', before)
    // A claim of later is somebody's who put the row off.
    .where(({ eb, or }) => or([eb('claimed_until', 'is', null), eb('claimed_until', '<', before)])),
)
const oldestRevocation = defineQuery<Time>(({ before }) =>
  sql.selectFrom('revocation').select(({ fn }) => fn.min('next_attempt_at').as('since')).where('next_attempt_at', '<', before),
)

/** Since when work of maintenance is waiting, as far as it should have been done before an instant. */
export function* findOverdue(before: number): Work<number | undefined> {
  let oldest: number | undefined
  for (const query of [oldestScheduled, oldestRevocation]) {
    const row = yield* first(query({ before }))
    const since = row && optionalInteger(row, 'since')
    if (since !== undefined && since < (oldest ?? Infinity)) oldest = since
  }
  return oldest
}
