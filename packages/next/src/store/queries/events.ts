import { defineQuery } from '../defineQuery.ts'
import type { ClaimedEvent, EventRecord, EventSink } from '../records.ts'
import { integer } from '../rows/columns.ts'
import { parseEventRow, toEventRow, type EventRow } from '../rows/eventRow.ts'
import { sql } from '../tables.ts'
import { all, write, writeBlindly, writeReturning, type Work } from '../work.ts'
import type { Statements } from './statements.ts'

const insertion = defineQuery<EventRow>((event) => sql.insertInto('event').values(event))

export function* insertEvents(events: readonly EventRecord[]): Work<void> {
  for (const event of events) yield* writeBlindly(insertion(toEventRow(event)))
}

export function* claimEvents(statements: Statements, sink: EventSink, now: number, until: number, limit: number): Work<ClaimedEvent[]> {
  const rows = yield* writeReturning(statements.claimEvents(sink, now, until, limit))
  return rows
    .toSorted((one, other) => integer(one, 'seq') - integer(other, 'seq'))
    .map((row) => ({ event: parseEventRow(row), attempts: integer(row, sink === 'app' ? 'offers' : 'sends') }))
}

export function* settleEvents(sink: EventSink, ids: readonly string[]): Work<void> {
  if (ids.length === 0) return
  yield* write(
    sql
      .updateTable('event')
      .set(sink === 'app' ? { offer_at: null } : { send_at: null })
      .where('id', 'in', ids),
  )
}

const postponement = {
  app: defineQuery<{ readonly id: string; readonly at: number }>(({ id, at }) => sql.updateTable('event').set({ offer_at: at }).where('id', '=', id).where('offer_at', 'is not', null)),
  webhook: defineQuery<{ readonly id: string; readonly at: number }>(({ id, at }) => sql.updateTable('event').set({ send_at: at }).where('id', '=', id).where('send_at', 'is not', null)),
}

export function* postponeEvent(sink: EventSink, id: string, at: number): Work<void> {
  yield* write(postponement[sink]({ id, at }))
}

interface GivenUp {
  readonly dueBefore: number
  readonly limit: number
}

const givingUp = {
  app: defineQuery<GivenUp>(({ dueBefore, limit }) =>
    sql
      .updateTable('event')
      .set({ offer_at: null })
      .where('seq', 'in', sql.selectFrom('event').select('seq').where('offer_at', '<', dueBefore).orderBy('offer_at').limit(limit)),
  ),
  webhook: defineQuery<GivenUp>(({ dueBefore, limit }) =>
    sql
      .updateTable('event')
      .set({ send_at: null })
      .where('seq', 'in', sql.selectFrom('event').select('seq').where('send_at', '<', dueBefore).orderBy('send_at').limit(limit)),
  ),
}

export function* giveUpEvents(sink: EventSink, dueBefore: number, limit: number): Work<number> {
  return yield* write(givingUp[sink]({ dueBefore, limit }))
}

const page = defineQuery<{ readonly limit: number; readonly before?: number }>(({ limit, before }) =>
  sql
    .selectFrom('event')
    .selectAll()
    .$if(before !== undefined, (query) => (before ? query.where('seq', '<', before) : query))
    .orderBy('seq', 'desc')
    .limit(limit),
)

export function* listEvents({ before, limit }: { readonly before?: string; readonly limit: number }): Work<{ readonly cursor: string; readonly event: EventRecord }[]> {
  const rows = yield* all(page({ limit, ...(before === undefined ? {} : { before: Number(before) }) }))
  return rows.map((row) => ({ cursor: String(integer(row, 'seq')), event: parseEventRow(row) }))
}

/** How many times as many events as are to go are looked at: those that are still on their way stay among the oldest for a while. */
const lookAhead = 10

const deletion = defineQuery<{ readonly before: number; readonly limit: number; readonly seen: number }>(({ before, limit, seen }) => {
  const oldest = sql.selectFrom('event').select(['seq', 'occurred_at', 'offer_at', 'send_at']).orderBy('seq').limit(seen).as('oldest')
  const forgettable = sql.selectFrom(oldest).select('seq').where('occurred_at', '<', before).where('offer_at', 'is', null).where('send_at', 'is', null)
  return sql.deleteFrom('event').where('seq', 'in', forgettable.orderBy('seq').limit(limit))
})

export function* deleteEvents(occurredBefore: number, limit: number): Work<number> {
  return yield* write(deletion({ before: occurredBefore, limit, seen: limit * lookAhead }))
}
