// Work on a database, written once for every kind: it yields queries and is given their answers. A driver that answers at once
// lets nobody in between; one that waits holds a transaction.
import type { Query } from './query.ts'
import type { Row } from './rows/columns.ts'

/** One query on its way. Nobody waits for the answer to a `blind write`: it says nothing. */
export interface Step {
  readonly query: Query
  readonly kind: 'read' | 'write' | 'write returning' | 'blind write'
}

export interface Answer {
  readonly rows: readonly Row[]
  readonly count: number
  /** Nothing was written, since a unique index has a value already. */
  readonly isTaken: boolean
}

export type Work<T> = Generator<Step, T, Answer>

export function* all(query: Query): Work<readonly Row[]> {
  return (yield { query, kind: 'read' }).rows
}

export function* first(query: Query): Work<Row | undefined> {
  return (yield { query, kind: 'read' }).rows[0]
}

/** @returns how many rows it wrote; none where a unique index has a value already */
export function* write(query: Query): Work<number> {
  return (yield { query, kind: 'write' }).count
}

/** Writes in a transaction without looking at what comes of it; where it fails, the transaction does. */
export function* writeBlindly(query: Query): Work<void> {
  yield { query, kind: 'blind write' }
}

/** @returns the rows that it wrote, as far as the query asks for them */
export function* writeReturning(query: Query): Work<readonly Row[]> {
  return (yield { query, kind: 'write returning' }).rows
}

export interface WriteOptions {
  /**
   * Whether a machine that loses its power may lose it too: then nobody waits for the disk. What is lost is only ever the end, never the middle.
   * @defaultValue `false`
   */
  readonly mayBeLost?: boolean
}

export interface TransactionOptions extends WriteOptions {
  /** Whose connections it changes: processes that watch are told when it lands. */
  readonly tenantId?: string
}

/** What does work: a database that is open. */
export interface Driver {
  /** Does work of which one statement at most writes. Unless it may be lost, it is durable when it resolves. */
  run<T>(work: Work<T>, options?: WriteOptions): Promise<T>
  /**
   * Does work in a transaction that lands when it returns true and leaves no trace when it returns false or throws.
   *
   * @param work - may be called again, when the database could not order it among others
   */
  transact(work: () => Work<boolean>, options?: TransactionOptions): Promise<boolean>
  /** The hot read: values of the one row by position. */
  readCredential(read: CredentialRead): Promise<readonly unknown[] | undefined>
  readClock(): Promise<number | undefined>
  watch(onChange: (tenantId: string | undefined) => void): () => void
  close(): Promise<void>
}

/** Which connection the hot read is for; `null` for what does not matter. */
export interface CredentialRead {
  readonly tenantId: string
  readonly provider: string
  readonly ownerId: string
  readonly kind: string | null
  readonly credentialType: string | null
  readonly connectionId: string | null
}
