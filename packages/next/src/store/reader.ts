import type { Work } from './work.ts'

/** A database that is only looked at: nothing in it is made, changed or brought up to date. */
export interface Reader {
  /** The schema version that it has, which may be a later one than ours; `0` where Authpipe has nothing in it yet. */
  readonly schemaVersion: number
  /** The schema version that this package brings a database to. */
  readonly newestVersion: number
  /** Reads, where the schema is the newest. */
  read<T>(work: Work<T>): Promise<T>
  /** The clock of the database's own machine, in epoch milliseconds; `undefined` where it is this machine. */
  readClock(): Promise<number | undefined>
  close(): Promise<void>
}
