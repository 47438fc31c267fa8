// What is due for connections: claimed shard by shard, done provider by provider.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AuthpipeError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { checkDue } from '../health/checkDue.ts'
import { settleFindings, type Look } from '../health/settleFindings.ts'
import { log } from '../log.ts'
import { isUnreadableRow } from '../store/rows/columns.ts'
import type { LeaseRecord, Postponement, ScheduleRecord } from '../store/store.ts'
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
/** Findings are weighed together: so many of them, or those of so long. */
const settleAfter = { looks: 200, ms: 20_000 }
/** A check that is later than this was held up: by a stop of the process, or a step of the clock. */
const lateMs = 120_000
/** When a row is looked at again that nobody can read. */
const unreadableMs = 3_600_000

type DueRow = ScheduleRecord & LeaseRecord

/** What one pass is allowed and has done. */
export interface Pass {
  /** Whether no further work is to be begun. */
  readonly isOver: () => boolean
  /** How many checks that are late are made at once; the others are spread over as long as they are late, one interval at most. */
  readonly lateChecks: number
  refreshed: number
  failed: number
  warned: number
  checked: number
}

/**
 * Does what is due in some shards. Any number of processes may do it at once: each row is given to one of them, and comes due again where
 * that one dies. So much of a provider is done at once, whatever the others do: one that is slow holds up only itself.
 */
export async function workDue(engine: Engine, shards: readonly number[], pass: Pass): Promise<void> {
  const findings = new Findings(engine, pass)
  const underWay: Promise<void>[] = []
  let lateLeft = pass.lateChecks
  let latestMs = 0
  for (const shard of shards) {
    for (let claimed = batch; claimed === batch && !pass.isOver(); ) {
      const now = engine.now()
      const rows = await engine.store.claimDue({ shard, now, until: now + claimMs, limit: batch })
      claimed = rows.length
      // Each statement has a turn of its own, so that requests get theirs in between.
      await nextTurn()
      const beginBefore = performance.now() + beginWithinMs
      for (const row of rows) {
        const behindMs = lateness(row, now)
        latestMs = Math.max(latestMs, behindMs)
        if (behindMs > lateMs && lateLeft-- <= 0) {
          findings.putOff({ ...row, part: 'check', until: Math.ceil(now + engine.health.spread.next() * Math.min(latestMs, engine.config.health.checkEveryMs)) })
        } else if (engine.dueWork.load(row.provider) < mostWaiting) {
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
  }
  await Promise.all(underWay)
  await findings.settle()
}

/** How late a row is of which a check alone is due. */
function lateness({ refreshAt, warnAt, checkAt }: DueRow, now: number): number {
  const isCheckAlone = !isDue(refreshAt, now) && !isDue(warnAt, now)
  return isCheckAlone && checkAt !== undefined ? now - checkAt : 0
}

function isDue(instant: number | undefined, now: number): boolean {
  return instant !== undefined && instant <= now
}

/** Never rejects: what goes wrong with one row is no other's business. */
async function work(engine: Engine, row: DueRow, pass: Pass, findings: Findings): Promise<void> {
  const now = engine.now()
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

/** What looks have found and what was put off, until enough of it is there to be written at once. */
class Findings {
  readonly #engine: Engine
  readonly #pass: Pass
  #looks: Look[] = []
  #postponements: Postponement[] = []
  #firstAt = 0
  #settling: Promise<void> = Promise.resolve()

  constructor(engine: Engine, pass: Pass) {
    this.#engine = engine
    this.#pass = pass
  }

  async add(outcome: Look | Postponement): Promise<void> {
    if ('until' in outcome) return this.putOff(outcome)
    if (this.#looks.length === 0) this.#firstAt = performance.now()
    this.#looks.push(outcome)
    if (this.#looks.length >= settleAfter.looks || performance.now() - this.#firstAt > settleAfter.ms) await this.settle()
  }

  putOff({ tenantId, connectionId, part, until }: Postponement): void {
    this.#postponements.push({ tenantId, connectionId, part, until })
  }

  /** @param least - leaves alone what was put off while it is less than this */
  settle(least?: number): Promise<void> {
    const settled = this.#settling.then(() => this.#settle(least))
    this.#settling = settled.catch(() => undefined)
    return settled
  }

  async #settle(least = 0): Promise<void> {
    while (this.#postponements.length > 0 && this.#postponements.length >= least) {
      await this.#engine.store.postpone(this.#postponements.splice(0, batch))
      await nextTurn()
    }
    if (least > 0) return
    const looks = this.#looks
    this.#looks = []
    await settleFindings(this.#engine, looks)
    this.#pass.checked += looks.length
  }
}
