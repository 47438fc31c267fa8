import type { Store } from '../../packages/next/src/store/store.ts'

export type Row = Readonly<Record<string, string | number | null | Uint8Array>>

/** What a connection is in the tables. */
export interface ConnectionRows {
  readonly connection: Row
  readonly secrets: readonly Row[]
  readonly schedule: Row
}

/** A database that a bench fills past the store: a hundred thousand durable commits would take minutes. */
export interface BenchDatabase {
  readonly kind: 'SQLite' | 'PostgreSQL'
  /** What `createAuthpipe({ database })` takes. */
  readonly option: string
  openStore(): Promise<Store>
  insert(batch: readonly ConnectionRows[]): Promise<void>
  /** Writes the first `count` rows of the numbered schedule anew, all due at once. */
  fillSchedule(count: number, dueAt: number): Promise<void>
  /** Brings it to rest, as it is after a while: statistics made, logs emptied. */
  settle(): Promise<void>
  /** How many bytes the table of secrets takes, without an index on it. */
  secretBytes(): Promise<number>
  /** How many transactions that change something some work makes. */
  countCommits(work: () => Promise<unknown>): Promise<number>
  close(): Promise<void>
}
