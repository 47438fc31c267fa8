import { defineQuery } from '../defineQuery.ts'
import { integer } from '../rows/columns.ts'
import { shardCount, type DueCounts } from '../store.ts'
import { sql } from '../tables.ts'
import { first, type Work } from '../work.ts'

interface Due {
  readonly now: number
  readonly limit: number
}

const shards = Array.from({ length: shardCount }, (_, shard) => shard)

/** A limit inside, so that a long backlog costs no more than a short one. */
const connections = defineQuery<Due>(({ now, limit }) =>
  sql
    .selectFrom(
      sql
        .selectFrom('schedule')
        .select('connection_id')
        .where('shard', 'in', shards)
        .where('due_at', '<=', now)
        .where(({ eb, or }) => or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]))
        .limit(limit)
        .as('due'),
    )
    .select(({ fn }) => fn.countAll<number>().as('count')),
)
const offers = defineQuery<Due>(({ now, limit }) =>
  sql.selectFrom(sql.selectFrom('event').select('seq').where('offer_at', '<=', now).limit(limit).as('due')).select(({ fn }) => fn.countAll<number>().as('count')),
)
const sends = defineQuery<Due>(({ now, limit }) =>
  sql.selectFrom(sql.selectFrom('event').select('seq').where('send_at', '<=', now).limit(limit).as('due')).select(({ fn }) => fn.countAll<number>().as('count')),
)
const revocations = defineQuery<Due>(({ now, limit }) =>
  sql.selectFrom(sql.selectFrom('revocation').select('id').where('next_attempt_at', '<=', now).limit(limit).as('due')).select(({ fn }) => fn.countAll<number>().as('count')),
)
const webhooks = defineQuery<Due>(({ now, limit }) =>
  sql.selectFrom(sql.selectFrom('webhook').select('id').where('next_attempt_at', '<=', now).limit(limit).as('due')).select(({ fn }) => fn.countAll<number>().as('count')),
)

export function* countDue(now: number, limit: number): Work<DueCounts> {
  const count = function* (query: typeof offers): Work<number> {
    return integer((yield* first(query({ now, limit }))) ?? {}, 'count')
  }
  return {
    connections: yield* count(connections),
    deliveries: Math.min(limit, (yield* count(offers)) + (yield* count(sends))),
    revocations: yield* count(revocations),
    webhooks: yield* count(webhooks),
  }
}
