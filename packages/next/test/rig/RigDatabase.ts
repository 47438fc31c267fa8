import type { PostgresOptions } from '../../src/config.ts'

/** The stores that every fault is tried on. */
export const storeKinds = ['sqlite', 'postgres'] as const
export type StoreKind = (typeof storeKinds)[number]

export type DatabaseRow = Readonly<Record<string, unknown>>

/** The database of a rig, from outside: looked into, locked and taken away. */
export interface RigDatabase {
  readonly url: string
  /** The option `database` of the workers. */
  readonly option: string | PostgresOptions
  /** Rows of one of our tables, as they stand there. */
  rows(table: 'connection' | 'secret' | 'schedule' | 'event' | 'revocation'): Promise<readonly DatabaseRow[]>
  /** Runs statements of one's own; table names are those of the migrations, in PostgreSQL below `authpipe`. */
  run(sql: string): Promise<void>
  /** Keeps everybody from writing; reading goes on. @returns lets them write again */
  lockWrites(): Promise<() => Promise<void>>
  /** Takes it away as a crash does; a file, which has no server, is locked. @returns brings it back */
  stop(): Promise<() => Promise<void>>
  close(): Promise<void>
}
