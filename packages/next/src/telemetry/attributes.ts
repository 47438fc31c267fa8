// What spans and metrics may say. Whatever is not in this table cannot get out: no tenant, account, path or secret.
import type { ConnectionStatus } from '@authpipe/core'
import type { DueCounts } from '../store/store.ts'

/** What is known of something that happened, each of a small set of values. */
export interface Facts {
  /** Id of a registered provider; `*` for all of them. */
  readonly provider?: string
  /** `ok`, a code of ours, or what a check found. */
  readonly outcome?: string
  /** Why it failed: the same code. */
  readonly error?: string
  /** The how manieth try. */
  readonly attempt?: number
  /** Which database. */
  readonly store?: StoreKind
  /** Who is told of an event. */
  readonly sink?: string
  /** What a connection became. */
  readonly status?: ConnectionStatus
  /** What waits. */
  readonly work?: keyof DueCounts
  /** Whether memory had the answer. */
  readonly cache?: 'hit' | 'miss'
}

/** Names of databases as OpenTelemetry has them, and one for those that an app brings. */
export type StoreKind = 'sqlite' | 'postgresql' | 'other_sql'

/** A text is a code or an id of ours, and short. */
const code = /^(?:\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/

const names = {
  provider: 'authpipe.provider.id',
  outcome: 'authpipe.outcome',
  error: 'error.type',
  attempt: 'authpipe.attempt',
  store: 'db.system.name',
  sink: 'authpipe.delivery.sink',
  status: 'authpipe.connection.status',
  work: 'authpipe.work',
  cache: 'authpipe.cache.result',
} as const satisfies Record<keyof Facts, string>

/** What a metric may tell apart: an attempt would make a series of each number. */
const { attempt: _ofSpans, ...metricNames } = names

export function spanAttributes(facts: Facts): Record<string, string | number> {
  return pick(names, facts)
}

export function metricAttributes(facts: Facts): Record<string, string | number> {
  return pick(metricNames, facts)
}

function pick(allowed: Readonly<Record<string, string>>, facts: Facts): Record<string, string | number> {
  const attributes: Record<string, string | number> = {}
  for (const [fact, value] of Object.entries<unknown>({ ...facts })) {
    const name = Object.hasOwn(allowed, fact) ? allowed[fact] : undefined
    if (name === undefined) continue
    if (typeof value === 'number') attributes[name] = value
    else if (typeof value === 'string') attributes[name] = code.test(value) ? value : '_OTHER'
  }
  return attributes
}
