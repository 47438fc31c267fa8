import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { shardCount } from '../packages/next/src/store/store.ts'
import type { BenchDatabase } from './database/BenchDatabase.ts'

export interface DueWork {
  readonly name: string
  /** Rows that were found due, claimed and put on again, in a second. */
  readonly rowsPerSecond: number
  readonly goal: number
  /** Longest time that nothing else could run in this process, and the time that 99 % stayed below; milliseconds. */
  readonly blockedMs: { readonly max: number; readonly p99: number }
}

const hour = 3_600_000
/** So many rows say how fast it goes; what is left lies about as the backlog. */
const measured = 100_000

/** Claims what is due and puts it on again, as a round of maintenance does whose checks find everything healthy. */
export async function dueWork(database: BenchDatabase, { rows, batch, goal }: { readonly rows: number; readonly batch: number; readonly goal: number }): Promise<DueWork> {
  await database.fillSchedule(rows, Date.now() - hour)
  await database.settle()
  const store = await database.openStore()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let done = 0
  let noting = Promise.resolve()
  delay.enable()
  const started = performance.now()
  for (let shard = 0; shard < shardCount && done < measured; shard += 1) {
    for (let claimed = batch; claimed === batch && done < measured; done += claimed) {
      const now = Date.now()
      const due = await store.claimDue({ shard, now, until: now + hour, limit: batch })
      claimed = due.length
      await nextTurn()
      // The next are claimed while these are written: a round does not wait for it either.
      await noting
      noting = store.noteHealthyChecks(due.map(({ tenantId, connectionId }) => ({ tenantId, connectionId, checkedAt: now, nextCheckAt: now + 6 * hour })))
      await nextTurn()
    }
  }
  await noting
  const seconds = (performance.now() - started) / 1_000
  delay.disable()
  await store.close()
  return {
    name: `due work on ${database.kind}, ${rows.toLocaleString('en')} rows, batches of ${batch}`,
    rowsPerSecond: done / seconds,
    goal,
    blockedMs: { max: delay.max / 1e6, p99: delay.percentile(99) / 1e6 },
  }
}
