// What is due for connections: claimed shard by shard, done provider by provider.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AuthpipeError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { checkDue } from '../health/checkDue.ts'
import { log } from '../log.ts'
import { isHandedOver, never } from '../store/handOver.ts'
import { isUnreadableRow } from '../store/rows/columns.ts'
import { isDue, type DueRow } from './dueRow.ts'
import { Findings } from './findings.ts'
import { LateChecks } from './lateChecks.ts'
import type { Pass } from './pass.ts'
import { refreshDue } from './refreshDue.ts'
import { warnOfEnd } from './warnOfEnd.ts'

/** Most rows that are claimed or written in one statement. */
const batch = 100
/** How long claimed rows stay away from other processes: longer than work on one takes, so that one that died is made good soon. */
const claimMs = 120_000
/** A row whose turn has not come by then is left to its claim, so that nobody else has it while it is worked on. */
const beginWithinMs = 45_000
/** Most rows of one provider that wait for their turn. */
const mostWaiting = 2_000
/** When a row is looked at again that nobody can read. */
const unreadableMs = 3_600_000

/**
 * Does what is due in some shards. Any number of processes may do it at once: each row is given to one of them, and comes due again where
 * that one dies. So much of a provider is done at once, whatever the others do: one that is slow holds up only itself.
 */
export async function workDue(engine: Engine, shards: readonly number[], pass: Pass): Promise<void> {
  const findings = new Findings(engine, pass)
  const lateChecks = new LateChecks(engine, pass.lateChecks)
  const underWay: Promise<void>[] = []
  try {
    for await (const rows of claimBatches(engine, shards, pass)) {
      const beginBefore = performance.now() + beginWithinMs
      for (const row of rows) {
        const until = lateChecks.putOffUntil(row)
        if (until !== undefined) findings.putOff({ ...row, part: 'check', until })
        else if (engine.dueWork.load(row.provider) < mostWaiting) {
          underWay.push(
            engine.dueWork.run(row.provider, async () => {
              if (!pass.isOver() && performance.now() < beginBefore) await work(engine, row, pass, findings)
            }),
          )
        }
      }
      await findings.settle(batch)
      await nextTurn()
    }
  } finally {
    await Promise.all(underWay)
  }
  await findings.settle()
}

async function* claimBatches(engine: Engine, shards: readonly number[], { isOver }: Pass): AsyncGenerator<DueRow[], void> {
  for (const shard of shards) {
    for (let claimed = batch; claimed === batch && !isOver(); ) {
      const now = engine.now()
      const rows = await engine.store.claimDue({ shard, now, until: now + claimMs, limit: batch })
      claimed = rows.length
      // Each statement has a turn of its own, so that requests get theirs in between.
      await nextTurn()
      if (claimed > 0) yield rows
    }
  }
}

/** Never rejects: what goes wrong with one row is no other's business. */
async function work(engine: Engine, row: DueRow, pass: Pass, findings: Findings): Promise<void> {
  const now = engine.now()
  // It came due by what was under way when it was handed over.
  if (isHandedOver(row)) return findings.putOff({ ...row, part: 'check', until: never })
  // Somebody is refreshing it: a check would meet a token that is being replaced. It comes due again when the claim ends.
  if ((row.leaseUntil ?? 0) > now) return
  try {
    if (isDue(row.refreshAt, now)) {
      const isRefreshed = await refreshDue(engine, row)
      if (isRefreshed) pass.refreshed += 1
      else pass.failed += 1
      // Whatever held the token up would blur the check; it comes due again by itself.
      if (!isRefreshed) return
    }
    if (isDue(row.warnAt, now) && (await warnOfEnd(engine, row))) pass.warned += 1
    if (!isDue(row.checkAt, now)) return
    const outcome = await checkDue(engine, row)
    if (outcome) await findings.add(outcome)
  } catch (error) {
    const code = error instanceof AuthpipeError ? error.code : 'internal_error'
    if (engine.health.reported.isFirst(`due ${row.connectionId} ${code}`, Infinity, 0)) {
      log('what is due for a connection could not be done; it is put off', { connection: row.connectionId, provider: row.provider, code, name: error instanceof Error ? error.name : '' })
    }
    // Where the database or the vault is away, the claim runs out and it is tried again.
    if (isUnreadableRow(error) || code === 'internal_error') findings.putOff({ ...row, part: 'all', until: now + unreadableMs })
  }
}
